import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rasterise } from '../../formats/image/rasterise.ts';
import { Random } from '../../math/random.ts';
import { drawFace } from '../../simulation/face-drawing.ts';
import { type FaceParameters, sampleFace } from '../../simulation/faces.ts';

/** Enough for the drawing library's threads; few enough to bound memory. */
const imagesAtOnce = 16;

export interface NamedPicture {
  /** Path below the folder that the pictures go to. */
  readonly file: string;
  readonly parameters: FaceParameters;
}

/** People drawn from the population, each from the seed and its number alone. */
export function samplePortraits(seed: number, count: number, folder: string): NamedPicture[] {
  const random = new Random(seed).fork('portraits');
  return Array.from({ length: count }, (_, index) => ({
    file: join(folder, `${String(index + 1).padStart(6, '0')}.png`),
    parameters: sampleFace(random.fork(index)),
  }));
}

/** Draws pictures of `size` pixels; `advance` is told how many more are on the disk. */
export async function writePictures(
  pictures: readonly NamedPicture[],
  size: number,
  outDir: string,
  advance: (count: number) => void,
): Promise<void> {
  for (const folder of new Set(pictures.map(({ file }) => dirname(join(outDir, file))))) {
    await mkdir(folder, { recursive: true });
  }
  for (let start = 0; start < pictures.length; start += imagesAtOnce) {
    const batch = pictures.slice(start, start + imagesAtOnce);
    await Promise.all(
      batch.map(async ({ file, parameters }) =>
        writeFile(join(outDir, file), await rasterise(drawFace(parameters, size))),
      ),
    );
    advance(batch.length);
  }
}
