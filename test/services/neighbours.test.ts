import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { findNeighbours, judgeMemorisation } from '../../src/main/services/neighbours.ts';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { engine, openSmallFaceProject, writePortraits } from './small-face-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-neighbours-'));
let workspace: Workspace;

before(async () => {
  workspace = await openSmallFaceProject(folder);
});
after(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('neighbours of a face', { timeout: 300_000 }, () => {
  it('begin with the face itself where the set has it, and stand in a table and a picture', async () => {
    const sources = [join(folder, 'portraits', '0005.png'), '0009.png'];
    for (const by of ['correlation', 'euclidean'] as const) {
      const request = { model: 'pca', faces: 'faces', sources, engine, count: 4, by } as const;
      const outcome = await findNeighbours(workspace, request);
      const { rows } = await readTable(join(outcome.path, 'neighbours.tsv'));
      assert.ok(existsSync(join(outcome.path, 'neighbours.parquet')));
      assert.equal(rows.length, 8);
      assert.deepEqual([rows[0].values.neighbour, rows[4].values.neighbour], ['0005.png', '0009.png']);
      assert.ok(Number(rows[0].values.correlation) > 0.999 && Number(rows[0].values.pixel_distance) === 0);
      assert.ok(existsSync(join(outcome.path, 'neighbours.png')));
    }
  });
});

describe('the memory of a model', { timeout: 300_000 }, () => {
  const request = { faces: 'faces', engine, samples: 40, seed: 1 } as const;

  it('is judged against the faces that were kept from it', async () => {
    for (const [model, from] of [
      ['pca', 'codes'],
      ['vaegan', 'prior'],
    ] as const) {
      const outcome = await judgeMemorisation(workspace, { ...request, model, from });
      assert.deepEqual([outcome.summary.trainingFaces, outcome.summary.heldOutFaces], [96, 24]);
      const { rows } = await readTable(join(outcome.path, 'memorisation.tsv'));
      assert.equal(rows.length, 40 + 24 + 24);
      assert.ok(rows.every(({ values }) => Number(values.distance) >= 0 && Number(values.ratio) <= 1));
      for (const file of ['memorisation.svg', 'closest.png']) assert.ok(existsSync(join(outcome.path, file)));
    }
  });

  it('cannot be judged on another face set', async () => {
    const dir = join(folder, 'others');
    await writePortraits(dir, 12, 'others');
    await importFaces(workspace, { dir, name: 'others', imageSize: 64, crop: 0.9 });
    await assert.rejects(
      judgeMemorisation(workspace, { ...request, model: 'pca', from: 'codes', faces: 'others' }),
      { code: 'HELD_OUT_UNKNOWN' },
    );
  });
});
