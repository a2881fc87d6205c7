import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Engine, EngineKind } from '../../src/main/engine/engine.ts';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import { lookUp } from '../../src/main/generative/chunks.ts';
import { byteToRange } from '../../src/main/generative/vaegan/batches.ts';
import { loadVaeGan } from '../../src/main/generative/vaegan/model.ts';
import { vaeGanPresets } from '../../src/main/generative/vaegan/presets.ts';
import { encodePictures, preparePicture } from '../../src/main/jobs/stages/encode-pictures.ts';
import { Random } from '../../src/main/math/random.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { measuredRow, missingRow, type Row, ratioRow } from './benchmark.ts';
import { onEngine } from './engines.ts';
import { alternate, rate, time } from './harness.ts';
import { withTemporaryFolder } from './inputs.ts';
import { trainingArrays } from './peers/training-arrays.ts';

const config = vaeGanPresets.small;
const preparation = { crop: 0.8, importSize: config.imageSize };
/** Files that are read over and over: the disk is not what is measured. */
const distinct = 64;

/**
 * Pictures encoded straight from their files, and where the time goes: reading (decoding, cutting, resizing), turning
 * bytes into numbers, and the engine. Reading and engine overlap in the whole, and share the processor.
 */
export async function measureEncoding(
  name: string,
  kinds: readonly EngineKind[],
  count: number,
  pairs: number,
): Promise<Row[]> {
  return withTemporaryFolder(async (folder) => {
    const files = await writePictures(folder);
    const paths = Array.from({ length: count }, (_, i) => files[i % distinct]);
    const rows: Row[] = [];
    for (const kind of kinds) {
      const outcome = await onEngine(kind, (engine) => measure(`${name} ${kind}`, engine, paths, pairs));
      if ('missing' in outcome) rows.push(missingRow(`${name} ${kind}`, 'images/s', outcome.missing));
      else rows.push(...outcome.result);
    }
    return rows;
  });
}

async function measure(
  name: string,
  engine: Engine,
  paths: readonly string[],
  pairs: number,
): Promise<Row[]> {
  const { imageSize, latentDim } = config;
  const arrays = {
    ...trainingArrays(config),
    'codes/mean': { shape: [latentDim], data: new Float32Array(latentDim) },
  };
  const model = loadVaeGan(engine, config, arrays);
  const context = { report: () => undefined, signal: new AbortController().signal };
  const pictures = await Promise.all(
    paths.slice(0, distinct).map((path) => preparePicture(path, imageSize, preparation)),
  );
  const pixels = new Uint8Array(Buffer.concat(pictures));
  const rounds = Math.ceil(paths.length / distinct);
  const repeated = (work: () => unknown) => async () => {
    for (let round = 0; round < rounds; round++) await work();
  };
  const table = byteToRange(config);
  const reading = repeated(() =>
    Promise.all(paths.slice(0, distinct).map((path) => preparePicture(path, imageSize, preparation))),
  );
  const encoding = repeated(() => model.encode(pixels));
  try {
    const whole = await time(() => encodePictures(model, paths, preparation, context), {
      warmup: 0,
      runs: pairs,
    });
    const parts = await alternate(encoding, reading, { pairs, warmup: 0 });
    const conversion = await time(
      repeated(() => lookUp(pixels, table)),
      { warmup: 1, runs: pairs },
    );
    const perImage = (seconds: number) => `${((seconds / paths.length) * 1e3).toFixed(2)} ms`;
    const profile =
      `an image: reading ${perImage(parts.seconds.b)}, encoding ${perImage(parts.seconds.a)}, ` +
      `of which bytes to numbers ${perImage(conversion.median)}; whole ${perImage(whole.median)}`;
    return [
      measuredRow(
        { name, unit: 'images/s', how: `${paths.length} JPEG of 178 x 218 through small; ${profile}` },
        rate(whole, paths.length),
      ),
      ratioRow(
        {
          name: `${name} : reading`,
          unit: 'x',
          how: 'encoding alone over reading alone; below 1 the input bounds the speed',
          target: { atMost: 1 },
        },
        parts,
      ),
    ];
  } finally {
    model.dispose();
  }
}

/** As aligned CelebA has them. */
async function writePictures(folder: string): Promise<string[]> {
  const random = new Random('pictures');
  const files: string[] = [];
  for (let face = 0; face < distinct; face++) {
    const png = await rasterise(drawFace(sampleFace(random), 218));
    const file = join(folder, `${face}.jpg`);
    await writeFile(
      file,
      await sharp(png).resize(178, 218, { fit: 'cover' }).jpeg({ quality: 90 }).toBuffer(),
    );
    files.push(file);
  }
  return files;
}
