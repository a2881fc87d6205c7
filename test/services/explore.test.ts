import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { findAttributeAxis } from '../../src/main/services/attributes.ts';
import { rankLatentUsage, sampleFaces, traverse } from '../../src/main/services/explore.ts';
import { encodeFaces } from '../../src/main/services/latents.ts';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { engine, openSmallFaceProject } from './small-face-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-explore-'));
let workspace: Workspace;

before(async () => {
  workspace = await openSmallFaceProject(folder);
});
after(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

const shared = { model: 'pca', faces: 'faces', engine, seed: 1 } as const;

describe('a traversal', { timeout: 300_000 }, () => {
  const request = { ...shared, sources: ['0001.png', '0002.png'], count: 2, steps: 5, range: 2 } as const;
  const moved = async (direction: Parameters<typeof traverse>[1]['direction']) => {
    const outcome = await traverse(workspace, { ...request, direction });
    assert.ok(existsSync(join(outcome.path, 'traversal.png')));
    const { codes, files } = await readLatents(outcome.path);
    assert.equal(files.length, 10);
    // From the first step of the second face to its middle: two units.
    const code = (at: number) => codes.subarray(at * 12, (at + 1) * 12);
    return { unit: code(7).map((value, k) => (value - code(5)[k]) / 2), middle: code(7), outcome };
  };

  it('along a label moves by the difference of the class means', async () => {
    const { unit, outcome } = await moved({ kind: 'label', column: 'Bright', positive: '1', rule: 'axis' });
    assert.equal(outcome.summary.unit, 'distances between the class means');
    const axis = await findAttributeAxis(workspace, {
      ...shared,
      column: 'Bright',
      positive: '1',
      folds: 10,
    });
    const { arrays } = await readSafetensorsFile(join(axis.path, 'axis.safetensors'));
    unit.forEach((value, k) => {
      assert.ok(Math.abs(value - arrays.direction.data[k]) < 1e-4);
    });
    const classifier = await moved({ kind: 'label', column: 'Bright', positive: '1', rule: 'classifier' });
    // One unit changes the classifier's output by as much as going from one class mean to the other.
    const along = (step: ArrayLike<number>) =>
      Array.from(step).reduce((sum, value, k) => sum + value * arrays.classifier.data[k], 0);
    assert.ok(Math.abs(along(classifier.unit) / along(unit) - 1) < 1e-3);
  });

  it('along a latent moves that one by its standard deviation, from the face itself', async () => {
    const { unit, middle } = await moved({ kind: 'latent', index: 3 });
    const { codes } = await readLatents((await encodeFaces(workspace, shared)).path);
    const values = Array.from({ length: 120 }, (_, face) => codes[face * 12 + 2]);
    const mean = values.reduce((sum, value) => sum + value, 0) / 120;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 120);
    unit.forEach((value, k) => {
      assert.ok(Math.abs(value - (k === 2 ? deviation : 0)) < 1e-4);
    });
    middle.forEach((value, k) => {
      assert.ok(Math.abs(value - codes[12 + k]) < 1e-4);
    });
  });

  it('along a principal component moves uncorrelated directions by their own deviation', async () => {
    const first = (await moved({ kind: 'component', index: 1 })).unit;
    const second = (await moved({ kind: 'component', index: 2 })).unit;
    assert.ok(Math.hypot(...first) >= Math.hypot(...second));
    const product = first.reduce((sum, value, k) => sum + value * second[k], 0);
    assert.ok(Math.abs(product) < 1e-4 * Math.hypot(...first) * Math.hypot(...second) + 1e-6);
  });

  it('refuses a latent that the model has not', async () => {
    const direction = { kind: 'latent', index: 13 } as const;
    await assert.rejects(traverse(workspace, { ...request, direction }), { code: 'LATENT_UNKNOWN' });
  });
});

describe('the use of latents', { timeout: 300_000 }, () => {
  it('falls along principal components, whose variances add up', async () => {
    const outcome = await rankLatentUsage(workspace, { ...shared, top: 3, steps: 3, range: 2 });
    const { rows } = await readTable(join(outcome.path, 'latent-usage.tsv'));
    const variances = rows.map(({ values }) => Number(values.variance));
    assert.deepEqual(
      variances,
      variances.toSorted((a, b) => b - a),
    );
    assert.equal(rows[0].values.latent, '1');
    const shares = rows.reduce((sum, { values }) => sum + Number(values.share), 0);
    assert.ok(Math.abs(shares - 1) < 1e-9);
    assert.ok(existsSync(join(outcome.path, 'latent-usage.png')));
  });
});

describe('samples', { timeout: 300_000 }, () => {
  const sample = (changes: object) =>
    sampleFaces(workspace, { ...shared, model: 'vaegan', count: 9, from: 'prior', ...changes });

  it('are the same for a seed, and others for another', async () => {
    const one = await sample({});
    assert.equal(readdirSync(join(one.path, 'images')).length, 9);
    const codes = async (changes: object) => (await readLatents((await sample(changes)).path)).codes;
    assert.deepEqual((await codes({ count: 3 })).length, 18);
    assert.notDeepEqual(await codes({ seed: 2 }), await codes({}));
  });

  it('of principal components come from codes; they have no prior', async () => {
    await assert.rejects(sample({ model: 'pca' }), { code: 'PRIOR_MISSING' });
    assert.equal((await sample({ model: 'pca', from: 'codes' })).summary.samples, 9);
  });
});
