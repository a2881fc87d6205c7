import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { imageInputOf, outputOf } from '../../src/main/jobs/evaluation/onnx-graph.ts';
import { openOnnxNetwork } from '../../src/main/jobs/evaluation/onnx-network.ts';
import { resizeBilinear } from '../../src/main/math/resize-bilinear.ts';

interface Expected {
  readonly mean: [number, number, number];
  readonly std: [number, number, number];
  readonly channelsFirst: { readonly features: number[][]; readonly rectified: number[] };
  readonly channelsLast: { readonly colour: number[][] };
}

const fixtures = join(import.meta.dirname, '../fixtures/onnx');
const [first, last] = ['channels-first.onnx', 'channels-last.onnx'].map((name) => join(fixtures, name));
// Made by make-onnx.py with numpy.
const expected: Expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'fusiform-onnx-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const size = 12;
/** Three pictures, as the script draws them. */
const pictures = Float32Array.from({ length: 3 * size * size * 3 }, (_, i) => {
  const [channel, column] = [i % 3, Math.floor(i / 3) % size];
  const [row, k] = [Math.floor(i / 3 / size) % size, Math.floor(i / (3 * size * size))];
  return 0.5 + 0.5 * Math.sin((row * (k + 1)) / 3 + column / 2 + channel);
});

function close(actual: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-4): void {
  assert.equal(actual.length, wanted.length);
  wanted.forEach((value, at) => {
    assert.ok(
      Math.abs(actual[at] - value) < tolerance * Math.max(1, Math.abs(value)),
      `${at}: ${actual[at]}, ${value}`,
    );
  });
}

describe('a network from a file', () => {
  const { mean, std, channelsFirst, channelsLast } = expected;

  it('with colours first sees what numpy computes, after resizing and normalising', async () => {
    const network = await openOnnxNetwork(first, { mean, std });
    close(await network.features(pictures, size), channelsFirst.features.flat());
    await network.close();
  });

  it('is looked into at a layer that is no output', async () => {
    const network = await openOnnxNetwork(first, { mean, std, layer: 'rectified' });
    const features = await network.features(pictures, size);
    const sums = [0, 1, 2].map((at) =>
      features.subarray(at * 256, (at + 1) * 256).reduce((sum, value) => sum + value, 0),
    );
    close(sums, channelsFirst.rectified);
    await network.close();
  });

  it('of a fixed batch, an open size and colours last is filled up and cut', async () => {
    const network = await openOnnxNetwork(last, { layer: 'colour', inputSize: [size, size] });
    close(await network.features(pictures, size), channelsLast.colour.flat(), 1e-5);
    await network.close();
  });

  it('is refused for what it leaves open, and for what it is not', async () => {
    const refused = async (
      file: string,
      options: Parameters<typeof openOnnxNetwork>[1],
      code: string,
      says: RegExp,
    ) =>
      assert.rejects(openOnnxNetwork(file, options), (error: Error & { code?: string; file?: string }) => {
        assert.deepEqual([error.code, error.file], [code, file]);
        assert.match(error.message, says);
        return true;
      });
    await refused(last, { inputSize: [12, 12] }, 'ONNX_LAYER', /2 outputs .*"doubled".*"colour"/);
    await refused(last, { layer: 'colour' }, 'ONNX_INPUT', /any size/);
    await refused(
      last,
      { layer: 'colour', inputSize: [12, 12], layout: 'NCHW' },
      'ONNX_INPUT',
      /no axis of three colours for NCHW/,
    );
    await refused(first, { inputSize: [16, 16] }, 'ONNX_INPUT', /16 x 16/);
    await refused(
      first,
      { layer: 'nothing' },
      'ONNX_LAYER',
      /No node of the graph makes "nothing"; its outputs are "features"/,
    );
    const text = join(folder, 'text.onnx');
    await writeFile(text, 'no model');
    await refused(text, {}, 'ONNX_INVALID', /no ONNX model/);
    await refused(join(folder, 'absent.onnx'), {}, 'ONNX_INVALID', /no ONNX model/);
    const cut = join(folder, 'cut.onnx');
    await writeFile(cut, readFileSync(first).subarray(0, 3000));
    await refused(cut, {}, 'ONNX_INVALID', /no ONNX model/);
  });
});

it('inputs that are no pictures, or could be two things, are named', () => {
  const input = (shape: (number | string)[], type = 'float32') =>
    imageInputOf([{ name: 'x', type, shape }], {}, 'f');
  assert.deepEqual(input([1, 3, 224, 224]), { name: 'x', layout: 'NCHW', height: 224, width: 224, batch: 1 });
  assert.equal(input(['n', 160, 160, 3]).layout, 'NHWC');
  for (const [shape, type] of [[[1, 1, 28, 28]], [[1, 10]], [[1, 3, 8, 8], 'int64'], [[1, 3, 8, 3]]] as [
    number[],
    string?,
  ][]) {
    assert.throws(() => input(shape, type), { code: 'ONNX_INPUT' });
  }
  assert.throws(() => imageInputOf([{ name: 'a' }, { name: 'b' }], {}, 'f'), { code: 'ONNX_INPUT' });
  assert.throws(() => outputOf([], undefined, 'f'), { code: 'ONNX_LAYER' });
});

it('resizing keeps a ramp inside, and a picture of its own size', () => {
  const ramp = Float32Array.from({ length: 4 * 4 * 3 }, (_, i) => Math.floor(i / 3) % 4);
  assert.equal(resizeBilinear(ramp, [4, 4], [4, 4]), ramp);
  const wide = resizeBilinear(ramp, [4, 4], [2, 8]);
  const row = Array.from({ length: 8 }, (_, column) => wide[column * 3]);
  assert.deepEqual(row, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  assert.throws(() => resizeBilinear(ramp, [5, 4], [2, 2]), RangeError);
});
