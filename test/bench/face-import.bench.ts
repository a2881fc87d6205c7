import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeFace } from '../../src/main/formats/image/decode.ts';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import { Random } from '../../src/main/math/random.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, rate, time } from './harness.ts';
import { withTemporaryFolder } from './inputs.ts';

/** Side of the files, near that of aligned CelebA, and of the imported faces, as the paper's network takes them. */
const fileSize = 218;
const faceSize = 128;
/** Half of them PNG, half JPEG. */
const nFaces = 64;
const atOnce = 16;

export const benchmark: Benchmark = {
  name: 'face-import',
  description: 'faces decoded, cut out and resized, against the bare decoding of the same files',
  run: () =>
    withTemporaryFolder(async (folder) => {
      const files = await writeFaces(folder);
      const importAll = () => inBatches(files, (file) => decodeFace(file, faceSize));
      const decodeAll = () =>
        inBatches(files, async (file) =>
          sharp(await readFile(file))
            .raw()
            .toBuffer(),
        );
      const comparison = await alternate(importAll, decodeAll, { pairs: 11 });
      const seconds = await time(importAll, { warmup: 0, runs: 5 });
      const what = `decodeFace of ${nFaces} PNG and JPEG of ${fileSize} pixels, ${atOnce} at a time`;
      return [
        ratioRow({ name: 'face-import', unit: 'x', how: `${what}; time over that of sharp` }, comparison),
        measuredRow(
          { name: 'face-import rate', unit: 'images/s', how: what, target: { atLeast: 300 } },
          rate(seconds, nFaces),
        ),
      ];
    }),
};

async function writeFaces(folder: string): Promise<string[]> {
  const random = new Random('faces');
  const files: string[] = [];
  for (let face = 0; face < nFaces; face++) {
    const png = await rasterise(drawFace(sampleFace(random), fileSize));
    const isJpeg = face % 2 === 1;
    const file = join(folder, `face${face}.${isJpeg ? 'jpg' : 'png'}`);
    await writeFile(file, isJpeg ? await sharp(png).jpeg({ quality: 90 }).toBuffer() : png);
    files.push(file);
  }
  return files;
}

async function inBatches(files: readonly string[], work: (file: string) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < files.length; start += atOnce) {
    await Promise.all(files.slice(start, start + atOnce).map(work));
  }
}
