import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { readJsonFile, writeJsonFile } from '../../src/main/formats/json/json.ts';
import { readVolume } from '../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { imageryStage } from '../../src/main/jobs/stages/imagery.ts';
import { imageryPatternsStage, readImageryPatterns } from '../../src/main/jobs/stages/imagery-patterns.ts';
import { readImageryResult } from '../../src/main/jobs/stages/imagery-result.ts';
import { writeLatents } from '../../src/main/jobs/stages/latents.ts';
import { Random } from '../../src/main/math/random.ts';
import { writeEncodingSubject } from '../encoding-subject.ts';
import { freshFolder } from '../services/fresh-folder.ts';
import { stageContext } from './stage-context.ts';

const folder = freshFolder();
const at = (...path: string[]) => join(folder.path, ...path);
let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm'));
});
after(async () => {
  await engine.dispose();
  folder.remove();
});

describe('patterns of imagined faces', () => {
  /** Six trials of two test faces a run; two imagined faces, of which the events name one. */
  const eventsOf = (run: number) => {
    const trials = Array.from({ length: 24 }, (_, trial) => {
      const test = trial % 4 === 3;
      const face = test ? `test-${Math.floor(trial / 4) % 2}.png` : `train-${run}-${trial}.png`;
      return `${6 + 3 * trial}\t1\t${test ? 'test_face' : 'train_face'}\t${face}\t0`;
    });
    const imagined =
      run === 3 ? [] : [`90\t12\tImg\tcandidates/dream.png\t0`, `110\t12\tImg\tplaceholders/fixation.png\t0`];
    return ['onset\tduration\ttrial_type\tstim_file\toneback', ...trials, ...imagined, ''].join('\n');
  };

  it('come one a face, from all runs and from halves, with as many trials of the seen faces', async () => {
    const subject = await writeEncodingSubject(at('subject'), {
      shape: [6, 6, 4],
      nLatents: 2,
      events: [0, 1, 2, 3].map(eventsOf),
    });
    await mkdir(at('mapping'));
    const mask = await readVolume(subject.inputs.mask);
    await writeNifti(at('mapping', 'desc-selected_mask.nii.gz'), {
      grid: mask.grid,
      data: Uint8Array.from(mask.data),
    });
    const context = await stageContext(at('patterns'), {
      inputs: { ...subject.inputs, mapping: at('mapping') },
      engine,
    });
    const parameters = { runs: subject.runs, settings: {}, noise: 'ols', engine: 'wasm', seed: 1 };
    await imageryPatternsStage.perform(parameters, context);
    const { patterns, trials } = await readImageryPatterns(context.outDir);
    assert.deepEqual(trials, {
      imagined: { 'dream.png': 3, unnamed: 3 },
      seen: { 'test-0.png': 3, 'test-1.png': 3 },
      matched: 3,
    });
    assert.deepEqual(
      patterns.filter(({ part }) => part === 'all').map(({ kind, face }) => `${kind} ${face}`),
      ['imagined dream.png', 'imagined unnamed', 'seen test-0.png', 'seen test-1.png'],
    );
    const halves = patterns.filter(({ part, kind }) => part === 'half' && kind === 'imagined');
    assert.deepEqual(
      halves.map(({ face, label }) => [face, label]),
      [
        ['dream.png', '1'],
        ['unnamed', '1'],
        ['dream.png', '2'],
        ['unnamed', '2'],
      ],
    );
    const { arrays } = await readSafetensorsFile(join(context.outDir, 'patterns.safetensors'));
    assert.deepEqual(arrays.patterns.shape, [patterns.length, subject.nVoxels]);
    // Imagery in three runs, by turns of the first half, the second, and the first; seen trials add up over the halves.
    const { presentations } = (await readJsonFile(join(context.outDir, 'patterns.json'))) as {
      presentations: number[];
    };
    const countOf = (kind: string, face: string, label: string | null) =>
      presentations[patterns.findIndex((of) => of.kind === kind && of.face === face && of.label === label)];
    for (const face of ['dream.png', 'unnamed']) {
      const counts = [null, '1', '2'].map((label) => countOf('imagined', face, label));
      assert.deepEqual(counts, [3, 2, 1]);
    }
    for (const face of ['test-0.png', 'test-1.png']) {
      const halves = ['1', '2'].map((label) => countOf('seen', face, label) ?? 0);
      assert.equal(countOf('seen', face, null), 3);
      assert.equal(halves[0] + halves[1], 3);
    }
    assert.ok(arrays.patterns.data.every(Number.isFinite));
    assert.ok(new Set(arrays.patterns.data).size > patterns.length);
  });
});

