import type { ImageSet } from '../../generative/image-set.ts';
import { differenceHash } from '../../math/difference-hash.ts';
import { hammingDistance } from '../../math/hamming-neighbours.ts';
import { pixCorr } from '../../math/image-similarity.ts';
import { thumbnail } from '../../math/thumbnail.ts';

/** How a picture that a test relies on is like one that must have been kept apart from it. */
export type OverlapLikeness = 'same file' | 'same pixels' | 'near' | 'mirrored';

export interface Overlap {
  /** The picture that must be new. */
  readonly test: string;
  /** The picture that was learnt from. */
  readonly other: string;
  readonly likeness: OverlapLikeness;
  /** Pearson correlation of the thumbnails of the two (of the mirrored one); 1 for the same pixels. */
  readonly correlation: number;
}

/** Named pictures of one size. */
export interface NamedPictures {
  readonly files: readonly string[];
  /** In the order of the names. */
  readonly images: ImageSet;
}

/**
 * Outlines (see `differenceHash`) that differ in more of their 64 bits are of different pictures. Wider than among the pictures
 * of one import (3 bits), because a few test faces are compared with all others and not all with all.
 */
const furthestOutline = 10;
/**
 * Pictures whose 12 x 12 thumbnails correlate less are different ones. Of 2,000 drawn faces the two most alike (of 2 million pairs) reach
 * 0.970, of 243 cartoon faces 0.970; another JPEG quality, brightness or gamma of one picture stays above 0.98.
 */
const nearCorrelation = 0.975;
const thumbnailSize = 12;
/** Smaller pictures are compared by their thumbnails alone. */
const leastOutlined = 9;

/**
 * Every pair of a test picture and another one that are the same file (the same path), have the same pixels, or nearly so:
 * outlines within 10 of 64 bits and thumbnails that correlate by 0.975 or more, as they are or mirrored left to right. A pair is
 * listed once, as the strongest of these.
 *
 * @param tests few, at the size of the others @param others any number; each is looked at once
 * @param sameFolder whether the paths of both are below the same folder, so that equal paths are one file
 * @param onRow called after each of the others; throws to cancel
 * @returns in the order of the others, within one of them of the tests
 */
export function findOverlaps(
  tests: NamedPictures,
  others: NamedPictures,
  sameFolder: boolean,
  onRow: (done: number) => void = () => undefined,
): Overlap[] {
  const { size } = tests.images;
  const looks = tests.files.map((name, at) => {
    const pixels = tests.images.image(at);
    return {
      name,
      path: normalised(name),
      straight: lookAt(pixels, size),
      mirrored: lookAt(mirror(pixels, size), size),
    };
  });
  const overlaps: Overlap[] = [];
  others.files.forEach((other, row) => {
    const seen = lookAt(others.images.image(row), size);
    const otherPath = normalised(other);
    for (const { name, path, straight, mirrored } of looks) {
      const found =
        sameFolder && path === otherPath
          ? ({ likeness: 'same file', correlation: 1 } as const)
          : (likenessOf(straight, seen) ?? mirroredLikeness(mirrored, seen));
      if (found) overlaps.push({ test: name, other, ...found });
    }
    onRow(row + 1);
  });
  return overlaps;
}

interface Look {
  readonly pixels: Uint8Array;
  readonly outline: readonly [number, number];
  readonly small: Float32Array;
}

/** Pictures of fewer pixels than the thumbnail are their own. */
function lookAt(pixels: Uint8Array, size: number): Look {
  return {
    pixels,
    outline: size < leastOutlined ? [0, 0] : differenceHash(pixels, size),
    small: thumbnail(pixels, size, Math.min(size, thumbnailSize)),
  };
}

type Likeness = Pick<Overlap, 'likeness' | 'correlation'>;

/** Null where two pictures are different ones. */
function likenessOf(a: Look, b: Look): Likeness | null {
  if (hammingDistance(a.outline, b.outline) > furthestOutline) return null;
  // Pictures of one colour throughout correlate with nothing, and may yet be the same.
  if (equal(a.pixels, b.pixels)) return { likeness: 'same pixels', correlation: 1 };
  const correlation = pixCorr(a.small, b.small);
  return correlation >= nearCorrelation ? { likeness: 'near', correlation } : null;
}

function mirroredLikeness(mirrored: Look, other: Look): Likeness | null {
  const found = likenessOf(mirrored, other);
  return found && { ...found, likeness: 'mirrored' };
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

/** [size, size, 3], left and right exchanged. */
function mirror(pixels: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(pixels.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = (y * size + x) * 3;
      result.set(pixels.subarray(from, from + 3), (y * size + (size - 1 - x)) * 3);
    }
  }
  return result;
}

/** One file has one path: separators and steps that lead nowhere aside. */
function normalised(file: string): string {
  return file
    .replaceAll('\\', '/')
    .split('/')
    .filter((step) => step !== '' && step !== '.')
    .join('/');
}
