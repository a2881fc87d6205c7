import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeFace } from '../../src/main/formats/image/decode.ts';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import { Random } from '../../src/main/math/random.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, rate, scaled, time } from './harness.ts';
import { withTemporaryFolder } from './inputs.ts';

/** CelebA's aligned faces are JPEG of this size; the paper's network takes 128 pixels. */
const [width, height, faceSize] = [178, 218, 128];
/** Drawings are slow to make: each gives many pictures, cut out elsewhere and lit otherwise. */
const drawings = 40;
const nFaces = 3000;
const nDecoded = 200;
const atOnce = 8;

export const benchmark: Benchmark = {
  name: 'face-import',
  description: 'JPEG faces of 178 x 218 imported at 128, against the bare decoding of the same files',
  run: () =>
    withTemporaryFolder(async (folder) => {
      const images = join(folder, 'images');
      const files = (await writeFaces(images)).slice(0, nDecoded);
      const cropAll = () => inBatches(files, (file) => decodeFace(file, faceSize));
      const decodeAll = () =>
        inBatches(files, async (file) =>
          sharp(await readFile(file))
            .raw()
            .toBuffer(),
        );
      const comparison = await alternate(cropAll, decodeAll, { pairs: 7 });

      const project = join(folder, 'project');
      const importAll = () =>
        Workspace.useOrCreate(project, 'Benchmark', {}, (workspace) =>
          importFaces(workspace, { dir: images, name: 'faces', imageSize: faceSize, crop: 0.8 }),
        );
      const anew = async () => {
        await rm(project, { recursive: true, force: true });
        await importAll();
      };
      const first = await time(anew, { warmup: 1, runs: 3 });
      const second = await time(importAll, { warmup: 1, runs: 5 });
      const processor = await time(anew, { warmup: 0, runs: 2, now: processorMs });
      const gain = rate(second, first.median);
      const whole = `${nFaces} JPEG: listed, hashed, decoded, compared, written, flushed`;
      return [
        ratioRow(
          {
            name: 'face-import decoding',
            unit: 'x',
            how: `decodeFace of ${nDecoded} JPEG, ${atOnce} at a time; time over that of sharp's bare decoding`,
          },
          comparison,
        ),
        measuredRow(
          { name: 'face-import rate', unit: 'images/s', how: whole, target: { atLeast: 600 } },
          rate(first, nFaces),
        ),
        measuredRow(
          {
            name: 'face-import processor',
            unit: 'ms/image',
            how: 'the same imports: time of all threads on the processor, which other work on the machine lengthens less',
          },
          scaled(processor, 1000 / nFaces),
        ),
        measuredRow(
          {
            name: 'face-import second start',
            unit: 'x',
            how: 'the same import again, nothing changed: first time over second',
            target: { atLeast: 10 },
          },
          gain,
        ),
      ];
    }),
};

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function writeFaces(folder: string): Promise<string[]> {
  await mkdir(folder);
  const random = new Random('faces');
  const side = 260;
  const faces: Uint8Array[] = [];
  for (let face = 0; face < drawings; face++) {
    faces.push(await rasterise(drawFace(sampleFace(random), side)));
  }
  const files: string[] = [];
  for (let face = 0; face < nFaces; face++) {
    const file = join(folder, `${String(face + 1).padStart(6, '0')}.jpg`);
    const left = random.integer(side - width);
    const top = random.integer(side - height);
    const picture = sharp(faces[face % drawings])
      .extract({ left, top, width, height })
      .linear(0.8 + 0.2 * random.uniform(), random.integer(40));
    await writeFile(file, await picture.jpeg({ quality: 90 }).toBuffer());
    files.push(file);
  }
  return files;
}

async function inBatches(files: readonly string[], work: (file: string) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < files.length; start += atOnce) {
    await Promise.all(files.slice(start, start + atOnce).map(work));
  }
}
