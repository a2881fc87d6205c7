import { join } from 'node:path';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import type { ImageSet, LatentModel } from '../../generative/latent-model.ts';
import { pixCorr, ssim } from '../../math/image-similarity.ts';
import { Random } from '../../math/random.ts';
import { mean } from '../../math/statistics.ts';
import { type FaceSet, pickImages } from './face-set.ts';

/** Faces that a model is shown only to judge it; drawn by seed, so that every model leaves out the same. */
export interface Split {
  /** Ascending positions in the face set. */
  readonly training: Uint32Array;
  readonly heldOut: Uint32Array;
}

export function splitFaces(count: number, share: number, seed: number): Split {
  const shuffled = new Random(seed).fork('held-out faces').permutation(count);
  const heldOut = Math.min(count - 1, Math.round(count * share));
  return { heldOut: shuffled.slice(0, heldOut).sort(), training: shuffled.slice(heldOut).sort() };
}

export interface HeldOutScores {
  readonly faces: number;
  readonly ssim: number;
  readonly pixCorr: number;
}

/** Faces in the picture of originals above reconstructions. */
const picturedFaces = 12;

/** Encodes and decodes the held-out faces; writes which they were, their scores and a picture. */
export async function judgeOnHeldOut(
  model: LatentModel,
  faces: FaceSet,
  images: ImageSet,
  split: Split,
  outDir: string,
): Promise<HeldOutScores | null> {
  if (split.heldOut.length === 0) return null;
  const held = pickImages(images, split.heldOut);
  const made = await model.decode(await model.encode(held.pixels));
  const stride = held.size * held.size * 3;
  const rows = Array.from(split.heldOut, (position, index) => {
    const original = Float32Array.from(
      held.pixels.subarray(index * stride, (index + 1) * stride),
      (v) => v / 255,
    );
    const remade = made.subarray(index * stride, (index + 1) * stride);
    return {
      file: faces.files[position],
      ssim: ssim(original, remade, held.size, held.size, 3),
      pixCorr: pixCorr(original, remade),
    };
  });
  await writeTsvFile(
    join(outDir, 'held-out.tsv'),
    ['file', 'ssim', 'pixcorr'],
    rows.map((row) => [row.file, row.ssim.toFixed(5), row.pixCorr.toFixed(5)]),
  );
  const shown = Math.min(picturedFaces, held.count);
  const picture = (pixels: Uint8Array, index: number) =>
    pixels.subarray(index * stride, (index + 1) * stride);
  const madePixels = toPixels(made.subarray(0, shown * stride));
  const columns = Array.from({ length: shown }, (_, index) => index);
  const grid = imageGrid(
    [
      ...columns.map((index) => picture(held.pixels, index)),
      ...columns.map((index) => picture(madePixels, index)),
    ],
    { width: held.size, height: held.size, columns: shown },
  );
  await writeFileAtomic(join(outDir, 'held-out.png'), await encodePng(grid.pixels, grid.width, grid.height));
  return {
    faces: held.count,
    ssim: mean(rows.map((row) => row.ssim)),
    pixCorr: mean(rows.map((row) => row.pixCorr)),
  };
}
