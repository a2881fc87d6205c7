import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { vaeGanConfigFor } from '../../src/main/services/models.ts';
import type { JobEvent } from '../../src/shared/job-events.ts';
import type { StudyResults } from './report.ts';
import { runStudy } from './study.ts';

const outDir = mkdtempSync(join(tmpdir(), 'fusiform-study-'));
after(() => rmSync(outDir, { recursive: true, force: true }));

describe('the study of the models, short', { timeout: 900_000 }, () => {
  const events: JobEvent[] = [];
  const run = () =>
    runStudy({
      outDir,
      faces: { draw: 100 },
      config: vaeGanConfigFor('tiny', { latents: 8, steps: 12 }),
      heldOut: 0.1,
      seed: 1,
      engine: 'wasm',
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
    });

  it('goes from drawn faces to tables and pictures', async () => {
    const report = await run();
    const results = JSON.parse(readFileSync(join(outDir, 'study.json'), 'utf8')) as StudyResults;
    assert.equal(results.heldOutFaces, 10);
    assert.deepEqual(
      [...new Set(results.comparisons.map(({ eye }) => eye))],
      ['pixels', 'discriminator', 'recogniser'],
    );
    for (const { means, intervals } of results.comparisons) {
      for (const model of ['vaegan', 'pca']) {
        assert.ok(intervals[model][0] <= means[model] && means[model] <= intervals[model][1]);
      }
    }
    // So short a training reads no face: PCA is better, and the study says so.
    const pixels = results.comparisons.find(({ name }) => name === 'missed variance');
    assert.ok(pixels && !pixels.firstIsBetter && pixels.means.vaegan > pixels.means.pca);
    assert.match(report, /\| pixels \| missed variance, lower is better \|.*\| PCA \|/);
    const { pca } = results.readings;
    assert.equal(pca.length, 6 + 28 + 28);
    const skin = pca.find(({ name, r }) => name === 'skinTone' && r !== null);
    assert.ok((skin?.r ?? 0) > 0.5, 'eight components hold the skin');
    for (const picture of [
      'reconstructions.png',
      'samples-prior.png',
      'samples-codes.png',
      'traversals.png',
      'curves.svg',
    ]) {
      assert.ok(existsSync(join(outDir, picture)), picture);
    }
  });

  it('run again computes no job anew', async () => {
    events.length = 0;
    await run();
    const finished = events.filter((event) => event.type === 'finished');
    assert.ok(finished.length > 8 && finished.every(({ cached }) => cached));
  });
});
