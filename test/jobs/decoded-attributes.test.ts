import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeJsonFile } from '../../src/main/formats/json/json.ts';
import { writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { writeTsvFile } from '../../src/main/formats/tsv/write.ts';
import { attributeAxesStage } from '../../src/main/jobs/stages/attribute-axes.ts';
import { decodedAttributesStage } from '../../src/main/jobs/stages/decoded-attributes.ts';
import { readDecodedAttributes } from '../../src/main/jobs/stages/decoded-attributes-result.ts';
import { readLatents, writeLatents } from '../../src/main/jobs/stages/latents.ts';
import { Random } from '../../src/main/math/random.ts';
import type { AttributeReadingRow } from '../../src/shared/decoded-attributes.ts';
import { freshFolder } from '../services/fresh-folder.ts';
import { stageContext } from './stage-context.ts';

const latentDim = 6;
const nTest = 12;
const tests = Array.from({ length: nTest }, (_, at) => `sub01/test/T${at}.png`);

/** Latent 0 tells men, latent 1 is the age; every code lies off the origin by `shift` along latent 0. */
const shift = 3;
const isMan = (at: number) => at % 2 === 0;
const age = (at: number) => (at % 7) - 3;
function codesOf(count: number, noise: number, seed: string): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count * latentDim }, (_, value) => {
    const [at, k] = [Math.floor(value / latentDim), value % latentDim];
    const mean = k === 0 ? shift + (isMan(at) ? 1 : -1) : k === 1 ? age(at) : 0;
    return mean + noise * random.normal();
  });
}

