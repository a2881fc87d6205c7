import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeMatFile } from '../../src/main/formats/mat/level5-write.ts';
import { readCodes } from '../../src/main/jobs/stages/latents.ts';
import { codesForMat } from '../../src/main/jobs/stages/latents-mat.ts';
import { temporaryFolder } from '../formats/temporary.ts';

const fixture = (name: string) => join(import.meta.dirname, '..', 'fixtures', 'mat', name);

/** [3 faces, 4 latents]: element (i, j) is 10 i + j. */
const rows = [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23];

describe('codes of MATLAB files', () => {
  it('rows are faces in Level 5, in 7.3, and in what h5py writes by itself', async () => {
    for (const name of ['level5.mat', 'level5-compressed.mat', 'level73.mat', 'python.h5.mat']) {
      for (const latentDim of [undefined, 4]) {
        const { files, latentDim: dim, codes, model } = await readCodes(fixture(name), latentDim);
        assert.deepEqual([files, dim, model], [['code-1.png', 'code-2.png', 'code-3.png'], 4, null], name);
        assert.deepEqual(Array.from(codes), rows, name);
      }
    }
  });

  it('columns are faces where the latents of the model tell so', async () => {
    for (const name of ['level5.mat', 'level73.mat', 'python.h5.mat']) {
      const { files, latentDim, codes } = await readCodes(fixture(name), 3);
      assert.deepEqual([files.length, latentDim], [4, 3], name);
      assert.deepEqual(Array.from(codes), [0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23], name);
    }
  });

  it('neither axis fits, no such variable, no plain numbers, not finite', async (t) => {
    const path = join(await temporaryFolder(t), 'codes.mat');
    await assert.rejects(readCodes(fixture('level73.mat'), 1024), {
      code: 'LATENTS_DIM_MISMATCH',
      message: /"latent" is 3 x 4; the model has 1024 latents/,
    });
    await assert.rejects(readCodes(fixture('testhdf5_7.4_GLNX86.mat'), 9), {
      code: 'MAT_VARIABLE_MISSING',
      message: /it has: testdouble/,
    });
    await writeMatFile(path, { latent: 'no numbers' });
    await assert.rejects(readCodes(path, 4), { code: 'MAT_UNSUPPORTED' });
    await writeMatFile(path, { latent: { shape: [2, 2, 2], data: new Float32Array(8) } });
    await assert.rejects(readCodes(path, 2), { code: 'LATENTS_DIM_MISMATCH' });
    await writeMatFile(path, { latent: { shape: [2, 2], data: Float32Array.of(1, 2, 3, Number.NaN) } });
    await assert.rejects(readCodes(path, 2), { code: 'LATENTS_NOT_FINITE', message: /row 2/ });
    await writeFile(path, (await readFile(fixture('level5-compressed.mat'))).subarray(0, 200));
    await assert.rejects(readCodes(path, 2), { code: 'MAT_INVALID' });
  });

  it('a square is a row a face where MATLAB or scipy wrote it, and refused where nothing tells', async (t) => {
    const folder = await temporaryFolder(t);
    const latent = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    await writeMatFile(join(folder, 'square.mat'), { latent });
    assert.deepEqual(Array.from((await readCodes(join(folder, 'square.mat'), 2)).codes), [1, 2, 3, 4]);
    const { File, ready } = await import('h5wasm/node');
    await ready;
    const file = new File(join(folder, 'foreign.mat'), 'w');
    file.create_dataset({ name: 'latent', data: latent.data, shape: [2, 2] });
    file.close();
    await assert.rejects(readCodes(join(folder, 'foreign.mat'), 2), {
      code: 'LATENTS_DIM_MISMATCH',
      message: /nothing tells which axis/,
    });
  });

  it('names and model come back; names that lead elsewhere do not', async (t) => {
    const path = join(await temporaryFolder(t), 'codes.mat');
    const latents = {
      files: ['a/1.png', 'ü.png'],
      latentDim: 2,
      codes: Float32Array.of(1, 2, 3, 4),
      model: 'abc',
    };
    await writeMatFile(path, codesForMat(latents));
    assert.deepEqual(await readCodes(path, 2), latents);
    for (const bad of ['../1.png', '/etc/1.png', 'C:\\1.png', 'a\\..\\..\\b.png', '', 'ü.png']) {
      await writeMatFile(path, codesForMat({ ...latents, files: [bad, 'ü.png'] }));
      assert.deepEqual((await readCodes(path, 2)).files, ['code-1.png', 'code-2.png'], bad);
    }
  });
});
