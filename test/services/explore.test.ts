import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { readSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { decodeRoute } from '../../src/main/services/app/decode-route.ts';
import { findAttributeAxes, findAttributeAxis } from '../../src/main/services/attributes.ts';
import { rankLatentUsage, sampleFaces, traverse } from '../../src/main/services/explore.ts';
import { Explorer } from '../../src/main/services/explorer.ts';
import { decodeLatents, encodeFaces } from '../../src/main/services/latents.ts';
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

describe('a model that stays loaded', { timeout: 300_000 }, () => {
  let explorer: Explorer;
  before(() => {
    process.env.FUSIFORM_ENGINE = engine;
    explorer = new Explorer(workspace);
  });
  after(async () => {
    delete process.env.FUSIFORM_ENGINE;
    await explorer.close();
  });

  const artifactOf = (model: string) => workspace.entry('model', model).hash;
  const send = (model: string, codes: Float32Array | Uint8Array, query = '') => {
    const url = new URL(`http://localhost/data/x/decode/${model}${query}`);
    const body = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength).slice();
    return decodeRoute(new Request(url, { method: 'POST', body }), url, explorer, model);
  };

  it('makes the pictures that the stage makes, to the last bit, one by one and together', async () => {
    for (const model of ['pca', 'vaegan']) {
      const latents = await encodeFaces(workspace, { ...shared, model });
      const { codes, latentDim } = await readLatents(latents.path);
      const kept = await decodeLatents(workspace, { model, latents: `${model}/faces`, engine });
      const some = codes.slice(0, 6 * latentDim);
      const response = await send(artifactOf(model), some, '?columns=3');
      assert.equal(response.headers.get('content-type'), 'image/png');
      const sheet = sharp(await response.arrayBuffer());
      const { width, height } = await sheet.metadata();
      const size = width / 3;
      assert.deepEqual([width, height], [3 * size, 2 * size]);
      for (let face = 0; face < 6; face++) {
        const left = (face % 3) * size;
        const top = Math.floor(face / 3) * size;
        const shown = await sheet.clone().extract({ left, top, width: size, height: size }).raw().toBuffer();
        const file = join(kept.path, 'images', `${String(face + 1).padStart(4, '0')}.png`);
        assert.ok(shown.equals(await sharp(file).raw().toBuffer()), `${model}, face ${face + 1}`);
        const alone = await send(artifactOf(model), codes.slice(face * latentDim, (face + 1) * latentDim));
        assert.ok(
          shown.equals(
            await sharp(await alone.arrayBuffer())
              .raw()
              .toBuffer(),
          ),
        );
      }
    }
  });

  it('refuses codes of another length or without a value, and models that are not in the project', async () => {
    const pca = artifactOf('pca');
    await assert.rejects(send(pca, new Float32Array(13)), { code: 'LATENT_SIZE_MISMATCH' });
    await assert.rejects(send(pca, new Uint8Array(47)), { code: 'LATENT_SIZE_MISMATCH' });
    await assert.rejects(send(pca, new Uint8Array(0)), { code: 'LATENT_SIZE_MISMATCH' });
    await assert.rejects(send(pca, new Float32Array(12 * 257)), { code: 'LATENT_SIZE_MISMATCH' });
    await assert.rejects(send(pca, new Float32Array(12).fill(Number.NaN)), { code: 'LATENTS_NOT_FINITE' });
    await assert.rejects(send('0'.repeat(32), new Float32Array(12)), { code: 'NAME_UNKNOWN' });
    assert.equal((await send(pca, new Uint8Array((4 << 20) + 4))).status, 413);
  });

  it('answers the newest request of a place, and every other one', async () => {
    const codes = (value: number) => new Float32Array(12).fill(value);
    const asked = Array.from({ length: 8 }, (_, at) =>
      explorer.decode(artifactOf('pca'), codes(at), { place: 'slider', limit: 1 }),
    );
    const elsewhere = explorer.decode(artifactOf('pca'), codes(9), { place: 'grid', limit: 1 });
    const settled = await Promise.allSettled(asked);
    const done = settled.flatMap(({ status }, at) => (status === 'fulfilled' ? [at] : []));
    assert.ok(done.length <= 2 && done.at(-1) === 7, `answered ${done.join()}`);
    for (const result of settled) {
      if (result.status === 'rejected') assert.equal(result.reason.code, 'DECODING_SUPERSEDED');
    }
    assert.equal((await elsewhere).pictures.length, 1);
  });

  it('gives codes, their spread and what is near as the stages do', async () => {
    const { codes } = await readLatents((await encodeFaces(workspace, shared)).path);
    const code = await explorer.code('pca', 'faces', 3);
    assert.deepEqual(code, codes.slice(36, 48));
    await assert.rejects(explorer.code('pca', 'faces', 120), RangeError);
    const [nearest, next] = await explorer.nearest('pca', 'faces', code, { count: 2, by: 'correlation' });
    assert.equal(nearest.row, 3);
    assert.ok(next.distance >= nearest.distance && nearest.distance < 1e-6);
    const spread = await explorer.spread('pca', 'faces');
    assert.ok(spread !== null && spread.n === 120 && spread.order[0] === 0);
    assert.equal(await explorer.axes('pca', 'faces'), null);
    const { summary } = await findAttributeAxes(workspace, {
      ...shared,
      folds: 5,
      numbers: [],
      classes: [],
    });
    const axes = (await explorer.axes('pca', 'faces')) ?? [];
    assert.ok(axes.length > 0 && axes.length <= (summary.attributes as unknown[]).length);
    const [model] = (await explorer.models()).filter(({ name }) => name === 'pca');
    assert.deepEqual([model.trainedOn, model.encoded], ['faces', ['faces']]);
    const drawn = await explorer.draw('vaegan', { faces: null, count: 9, from: 'prior', seed: 1 });
    const sampled = await sampleFaces(workspace, {
      ...shared,
      model: 'vaegan',
      count: 9,
      from: 'prior',
      seed: 1,
    });
    assert.deepEqual(Float32Array.from(drawn.flat()), (await readLatents(sampled.path)).codes);
  });

  it('gives its memory back, and is there again', async () => {
    explorer.release();
    assert.equal(explorer.isWarm, false);
    assert.equal((await send(artifactOf('pca'), new Float32Array(12))).status, 200);
    assert.equal(explorer.isWarm, true);
  });
});
