import assert from 'node:assert/strict';
import { statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fitGlm } from '../../src/main/services/glm.ts';
import { runPath, studyGrid, writeFaceStudy, writeStudyRun } from './face-study-fixture.ts';
import { freshFolder } from './fresh-folder.ts';

const events = [
  '2\t1\tface\ta\t0\tx',
  '20\t1\tface\ta\t0\tx',
  '11\t1\thouse\ta\t0\tx',
  '33\t1\thouse\ta\t0\tx',
];

describe('a fit without a mask', () => {
  const folder = freshFolder();
  const bids = join(folder.path, 'bids');
  const fit = (out: string) =>
    fitGlm({
      bids,
      subject: '01',
      contrasts: [{ expression: 'face - house', kind: 't', label: null }],
      settings: { driftModel: 'none' },
      outDir: join(folder.path, out),
      signal: new AbortController().signal,
      onEvent: () => undefined,
    });

  before(async () => {
    await writeFaceStudy(bids);
    for (const run of [1, 2, 3, 4]) await writeStudyRun(bids, run, events);
  });
  after(() => folder.remove());

  it('leaves out a first run that is cut short, or on another grid than most', async () => {
    const image = `${runPath(bids, 1)}_bold.nii.gz`;
    truncateSync(image, Math.floor(statSync(image).size / 2));
    const affine = studyGrid.affine.map((value, at) => (at === 3 ? value + 9 : value));
    await writeStudyRun(bids, 2, events, { grid: { shape: studyGrid.shape, affine } });
    const { summary, problems } = await fit('maps');
    assert.deepEqual(summary.runs, ['sub-01_task-faces_run-03', 'sub-01_task-faces_run-04']);
    assert.deepEqual(
      problems.map(({ code, file }) => [code, file]).filter(([code]) => code !== 'EVENTS_UNSORTED'),
      [
        ['RUN_GRID_MISMATCH', `${runPath(bids, 2)}_bold.nii.gz`],
        ['GZIP_CORRUPT', image],
      ],
    );
  });
});
