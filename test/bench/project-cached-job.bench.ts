import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../../src/main/formats/files/read.ts';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import { manifestHash, writeManifest } from '../../src/main/jobs/faces/manifest.ts';
import { importFacesStage } from '../../src/main/jobs/stages/import-faces.ts';
import { Random } from '../../src/main/math/random.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, scaled, time } from './harness.ts';
import { withTemporaryFolder } from './inputs.ts';

/** A single run is shorter than what a clock's jitter and a collection of garbage leave of it. */
const repeats = 100;

export const benchmark: Benchmark = {
  name: 'project-cached-job',
  description:
    'a stage asked for again whose result the project holds, against a bare look into its database',
  run: () =>
    withTemporaryFolder(async (folder) => {
      const image = join(folder, 'face.png');
      await writeFile(image, await rasterise(drawFace(sampleFace(new Random('face')), 64)));
      const workspace = Workspace.create(join(folder, 'project'));
      try {
        const manifest = { files: [['face.png', await hashFile(image)]] as const, refused: [] };
        const list = join(folder, 'images.json');
        await writeManifest(list, manifest);
        const hash = manifestHash(manifest);
        const request = {
          stage: importFacesStage,
          label: 'import a face',
          parameters: { imageSize: 32, crop: 0.8, dropDuplicates: false, labels: [] },
          inputs: { images: { path: folder, hash }, manifest: { path: list, hash } },
        };
        const { key } = await workspace.run(request);
        const statement = workspace.store.sql.prepare('SELECT * FROM job WHERE key = ?');
        const again = async () => {
          for (let i = 0; i < repeats; i++) await workspace.run(request);
        };
        const lookup = () => {
          for (let i = 0; i < repeats; i++) statement.get(key);
        };
        const comparison = await alternate(again, lookup);
        const seconds = await time(again, { runs: 5, warmup: 0 });
        const named = { ...request, entry: { kind: 'faces', name: 'face' } } as const;
        const secondsNamed = await time(() => workspace.run(named), { runs: 15 });
        const how = 'Workspace.run of a stage that is done';
        return [
          measuredRow(
            { name: 'project-cached-job', unit: 'ms', how: `${how}, mean of ${repeats}` },
            scaled(seconds, 1e3 / repeats),
          ),
          measuredRow(
            { name: 'project-cached-job named', unit: 'ms', how: `${how}, its name written to the disk` },
            scaled(secondsNamed, 1e3),
          ),
          ratioRow(
            { name: 'project-cached-job lookup', unit: 'x', how: `${how}; time over that of one SELECT` },
            comparison,
          ),
        ];
      } finally {
        await workspace.close();
      }
    }),
};
