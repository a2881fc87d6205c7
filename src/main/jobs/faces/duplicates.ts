import { hammingNeighbours } from '../../math/hamming-neighbours.ts';
import { pixCorr } from '../../math/image-similarity.ts';

export interface ImportedImage {
  readonly file: string;
  /** SHA-256 of the bytes of the file. */
  readonly sha256: string;
  /** Hash of the pixels after cropping. */
  readonly pixels: string;
  /** Difference hash of the pixels, two words. */
  readonly outline: readonly [number, number];
  /** Row of the set; null where the image was dropped as a duplicate. */
  readonly row: number | null;
}

/** How an image is like an earlier one of its group. */
export type Likeness = 'first' | 'same file' | 'same pixels' | 'near';

export interface GroupMember {
  readonly image: ImportedImage;
  readonly likeness: Likeness;
  /** The earlier image that it is like; null for the first. */
  readonly of: ImportedImage | null;
  /** Pearson correlation of the pixels of the two; 1 for the same pixels. */
  readonly correlation: number;
}

/** Images whose pixels correlate less are different pictures with a similar outline. */
const nearCorrelation = 0.99;

/**
 * Groups of images that are the same or nearly so. Same: the bytes of the file, or the pixels after cropping. Near: an outline
 * that differs in at most three of 64 bits, and pixels that correlate by 0.99 or more; such images are suspects
 * (another encoding, size or brightness of the same picture), not proven.
 *
 * @param images in the order of the set.
 * @param pixelsOf of a row of the set.
 * @param checkpoint called now and then, with the number of suspects looked at; throws to cancel.
 * @returns groups of two and more, in the order of their first images
 */
export async function groupDuplicates(
  images: readonly ImportedImage[],
  pixelsOf: (row: number) => Uint8Array,
  checkpoint: (compared: number) => Promise<void>,
): Promise<GroupMember[][]> {
  const classes = sameImages(images);
  const firsts = classes.map(([{ image }]) => image);
  const pairs = await nearPairs(firsts, pixelsOf, checkpoint);
  const closest = closestPartners(pairs);
  return components(firsts.length, pairs)
    .map((component) =>
      component.flatMap((index, place) => {
        const [head, ...same] = classes[index];
        const partner = closest.get(index);
        if (place === 0 || !partner) return [head, ...same];
        const { with: other, correlation } = partner;
        return [{ ...head, likeness: 'near' as const, of: firsts[other], correlation }, ...same];
      }),
    )
    .filter((group) => group.length > 1);
}

/** Images by their pixels: classes in the order of their first images. */
function sameImages(images: readonly ImportedImage[]): GroupMember[][] {
  const classes = new Map<string, GroupMember[]>();
  const firstByFile = new Map<string, ImportedImage>();
  for (const image of images) {
    const sameFile = firstByFile.get(image.sha256);
    if (!sameFile) firstByFile.set(image.sha256, image);
    const known = classes.get(image.pixels);
    if (!known) {
      classes.set(image.pixels, [{ image, likeness: 'first', of: null, correlation: 1 }]);
    } else {
      const likeness = sameFile ? 'same file' : 'same pixels';
      known.push({ image, likeness, of: sameFile ?? known[0].image, correlation: 1 });
    }
  }
  return [...classes.values()];
}

/** Positions of two images, the first the lower. */
interface NearPair {
  readonly a: number;
  readonly b: number;
  readonly correlation: number;
}

const pairsBetweenCheckpoints = 1000;

async function nearPairs(
  images: readonly ImportedImage[],
  pixelsOf: (row: number) => Uint8Array,
  checkpoint: (compared: number) => Promise<void>,
): Promise<NearPair[]> {
  const codes = Uint32Array.from(images.flatMap(({ outline }) => outline));
  const pairs: NearPair[] = [];
  let compared = 0;
  for (const { a, b } of hammingNeighbours(codes)) {
    const [one, other] = [images[a].row, images[b].row];
    if (one === null || other === null) continue;
    const correlation = pixCorr(pixelsOf(one), pixelsOf(other));
    if (correlation >= nearCorrelation) pairs.push({ a, b, correlation });
    if (++compared % pairsBetweenCheckpoints === 0) await checkpoint(compared);
  }
  return pairs;
}

/** The most alike earlier image of each, or a later one where none is earlier. */
function closestPartners(pairs: readonly NearPair[]): Map<number, { with: number; correlation: number }> {
  const closest = new Map<number, { with: number; correlation: number }>();
  const offer = (image: number, other: number, correlation: number) => {
    const known = closest.get(image);
    const better =
      !known || (other < image !== known.with < image ? other < image : correlation > known.correlation);
    if (better) closest.set(image, { with: other, correlation });
  };
  for (const { a, b, correlation } of pairs) {
    offer(b, a, correlation);
    offer(a, b, correlation);
  }
  return closest;
}

/** Images that pairs connect, each component ascending, components by their first images. */
function components(count: number, pairs: readonly NearPair[]): number[][] {
  const parents = Uint32Array.from({ length: count }, (_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root];
    while (parents[index] !== root) [parents[index], index] = [root, parents[index]];
    return root;
  };
  for (const { a, b } of pairs) {
    const [one, other] = [rootOf(a), rootOf(b)];
    parents[Math.max(one, other)] = Math.min(one, other);
  }
  const found = new Map<number, number[]>();
  for (let index = 0; index < count; index++) {
    const root = rootOf(index);
    const members = found.get(root);
    if (members) members.push(index);
    else found.set(root, [index]);
  }
  return [...found.values()];
}
