import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openKind } from '../../src/main/engine/open-kind.ts';
import { writeJsonFile } from '../../src/main/formats/json/json.ts';
import { writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { evaluateStage, readEvaluation } from '../../src/main/jobs/stages/evaluate.ts';
import { type Latents, pickCodes, readLatents, writeLatents } from '../../src/main/jobs/stages/latents.ts';
import { Random } from '../../src/main/math/random.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { encodeFaces } from '../../src/main/services/latents.ts';
import { fitPcaModel } from '../../src/main/services/models.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { writePortraits } from '../services/small-face-project.ts';
import { stageContext } from './stage-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-evaluate-'));
const nFaces = 12;
const latentDim = 6;
let engine: Engine;
let workspace: Workspace;
let latents: Latents;
let inputs: Record<string, string>;

before(async () => {
  workspace = Workspace.create(join(folder, 'project'), 'scores');
  await writePortraits(join(folder, 'portraits'), 40);
  const labels = [join(folder, 'portraits', 'labels.tsv')];
  await importFaces(workspace, {
    dir: join(folder, 'portraits'),
    labels,
    name: 'faces',
    imageSize: 32,
    crop: 0.9,
  });
  await fitPcaModel(workspace, {
    faces: 'faces',
    engine: 'wasm',
    seed: 1,
    heldOut: 0,
    name: 'pca',
    imageSize: 32,
    latentDim,
  });
  const encoded = await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine: 'wasm' });
  latents = await readLatents(encoded.path);
  inputs = {
    latents: encoded.path,
    faces: workspace.entry('faces', 'faces').path,
    axisFaces: workspace.entry('faces', 'faces').path,
    axisLatents: encoded.path,
    model: workspace.entry('model', 'pca').path,
    discriminator: workspace.entry('model', 'pca').path,
    featuresModel: join(import.meta.dirname, '../fixtures/onnx/channels-first.onnx'),
  };
  engine = await openKind('wasm');
});
after(async () => {
  await engine.dispose();
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

const parameters = {
  modelName: 'pca',
  decoder: 'pseudo-inverse',
  seed: 1,
  nPermutations: 500,
  engine: 'wasm',
  gender: { column: 'Male', positive: '1' },
  imagery: null,
  discriminator: 'pca',
  features: null,
};

let count = 0;
/** Codes by region as `decode` leaves them. */
async function writeDecoded(
  testFaces: readonly string[],
  codes: Record<string, Float32Array>,
): Promise<string> {
  const dir = join(folder, `decoded-${++count}`);
  await mkdir(dir);
  await writeSafetensorsFile(
    join(dir, 'decoded.safetensors'),
    Object.fromEntries(
      Object.entries(codes).map(([name, data]) => [
        `test:${name}`,
        { shape: [testFaces.length, latentDim], data },
      ]),
    ),
  );
  await writeJsonFile(join(dir, 'decoded.json'), {
    subject: '01',
    testFaces,
    latentDim,
    regions: Object.keys(codes).map((name) => ({ name, nVoxels: 100 })),
    hasImagery: false,
  });
  return dir;
}

async function evaluate(decoded: string, given: Record<string, string> = {}, more: object = {}) {
  const context = await stageContext(join(folder, `evaluated-${++count}`), {
    inputs: { ...inputs, decoded, ...given },
    engine,
  });
  const result = await evaluateStage.perform({ ...parameters, ...more }, context);
  const table = await readTable(join(context.outDir, 'scores.tsv'));
  return {
    result,
    evaluation: await readEvaluation(context.outDir),
    rows: table.rows.map(({ values }) => values),
  };
}

function noisy(faces: readonly string[], amount: number): Float32Array {
  const random = new Random('noise');
  const rows = faces.map((name) => latents.files.indexOf(name));
  return pickCodes(latents, Uint32Array.from(rows)).map((value) => value + amount * random.normal());
}

const firstFaces = (n: number) => latents.files.slice(0, n);

/** What no table may hold: a value that is missing, and not a word why. */
function assertEveryGapHasItsReason(rows: readonly Record<string, string>[]): void {
  for (const row of rows) {
    for (const [column, cell] of Object.entries(row))
      assert.doesNotMatch(cell, /nan|inf/i, `${row.name}, ${column}`);
    assert.match(row.definition, /^[a-z-]+\/\d+$/);
    if (row.value === 'n/a' || row.lower === 'n/a')
      assert.notEqual(row.reason, 'n/a', `${row.region}, ${row.name}`);
    if (row.p !== 'n/a') assert.match(row.test, /^[a-z-]+\/\d+$/);
  }
}

describe('the scores of a decoding', () => {
  it('hold the published tests beside permutation, intervals and FDR over regions', async () => {
    const faces = firstFaces(nFaces);
    const { result, evaluation, rows } = await evaluate(
      await writeDecoded(faces, {
        all: noisy(faces, 0.02),
        temporal: noisy(faces, 30),
        occipital: noisy(faces, 10),
      }),
    );
    assertEveryGapHasItsReason(rows);
    const [all, temporal] = evaluation.regions;
    assert.equal(all.pairwise.value, 1);
    assert.deepEqual(
      all.pairwise.tests?.map(({ name }) => name),
      ['stimulus-permutation/1', 'rank-sum-monte-carlo/1', 'rank-sum-exact/1'],
    );
    assert.ok(Math.abs((all.nWay.tests?.[1].p ?? 0) / 12 ** -12 - 1) < 1e-9, 'all twelve by chance 1/12');
    assert.deepEqual(
      all.retrieval.map(({ ways, top }) => [ways, top]),
      [
        [2, 1],
        [5, 1],
        [10, 1],
        [10, 5],
      ],
    );
    assert.equal(all.pairwise.adjustedP, undefined, 'all voxels are one test');
    assert.ok((temporal.pairwise.adjustedP ?? 0) >= (temporal.pairwise.p ?? 1));
    // Nearly true codes look like the model's own reconstructions.
    assert.ok(Math.abs((evaluation.decoded?.ssim.value ?? 0) - (evaluation.own?.ssim.value ?? 1)) < 0.05);
    assert.ok((evaluation.decoded?.pixCorr.chance ?? 1) < (evaluation.decoded?.pixCorr.value ?? 0));
    const published = rows.find(({ name, region }) => name === 'pairwise' && region === 'temporal');
    assert.equal(published?.published_test, 'rank-sum-monte-carlo/1');
    assert.equal(published?.decoder, 'pseudo-inverse');
    assert.equal(result.metrics?.length, rows.length);
    assert.ok(rows.some(({ definition }) => definition === 'axis-origin/1'));
  });

  it('in the features of a network tell faces apart, and say what has no discriminator', async () => {
    const faces = firstFaces(nFaces);
    const decoded = await writeDecoded(faces, { all: noisy(faces, 0.02) });
    const features = { name: 'channels-first.onnx', mean: [0.5, 0.5, 0.5], layer: 'rectified' };
    const { evaluation, rows } = await evaluate(decoded, {}, { features });
    assertEveryGapHasItsReason(rows);
    const [discriminator, network] = evaluation.features;
    assert.match(discriminator.decoded.reason ?? '', /has no discriminator/);
    assert.deepEqual(
      [network.network, network.layer, network.nFeatures],
      ['channels-first.onnx', 'rectified', 256],
    );
    assert.ok((network.decoded.value ?? 0) > 0.8 && (network.decoded.p ?? 1) < 0.01);
    assert.ok(rows.some(({ name }) => name === 'features:channels-first.onnx:rectified'));
  });

  it('of one test face say that there is none to tell it from', async () => {
    const faces = firstFaces(1);
    const { evaluation, rows } = await evaluate(await writeDecoded(faces, { all: noisy(faces, 0.1) }));
    assertEveryGapHasItsReason(rows);
    const [all] = evaluation.regions;
    assert.deepEqual([all.pairwise.value, all.nWay.value, all.retrieval.length], [null, null, 0]);
    assert.match(all.pairwise.reason ?? '', /no other/);
    assert.ok((evaluation.decoded?.ssim.value ?? 0) > 0, 'pictures can be compared all the same');
    assert.deepEqual([evaluation.faces[0].pairwise, evaluation.faces[0].rank], [null, null]);
  });

  it('of constant codes are at chance, and say why', async () => {
    const faces = firstFaces(nFaces);
    const { evaluation, rows } = await evaluate(
      await writeDecoded(faces, { all: new Float32Array(nFaces * latentDim).fill(0.5) }),
    );
    assertEveryGapHasItsReason(rows);
    const [all] = evaluation.regions;
    assert.deepEqual([all.pairwise.value, all.pairwise.p, all.nWay.value], [0.5, 1, 0]);
    assert.match(all.pairwise.reason ?? '', /12 decoded of 12 codes are of one value/);
  });

  it('without the pictures that were shown say so, row by row', async () => {
    const faces = firstFaces(4);
    const { faces: _, ...others } = inputs;
    const context = await stageContext(join(folder, 'no-pictures'), {
      inputs: { ...others, decoded: await writeDecoded(faces, { all: noisy(faces, 0.1) }) },
      engine,
    });
    await evaluateStage.perform({ ...parameters, gender: null }, context);
    const { rows } = await readTable(join(context.outDir, 'scores.tsv'));
    assertEveryGapHasItsReason(rows.map(({ values }) => values));
    const ssim = rows.find(({ values }) => values.name === 'ssim')?.values;
    assert.deepEqual([ssim?.value, ssim?.reason], ['n/a', 'The pictures that were shown are not at hand.']);
  });

  it('are refused for codes that are not numbers, with face and latent', async () => {
    const faces = firstFaces(3);
    const codes = noisy(faces, 0.1);
    codes[latentDim + 2] = Number.NaN;
    const decoded = await writeDecoded(faces, { all: noisy(faces, 0.1), temporal: codes });
    await assert.rejects(evaluate(decoded), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'LATENTS_NOT_FINITE');
      assert.match(error.message, new RegExp(`temporal of "${faces[1]}" is not a number at latent 3`));
      return true;
    });
    const spoilt = join(folder, 'spoilt');
    await mkdir(spoilt);
    await writeLatents(spoilt, {
      ...latents,
      codes: latents.codes.map((value, at) => (at === 0 ? Number.POSITIVE_INFINITY : value)),
    });
    await assert.rejects(
      evaluate(await writeDecoded(faces, { all: noisy(faces, 0.1) }), { latents: spoilt }),
      {
        code: 'LATENTS_NOT_FINITE',
      },
    );
  });
});
