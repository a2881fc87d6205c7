import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import { readJsonFile, writeJsonFile } from '../../src/main/formats/json/json.ts';
import { readNiftiHeader, readVolume } from '../../src/main/formats/nifti/read.ts';
import { writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { writeLatents } from '../../src/main/jobs/stages/latents.ts';
import { writeMaskImage } from '../../src/main/jobs/stages/mask-image.ts';
import { weightMapsStage } from '../../src/main/jobs/stages/weight-maps.ts';
import { Random } from '../../src/main/math/random.ts';
import { pearson } from '../../src/main/math/statistics.ts';
import { freshFolder } from '../services/fresh-folder.ts';
import { stageContext } from './stage-context.ts';

const dim = 4;
/** Latent 2 of 4 never varies: it is not modelled, and decoded as its mean. */
const modelled = [0, 1, 3];
const means = [0, 0, 0.7, 0];
const nVoxels = 20;
const nTest = 5;
const testFaces = Array.from({ length: nTest }, (_, face) => `T${face}.png`);
const grid = {
  shape: [4, 4, 3] as const,
  affine: Float64Array.of(3, 0, 0, -6, 0, 3, 0, -6, 0, 0, 3, 0, 0, 0, 0, 1),
};

describe('weight maps', () => {
  const folder = freshFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  const random = new Random('weight maps');
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const weights = normal(4 * nVoxels);
  const patterns = normal(nTest * nVoxels);
  const codes = normal(nTest * dim);
  /** Not in the order of the image. */
  const voxels = Uint32Array.from({ length: nVoxels }, (_, voxel) => (voxel * 7) % 48);
  const region = Int32Array.from({ length: nVoxels }, (_, voxel) =>
    voxel < 5 ? 0 : voxel < 8 ? 1 : voxel < 10 ? -1 : 2,
  );

  before(async () => {
    await mkdir(at('mapping'));
    await writeSafetensorsFile(at('mapping', 'mapping.safetensors'), {
      weights: { shape: [4, nVoxels], data: weights },
      testPatterns: { shape: [nTest, nVoxels], data: patterns },
      voxels: { shape: [nVoxels], data: voxels },
      region: { shape: [nVoxels], data: region },
    });
    await writeJsonFile(at('mapping', 'mapping.json'), {
      subject: '01',
      testFaces,
      hasImagery: false,
      regions: ['five', 'three', 'rest'],
      latentSpace: { dim, modelled, means },
    });
    await writeMaskImage(at('mapping', 'desc-selected_mask.nii.gz'), { grid, indices: voxels.toSorted() });
    await mkdir(at('latents'));
    await writeLatents(at('latents'), {
      files: testFaces.map((face) => `x/${face}`),
      latentDim: dim,
      codes,
      model: null,
    });
  });
  after(() => folder.remove());

  async function map(name: string, targets: object[], where = 'all') {
    const context = await stageContext(at(name), {
      inputs: { mapping: at('mapping'), latents: at('latents') },
    });
    const result = await weightMapsStage.perform(
      { modelName: 'm', targets, region: where, parquet: true },
      context,
    );
    const read = async (stem: string) => ({
      volume: await readVolume(join(context.outDir, `${stem}.nii.gz`)),
      header: await readNiftiHeader(join(context.outDir, `${stem}.nii.gz`)),
      sidecar: (await readJsonFile(join(context.outDir, `${stem}.json`))) as Record<string, unknown>,
    });
    return { result, read, outDir: context.outDir };
  }

  it('put every value where its voxel lies, and say what it is', async () => {
    const { read } = await map('latent', [{ kind: 'latent', index: 4 }]);
    const { volume, sidecar } = await read('sub-01_desc-latent0004_stat-encodingWeight_statmap');
    voxels.forEach((place, voxel) => {
      // Latent 4 is the third that is modelled.
      assert.equal(volume.data[place], weights[2 * nVoxels + voxel]);
    });
    assert.equal(volume.data.filter((value) => value !== 0).length, nVoxels);
    assert.deepEqual(
      [sidecar.MapKind, sidecar.Target, sidecar.OutsideMask],
      ['encodingWeight', 'latent 4', 0],
    );
    const raw = await read('sub-01_desc-latent0004_stat-decoderWeight_statmap');
    const pattern = await read('sub-01_desc-latent0004_stat-haufePattern_statmap');
    assert.match(String(raw.sidecar.Interpretation), /Not where the information is/);
    assert.match(String(pattern.sidecar.Reference), /10\.1016\/j\.neuroimage\.2013\.10\.067/);
    assert.equal(pattern.sidecar.Patterns, nTest);
  });

  it('add up to the correlation of a decoded face', async () => {
    for (const where of ['all', 'five', 'rest']) {
      const { read, outDir } = await map(`face ${where}`, [{ kind: 'face', name: 'T3.png' }], where);
      const label = where === 'all' ? '' : `_label-${where}`;
      const { volume, sidecar } = await read(`sub-01${label}_desc-faceT3_stat-contribution_statmap`);
      const inside = [...voxels.keys()].filter(
        (voxel) => where === 'all' || region[voxel] === (where === 'five' ? 0 : 2),
      );
      const columns = (data: Float32Array) =>
        Float32Array.from({ length: (data.length / nVoxels) * inside.length }, (_, at) => {
          const [row, column] = [Math.floor(at / inside.length), at % inside.length];
          return data[row * nVoxels + inside[column]];
        });
      const decoder = prepareDecoder(columns(weights), 4, inside.length, 3);
      const decoded = decodePatterns(decoder, columns(patterns)).subarray(3 * 3, 4 * 3);
      const code = means.slice();
      modelled.forEach((k, from) => {
        code[k] = decoded[from];
      });
      const r = pearson(code, codes.subarray(3 * dim, 4 * dim));
      const sum = volume.data.reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(sum + Number(sidecar.FromLatentsThatNeverVary) - r) < 1e-5, `${where}: ${sum} ${r}`);
      assert.ok(Math.abs(Number(sidecar.Correlation) - r) < 1e-6);
      const { rows } = await readTable(join(outDir, 'regions.tsv'));
      const contributions = rows.filter(({ values }) => values.kind === 'contribution');
      const total = contributions.reduce((all, { values }) => all + Number(values.sum), 0);
      assert.ok(Math.abs(total - Number(sidecar.SumOverVoxels)) < 1e-9);
    }
  });

  it('are refused for regions of too few voxels, and what there is not', async () => {
    await assert.rejects(map('a', [{ kind: 'latent', index: 1 }], 'three'), { code: 'REGION_TOO_SMALL' });
    await assert.rejects(map('b', [{ kind: 'latent', index: 1 }], 'nowhere'), { code: 'REGION_UNKNOWN' });
    await assert.rejects(map('c', [{ kind: 'latent', index: 3 }]), { code: 'LATENT_UNKNOWN' });
    await assert.rejects(map('d', [{ kind: 'latent', index: 5 }]), { code: 'LATENT_UNKNOWN' });
    await assert.rejects(map('e', [{ kind: 'face', name: 'X.png' }]), { code: 'FACE_UNKNOWN' });
    await rm(at('mapping', 'desc-selected_mask.nii.gz'));
    await assert.rejects(map('f', [{ kind: 'latent', index: 1 }]), { code: 'MAPS_NO_GRID' });
  });
});
