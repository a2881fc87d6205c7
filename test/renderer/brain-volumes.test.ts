import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readVolume } from '../../src/main/formats/nifti/read.ts';
import { encodeNifti } from '../../src/main/formats/nifti/write.ts';
import { Random } from '../../src/main/math/random.ts';
import { readNiftiVolume } from '../../src/renderer/brain/volume/read-volume.ts';
import { samplerOf } from '../../src/renderer/brain/volume/sample.ts';
import type { Volume } from '../../src/shared/space/grid.ts';

const samples = join(import.meta.dirname, '../../../shared/data/nifti/nibabel');
const bytesOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

describe('volumes of the screens', () => {
  // The host's reader is held to nibabel's own numbers in test/formats/nifti.
  describe('agree with the host', { skip: !existsSync(samples) && 'no shared/data/nifti' }, () => {
    const files = existsSync(samples)
      ? readdirSync(samples).filter((name) => /(?<!dconn)\.nii(\.gz)?$/.test(name))
      : [];
    for (const name of files) {
      it(name, async () => {
        const path = join(samples, name);
        const screen = await readNiftiVolume(bytesOf(readFileSync(path)), name);
        assert.ok(screen.nVolumes >= 1);
        if (screen.nVolumes > 1) return;
        const host = await readVolume(path);
        assert.deepEqual(screen.grid, host.grid);
        assert.deepEqual(screen.data, host.data);
      });
    }
  });

  it('look the same in each of the 48 orientations', async () => {
    const original = asymmetric();
    const random = new Random(7);
    const places = Array.from({ length: 200 }, () =>
      [8, 10, 12].map((reach) => (random.uniform() - 0.5) * 1.6 * reach),
    );
    const expected = samplerOf(original, 'linear');
    let count = 0;
    for (const turned of orientationsOf(original)) {
      const { grid, data } = await readNiftiVolume(bytesOf(encodeNifti(turned)), 'turned.nii');
      const sample = samplerOf({ grid, data }, 'linear');
      for (const [x, y, z] of places) {
        assert.ok(Math.abs(sample(x, y, z) - expected(x, y, z)) < 1e-4 || Number.isNaN(expected(x, y, z)));
        assert.equal(Number.isNaN(sample(x, y, z)), Number.isNaN(expected(x, y, z)));
      }
      count += 1;
    }
    assert.equal(count, 48);
  });
});

/** Every voxel has a value of its own: 8 x 10 x 12 of 2 mm, the middle at the origin. */
function asymmetric(): Volume {
  const shape = [8, 10, 12] as const;
  const affine = Float64Array.of(2, 0, 0, -7, 0, 2, 0, -9, 0, 0, 2, -11, 0, 0, 0, 1);
  const random = new Random(3);
  return { grid: { shape, affine }, data: Float32Array.from({ length: 960 }, () => random.normal()) };
}

/** The same volume with its axes in every order and direction; its affine says which. */
function* orientationsOf({ grid, data }: Volume): Generator<Volume> {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const;
  const [nx, ny] = grid.shape;
  for (const order of orders) {
    for (let flips = 0; flips < 8; flips += 1) {
      const shape = [grid.shape[order[0]], grid.shape[order[1]], grid.shape[order[2]]] as const;
      const isFlipped = [flips & 1, flips & 2, flips & 4].map((bit) => bit !== 0);
      const affine = new Float64Array(16);
      affine[15] = 1;
      for (let row = 0; row < 3; row += 1) {
        affine[4 * row + 3] = grid.affine[4 * row + 3];
        for (let axis = 0; axis < 3; axis += 1) {
          const step = grid.affine[4 * row + order[axis]];
          affine[4 * row + axis] = isFlipped[axis] ? -step : step;
          if (isFlipped[axis]) affine[4 * row + 3] += step * (shape[axis] - 1);
        }
      }
      const turned = new Float32Array(data.length);
      let at = 0;
      for (let k = 0; k < shape[2]; k += 1)
        for (let j = 0; j < shape[1]; j += 1)
          for (let i = 0; i < shape[0]; i += 1, at += 1) {
            const from = [0, 0, 0];
            for (const [axis, index] of [i, j, k].entries())
              from[order[axis]] = isFlipped[axis] ? shape[axis] - 1 - index : index;
            turned[at] = data[from[0] + nx * (from[1] + ny * from[2])];
          }
      yield { grid: { shape, affine }, data: turned };
    }
  }
}