describe('imagined faces', () => {
  const latentDim = 8;
  const candidates = Array.from({ length: 20 }, (_, face) => `c/C${face}.png`);
  const tests = Array.from({ length: 10 }, (_, face) => `t/T${face}.png`);
  const all = [...candidates, ...tests];
  const codes = new Float32Array(all.length * latentDim);
  new Random('imagery codes').fillNormal(codes);
  const codeOf = (file: string) => {
    const row = all.indexOf(file);
    return codes.slice(row * latentDim, (row + 1) * latentDim);
  };
  const noisy = (code: Float32Array, noise: number, seed: string) => {
    const random = new Random(seed);
    return code.map((value) => value + noise * random.normal());
  };

  before(async () => {
    await mkdir(at('latents'));
    await writeLatents(at('latents'), { files: all, latentDim, codes, model: null });
    await mkdir(at('decoded'));
    const test = (noise: number) =>
      Float32Array.from(tests.flatMap((file) => [...noisy(codeOf(file), noise, file)]));
    const shape = [tests.length, latentDim];
    // Temporal voxels hold what was imagined and what was seen; the others hold what was seen alone.
    await writeSafetensorsFile(at('decoded', 'decoded.safetensors'), {
      'test:all': { shape, data: test(0.3) },
      'imagery:all': { shape: [latentDim], data: codeOf('c/C7.png').map((value) => -value) },
      'test:temporal': { shape, data: test(0.3) },
      'imagery:temporal': { shape: [latentDim], data: noisy(codeOf('c/C7.png'), 0.2, 'imagined') },
    });
    await writeJsonFile(at('decoded', 'decoded.json'), {
      subject: '01',
      testFaces: tests.map((file) => file.slice(2)),
      latentDim,
      regions: [
        { name: 'all', nVoxels: 20 },
        { name: 'temporal', nVoxels: 9 },
      ],
      hasImagery: true,
    });
  });

  async function read(name: string, parameters: object, inputs: Record<string, string> = {}) {
    const context = await stageContext(at(name), {
      inputs: { decoded: at('decoded'), latents: at('latents'), ...inputs },
    });
    await imageryStage.perform(
      {
        modelName: 'm',
        decoder: 'pseudo-inverse',
        imagined: 'C7.png',
        candidates,
        parquet: false,
        ...parameters,
      },
      context,
    );
    return readImageryResult(context.outDir);
  }

  it('are told from candidates by an exact test, with what seen faces reach', async () => {
    const { identifications, ceilings, combined, reliability } = await read('one', {});
    const [whole, temporal] = identifications;
    assert.deepEqual([whole.region, temporal.region], ['all', 'temporal']);
    assert.equal(temporal.rank, 1);
    assert.equal(temporal.p.toFixed(12), (0.05).toFixed(12));
    assert.equal(temporal.q?.toFixed(12), (0.1).toFixed(12));
    assert.equal(whole.rank, 20);
    const [, ceiling] = ceilings;
    assert.ok(ceiling.pairwise > 0.95 && ceiling.n === 10 && ceiling.p < 1e-6);
    assert.equal(ceiling.transfer, (temporal.pairwise - 0.5) / (ceiling.pairwise - 0.5));
    assert.ok((ceilings[0].transfer ?? 0) < 0);
    assert.deepEqual([combined, reliability], [[], []]);
  });

  it('may be several, by the names that the events give, with sessions and reliability', async () => {
    const patterns = [
      ...['C3.png', 'C5.png'].flatMap((face) => [
        { kind: 'imagined', face, part: 'all', label: null },
        { kind: 'imagined', face, part: 'half', label: '1' },
        { kind: 'imagined', face, part: 'half', label: '2' },
        { kind: 'imagined', face, part: 'session', label: '02' },
      ]),
      ...['T1.png', 'T2.png'].map((face) => ({ kind: 'seen', face, part: 'all', label: null })),
    ];
    await mkdir(at('several'));
    await writeJsonFile(at('several', 'imagery-patterns.json'), {
      patterns,
      trials: { imagined: { 'C3.png': 4, 'C5.png': 4 }, seen: { 'T1.png': 4, 'T2.png': 4 }, matched: 4 },
    });
    const data = Float32Array.from(
      patterns.flatMap(({ kind, face, label }) => [
        ...noisy(codeOf(`${kind === 'seen' ? 't' : 'c'}/${face}`), 0.2, `${face} ${label}`),
      ]),
    );
    await mkdir(at('several-decoded'));
    await writeSafetensorsFile(at('several-decoded', 'decoded.safetensors'), {
      'test:temporal': { shape: [patterns.length, latentDim], data },
    });
    await writeJsonFile(at('several-decoded', 'decoded.json'), {
      subject: '01',
      testFaces: patterns.map(({ face }, row) => `${row} ${face}`),
      latentDim,
      regions: [{ name: 'temporal', nVoxels: 9 }],
      hasImagery: false,
    });
    const inputs = { patterns: at('several'), patternsDecoded: at('several-decoded') };
    const { identifications, combined, ceilings, reliability } = await read(
      'two',
      { imagined: null },
      inputs,
    );
    assert.equal(identifications.length, 8);
    assert.ok(identifications.every(({ rank, model }) => rank === 1 && model === 'trials'));
    assert.equal(combined[0].n, 2);
    // Both of 20 x 20 combinations of ranks at their best.
    assert.equal(combined[0].p.toFixed(12), (1 / 400).toFixed(12));
    assert.deepEqual(
      ceilings.map(({ imagined, trials, n }) => [imagined, trials, n]),
      [
        ['C3.png', 'matched', 2],
        ['C5.png', 'matched', 2],
      ],
    );
    assert.ok(reliability[0].kind === 'imagined' && reliability[0].r > 0.8);
  });

  it('must be known, and among the candidates', async () => {
    await assert.rejects(read('a', { imagined: null }), { code: 'IMAGERY_UNNAMED' });
    await assert.rejects(read('b', { imagined: 'T1.png' }), { code: 'IMAGERY_NOT_A_CANDIDATE' });
    await assert.rejects(read('c', { candidates: [...candidates, 'C1.png'] }), {
      code: 'IMAGERY_NOT_A_CANDIDATE',
    });
    await assert.rejects(read('d', { candidates: ['C7.png', 'nobody.png'] }), {
      code: 'STIMULUS_NOT_ENCODED',
    });
  });
});