describe('attributes of decoded codes', () => {
  const folder = freshFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  const inputs: Record<string, string> = {};

  before(async () => {
    const labelled = Array.from({ length: 90 }, (_, face) => `L${face}.png`);
    await mkdir(at('labelled-codes'));
    await writeLatents(at('labelled-codes'), {
      files: labelled,
      latentDim,
      codes: codesOf(90, 0.3, 'labelled'),
      model: null,
    });
    const rows = labelled.map((file, face) => [
      file,
      isMan(face) ? 1 : -1,
      age(face),
      face % 3 === 0 ? 1 : -1,
      1,
    ]);
    await writeTsvFile(at('labelled.tsv'), ['file', 'Male', 'Age', 'Hat', 'Alive'], rows);
    const context = await stageContext(at('axes'), {
      inputs: { latents: at('labelled-codes'), labels: at('labelled.tsv') },
    });
    await attributeAxesStage.perform(
      { columns: null, numbers: ['Age'], classes: [], group: null, folds: 3, seed: 1 },
      context,
    );
    inputs.axes = context.outDir;
    inputs.latents = at('latents');
    await mkdir(inputs.latents);
    const codes = codesOf(nTest, 0.1, 'true');
    await writeLatents(inputs.latents, {
      files: [...tests].reverse(),
      latentDim,
      codes: reversed(codes),
      model: null,
    });
    // One region holds the attribute, another noise alone.
    inputs.decoded = at('decoded');
    await mkdir(inputs.decoded);
    const shape = [nTest, latentDim];
    const noise = new Float32Array(codes.length);
    new Random('noise').fillNormal(noise);
    await writeSafetensorsFile(join(inputs.decoded, 'decoded.safetensors'), {
      'test:all': { shape, data: codesOf(nTest, 0.3, 'decoded') },
      'test:noise': { shape, data: noise },
    });
    await writeJsonFile(join(inputs.decoded, 'decoded.json'), {
      subject: '01',
      testFaces: tests.map((file) => file.slice(file.lastIndexOf('/') + 1)),
      latentDim,
      regions: [
        { name: 'all', nVoxels: 50 },
        { name: 'noise', nVoxels: 9 },
      ],
      hasImagery: false,
    });
  });
  after(() => folder.remove());

  function reversed(codes: Float32Array): Float32Array {
    const rows = Array.from({ length: nTest }, (_, row) =>
      codes.slice(row * latentDim, (row + 1) * latentDim),
    );
    return Float32Array.from(rows.reverse().flatMap((row) => [...row]));
  }

  async function read(name: string, labels: readonly string[]) {
    const file = at(`${name}.tsv`);
    await writeFile(file, `${labels.join('\n')}\n`);
    const context = await stageContext(at(name), { inputs: { ...inputs, labels: file } });
    const result = await decodedAttributesStage.perform(
      { modelName: 'm', decoder: 'pseudo-inverse', seed: 1, nPermutations: 200, parquet: true },
      context,
    );
    return { ...result, stored: await readDecodedAttributes(context.outDir), outDir: context.outDir };
  }
  const labelRow = (face: number, hat = '1') =>
    `T${face}.png\t${isMan(face) ? '1' : '-1'}\t${age(face)}\t${hat}\t1`;
  const header = 'file\tMale\tAge\tHat\tAlive';

  it('are read where they are and nowhere else, and the published threshold says what it gives', async () => {
    const { stored, outDir, problems } = await read('whole', [
      header,
      ...tests.map((_, face) => labelRow(face)),
    ]);
    const of = (attribute: string, region: string | null, rule: string): AttributeReadingRow => {
      const found = stored.readings.find(
        (row) => row.attribute === attribute && row.region === region && row.rule === rule,
      );
      assert.ok(found, `${attribute} ${region} ${rule}`);
      return found;
    };
    for (const region of [null, 'all']) {
      // All codes lie on the men's side of the origin.
      assert.equal(of('Male=1', region, 'axis-origin').accuracy, 0.5);
      assert.equal(of('Male=1', region, 'axis-origin').pPermutation, 1);
      for (const rule of ['axis-midpoint', 'classifier', 'classifier-balanced']) {
        const row = of('Male=1', region, rule);
        assert.equal(row.accuracy, 1);
        assert.equal(row.pBinomial?.toFixed(8), (1 / 2 ** 12).toFixed(8));
        assert.equal(row.pPermutation.toFixed(8), (1 / 924).toFixed(8));
        assert.ok(row.q < 0.01 && row.q >= row.pPermutation);
      }
      assert.ok((of('Age', region, 'classifier').r ?? 0) > 0.9);
    }
    assert.ok(of('Male=1', 'noise', 'classifier').pPermutation > 0.05);
    assert.equal(of('Male=1', 'noise', 'classifier').nVoxels, 9);
    // Hats tell nothing in the labelled set, and everybody wears one in the test; all are alive in both.
    assert.deepEqual(
      stored.notJudged.map(({ attribute }) => attribute),
      ['Hat=1', 'Alive'],
    );
    assert.match(stored.notJudged[0].reason, /all 12 labelled test faces are in the class/);
    assert.deepEqual(problems, []);
    const table = await readTable(join(outDir, 'readings.tsv'));
    assert.equal(table.rows.length, stored.readings.length);
    assert.equal((await readTable(join(outDir, 'positions.tsv'))).rows.length, 12 * 2 * 3 * 2 - 12 * 3);
  });

  it('leave out faces without a label, and say which', async () => {
    const rows = tests.map((_, face) => (face === 3 ? `T3.png\tn/a\t${age(3)}\t1\t1` : labelRow(face)));
    const { stored, problems = [] } = await read('gap', [header, ...rows.filter((_, face) => face !== 7)]);
    const male = stored.readings.find(({ attribute }) => attribute === 'Male=1');
    const years = stored.readings.find(({ attribute }) => attribute === 'Age');
    assert.deepEqual([male?.n, years?.n], [10, 11]);
    assert.deepEqual(
      problems.map(({ code, message }) => [code, /left out there: (.*)\.$/.exec(message)?.[1]]),
      [
        ['TEST_FACES_UNLABELLED', 'T3.png, T7.png'],
        ['TEST_FACES_UNLABELLED', 'T7.png'],
      ],
    );
  });

  it('are learnt without faces of the labelled set that are test faces, whatever their labels say', async () => {
    const honest = await read('honest', [header, ...tests.map((_, face) => labelRow(face))]);
    // The labelled set now holds every decoded code, labelled as it should come out.
    const planted = tests.map((_, face) => `planted ${face}.png`);
    const { codes, files } = await readLatents(at('labelled-codes'));
    const wrong = codesOf(nTest, 0.3, 'decoded').map((value) => 40 - 9 * value);
    await mkdir(at('planted-codes'));
    const both = Float32Array.of(...codes, ...wrong);
    await writeLatents(at('planted-codes'), {
      files: [...files, ...planted],
      latentDim,
      codes: both,
      model: null,
    });
    const table = await readFile(at('labelled.tsv'), 'utf8');
    await writeFile(
      at('planted.tsv'),
      table + planted.map((file, face) => `${file}\t${isMan(face) ? 1 : -1}\t${age(face)}\t1\t1\n`).join(''),
    );
    await mkdir(at('overlap'));
    await writeJsonFile(at('overlap', 'overlap.json'), {
      tests: nTest,
      others: 90 + nTest,
      notCompared: [],
      overlaps: planted.map((other, face) => ({
        test: tests[face],
        other,
        likeness: 'same pixels',
        correlation: 1,
      })),
    });
    const learn = async (name: string, more: Record<string, string>) => {
      const context = await stageContext(at(name), {
        inputs: { latents: at('planted-codes'), labels: at('planted.tsv'), ...more },
      });
      const parameters = { columns: null, numbers: ['Age'], classes: [], group: null, folds: 3, seed: 1 };
      await attributeAxesStage.perform(parameters, context);
      inputs.axes = context.outDir;
    };
    const readings = async (name: string) =>
      (await read(name, [header, ...tests.map((_, face) => labelRow(face))])).stored.readings;
    await learn('axes without', { without: at('overlap') });
    assert.deepEqual(await readings('guarded'), honest.stored.readings);
    await learn('axes with', {});
    assert.notDeepEqual(await readings('unguarded'), honest.stored.readings);
  });

  it('are refused where no test face has a label', async () => {
    await assert.rejects(read('none', [header, 'X.png\t1\t0\t1\t1']), { code: 'TEST_FACES_UNLABELLED' });
    await assert.rejects(read('other', ['file\tColour', ...tests.map((_, face) => `T${face}.png\tred`)]), {
      code: 'TEST_FACES_UNLABELLED',
    });
  });
});
