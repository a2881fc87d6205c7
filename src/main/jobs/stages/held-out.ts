import { join } from 'node:path';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { chunks } from '../../generative/chunks.ts';
import { gatherImages, type ImageSet, selectImages } from '../../generative/image-set.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { scoreReconstructions } from '../../generative/reconstruction-scores.ts';
import { Random } from '../../math/random.ts';
import { mean } from '../../math/statistics.ts';
import type { FaceSet } from './face-set.ts';

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

/** Faces encoded and decoded between two looks at memory: their reconstructions are floats. */
const facesAtOnce = 256;
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
  const held = selectImages(images, split.heldOut);
  const { size } = held;
  const stride = size * size * 3;
  const rows: { file: string; ssim: number; pixCorr: number }[] = [];
  const pictured: Uint8Array[] = [];
  for (const [from, to] of chunks(held.count, facesAtOnce)) {
    const originals = gatherImages(held, from, to);
    const made = await model.decode(await model.encode(originals));
    scoreReconstructions(originals, made, size).forEach((score, at) => {
      rows.push({ file: faces.files[split.heldOut[from + at]], ...score });
      if (pictured.length < picturedFaces) {
        pictured.push(toPixels(made.subarray(at * stride, (at + 1) * stride)));
      }
    });
  }
  await writeTsvFile(
    join(outDir, 'held-out.tsv'),
    ['file', 'ssim', 'pixcorr'],
    rows.map((row) => [row.file, row.ssim.toFixed(5), row.pixCorr.toFixed(5)]),
  );
  const originals = pictured.map((_, index) => held.image(index));
  const grid = imageGrid([...originals, ...pictured], {
    width: size,
    height: size,
    columns: pictured.length,
  });
  await writeFileAtomic(join(outDir, 'held-out.png'), await encodePng(grid.pixels, grid.width, grid.height));
  return {
    faces: held.count,
    ssim: mean(rows.map((row) => row.ssim)),
    pixCorr: mean(rows.map((row) => row.pixCorr)),
  };
}
