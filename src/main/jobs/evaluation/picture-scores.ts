import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ImageScores, Score } from '../../../shared/evaluation.ts';
import { likenessPermutationP } from '../../decoding/likeness-permutation.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng } from '../../formats/image/encode.ts';
import { bootstrapInterval } from '../../math/bootstrap.ts';
import { pixCorr } from '../../math/image-similarity.ts';
import { Random } from '../../math/random.ts';
import { mean } from '../../math/statistics.ts';
import { structuralSimilarity } from '../../math/structural-similarity.ts';
import { type Judging, testNames } from './code-scores.ts';

export interface PictureScores {
  readonly scores: ImageScores;
  /** Of each face; SSIM is null where the pictures are smaller than its window. */
  readonly ssim: readonly (number | null)[];
  readonly pixCorr: readonly number[];
}

/** Up to so many faces every picture is compared with every other, for chance and p. */
const mostCompared = 50;
/** The window of structural similarity. */
const leastSide = 11;

const measures = ['ssim', 'ssimPublished', 'pixCorr'] as const;
type Measure = (typeof measures)[number];

/**
 * How like the pictures that were shown are those that were made.
 *
 * Chance is the mean likeness of a made picture and the other faces' originals, and p comes from exchanging the originals. Both
 * need every picture against every other: with more than 50 faces they are left out.
 *
 * @param originals [nFaces, size, size, 3], bytes @param made the same, 0..1
 * @param judged whether chance and p are asked for
 */
export function scorePictures(
  originals: Uint8Array,
  made: Float32Array,
  size: number,
  judging: Judging,
  judged: boolean,
): PictureScores {
  const stride = size * size * 3;
  const n = made.length / stride;
  const compare = size < leastSide ? null : structuralSimilarity(size, size, 3);
  const original = new Float32Array(stride);
  const likenessTo = (face: number): Record<Measure, number> => {
    const image = made.subarray(face * stride, (face + 1) * stride);
    const { inside, whole } = compare?.(original, image) ?? { inside: 0, whole: 0 };
    return { ssim: inside, ssimPublished: whole, pixCorr: pixCorr(original, image) };
  };
  const crossed = judged && n >= 2 && n <= mostCompared;
  const all = measured(() => new Float64Array(crossed ? n * n : 0));
  const own = measured(() => new Float64Array(n));
  for (let shown = 0; shown < n; shown += 1) {
    for (let i = 0; i < stride; i += 1) original[i] = originals[shown * stride + i] / 255;
    for (let face = crossed ? 0 : shown; face < (crossed ? n : shown + 1); face += 1) {
      const likeness = likenessTo(face);
      for (const measure of measures) {
        if (crossed) all[measure][face * n + shown] = likeness[measure];
        if (face === shown) own[measure][face] = likeness[measure];
      }
    }
  }
  const tooSmall: Score = {
    value: null,
    n,
    reason: `Pictures of ${size} pixels are smaller than the window of ${leastSide}.`,
  };
  const score = (measure: Measure): Score => ({
    value: mean(own[measure]),
    n,
    ...intervalOf(own[measure], judging.seed),
    ...(crossed ? chanceOf(all[measure], own[measure], judging) : {}),
    ...(judged && n > mostCompared
      ? { reason: `Chance and p compare all pictures with each other: left out above ${mostCompared} faces.` }
      : {}),
  });
  return {
    scores: {
      ssim: compare === null ? tooSmall : score('ssim'),
      ssimPublished: compare === null ? tooSmall : score('ssimPublished'),
      pixCorr: score('pixCorr'),
    },
    ssim: compare === null ? new Array<null>(n).fill(null) : [...own.ssim],
    pixCorr: [...own.pixCorr],
  };
}

function measured(make: () => Float64Array): Record<Measure, Float64Array> {
  return { ssim: make(), ssimPublished: make(), pixCorr: make() };
}

function intervalOf(values: Float64Array, seed: number): Partial<Score> {
  if (values.length < 2) return { reason: 'One test face: no interval, no chance, no p.' };
  const [lower, upper] = bootstrapInterval(values, { random: new Random(seed).fork('pictures') });
  return { lower, upper };
}

function chanceOf(
  likeness: Float64Array,
  own: Float64Array,
  { seed, nPermutations }: Judging,
): Partial<Score> {
  const n = own.length;
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const p = likenessPermutationP(likeness, n, nPermutations, new Random(seed).fork('pictures'));
  return {
    chance: (sum(likeness) - sum(own)) / (n * (n - 1)),
    p,
    tests: [{ name: testNames.permutation, p }],
  };
}

/** Writes pictures as PNG, each under the name of its face. @param pixels [names, size, size, 3] */
export async function writePictures(
  folder: string,
  names: readonly string[],
  pixels: Uint8Array,
  size: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stride = size * size * 3;
  for (const [at, name] of names.entries()) {
    const png = await encodePng(pixels.subarray(at * stride, (at + 1) * stride), size, size);
    await writeFileAtomic(join(folder, pictureName(name)), png);
  }
}

/** The file of a face's picture in the artefacts of decoding and evaluation. */
export function pictureName(face: string): string {
  return `${basename(face, extname(face))}.png`;
}
