import { join } from 'node:path';
import { writeSafetensorsFile } from '../../../src/main/formats/safetensors/safetensors.ts';
import { vaeGanPresets } from '../../../src/main/generative/vaegan/presets.ts';
import { type Benchmark, measuredRow, missingRow, type Row } from '../benchmark.ts';
import { withTemporaryFolder } from '../inputs.ts';
import { everyPlayerLearns } from '../peers/compare.ts';
import { startPeer } from '../peers/peers.ts';
import { trainingArrays } from '../peers/training-arrays.ts';

const batchSize = 16;
const steps = 100;
/** The allocator has settled by then. */
const settled = 10;
const gibibyte = 2 ** 30;

export const benchmark: Benchmark = {
  name: 'vaegan-memory',
  description: 'memory of the published network in training, over a hundred steps on the native engine',
  run: () =>
    withTemporaryFolder(async (folder): Promise<Row[]> => {
      const { paper } = vaeGanPresets;
      const config = everyPlayerLearns({ ...paper, schedule: { ...paper.schedule, batchSize } });
      const file = join(folder, 'arrays.safetensors');
      await writeSafetensorsFile(file, trainingArrays(config));
      const started = await startPeer('native', { config, file, threads: 2 });
      if ('missing' in started) return [missingRow('vaegan-memory', 'GiB', started.missing)];
      const resident: number[] = [];
      const tensors = new Set<number>();
      for (let step = 0; step < steps; step++) {
        const { residentBytes = 0, tensors: count = 0 } = await started.peer.step({ noise: 'drawn' });
        resident.push(residentBytes / gibibyte);
        tensors.add(count);
      }
      await started.peer.stop();
      const later = resident.slice(settled);
      const how = `paper, batch ${batchSize}, ${steps} steps; resident after each, weights and optimisers included`;
      const early = Math.max(...later.slice(0, settled));
      const growth = Math.max(...later) / early;
      return [
        measuredRow(
          { name: 'vaegan-memory', unit: 'GiB', how, target: { atMost: 4 } },
          { median: Math.max(...resident), min: Math.min(...later), max: Math.max(...resident) },
        ),
        measuredRow(
          {
            name: 'vaegan-memory growth',
            unit: 'x',
            how: `largest after step ${settled} over largest of steps ${settled + 1} to ${2 * settled}`,
            target: { atMost: 1.05 },
          },
          { median: growth, min: growth, max: growth },
        ),
        measuredRow(
          {
            name: 'vaegan-memory tensors',
            unit: 'counts',
            how: 'different numbers of tensors alive between steps; 1 means that none is left behind',
            target: { atMost: 1 },
          },
          { median: tensors.size, min: tensors.size, max: tensors.size },
        ),
      ];
    }),
};
