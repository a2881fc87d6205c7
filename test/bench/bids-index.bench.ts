import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { indexDataset } from '../../src/main/bids/dataset.ts';
import { type Benchmark, measuredRow, missingRow, ratioRow } from './benchmark.ts';
import { alternate, time } from './harness.ts';
import { withTemporaryFolder } from './inputs.ts';

const archive = join(import.meta.dirname, '../../../shared/data/ds001761/ds001761-no-stimuli.tar.gz');

export const benchmark: Benchmark = {
  name: 'bids-index',
  description: 'the face study’s dataset (OpenNeuro ds001761, without images) indexed',
  async run() {
    if (!existsSync(archive)) return [missingRow('bids-index', 's', 'ds001761 is absent')];
    return withTemporaryFolder(async (folder) => {
      execFileSync('tar', ['xzf', archive, '-C', folder]);
      const root = join(folder, 'ds001761');
      const { subjects } = await indexDataset(root);
      const nRuns = subjects.reduce((sum, subject) => sum + subject.runs.length, 0);
      const how = `indexDataset of ds001761, ${nRuns} runs`;
      const index = () => indexDataset(root);
      const seconds = await time(index, { runs: 5 });
      const comparison = await alternate(index, () => readdir(root, { recursive: true }), { pairs: 5 });
      return [
        measuredRow({ name: 'bids-index', unit: 's', how, target: { atMost: 2 } }, seconds),
        ratioRow(
          { name: 'bids-index listing', unit: 'x', how: `${how}; time over that of readdir` },
          comparison,
        ),
      ];
    });
  },
};
