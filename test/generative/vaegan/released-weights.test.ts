import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCheckpoint } from '../../../src/main/formats/tf-checkpoint/checkpoint.ts';
import { loadVaeGan } from '../../../src/main/generative/vaegan/model.ts';
import { vaeGanPresets } from '../../../src/main/generative/vaegan/presets.ts';
import { configOfReleased } from '../../../src/main/generative/vaegan/released-layout.ts';
import {
  type ReleasedVariables,
  readReleasedModel,
} from '../../../src/main/generative/vaegan/released-weights.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { forEveryEngine } from '../../conformance/harness.ts';
import { temporaryFolder } from '../../formats/temporary.ts';
import { float32, writeBundle } from '../../formats/tf-checkpoint/write-bundle.ts';
import { quietContext } from '../toy.ts';
import { facesOfFixture, tensorFlowFixture, valuesOfVariable } from './tensorflow-fixture.ts';

/** All variables of the fixture as they would be read, with changes: another shape, or null to take one out. */
function variables(
  changes: Readonly<Record<string, readonly number[] | null>> = {},
): ReleasedVariables & { variables: Map<string, { shape: readonly number[] }> } {
  const shapes = new Map<string, { shape: readonly number[] }>();
  const positions = new Map<string, number>();
  tensorFlowFixture.variables.forEach(([name, , shape], position) => {
    shapes.set(name, { shape });
    positions.set(name, position);
  });
  for (const [name, shape] of Object.entries(changes)) {
    if (shape === null) shapes.delete(name);
    else shapes.set(name, { shape });
  }
  return {
    variables: shapes,
    read: async (name) => ({
      shape: shapes.get(name)?.shape ?? [],
      data: valuesOfVariable(positions.get(name) ?? 0),
    }),
  };
}

const meanOf = (layer: string) => `${layer}/bn/${layer}/bn/moments/Squeeze/ExponentialMovingAverage`;

/** The refusal, with its details. */
async function refusal(changes: Readonly<Record<string, readonly number[] | null>>): Promise<FusiformError> {
  try {
    await readReleasedModel(variables(changes), quietContext());
  } catch (error) {
    assert.ok(error instanceof FusiformError, String(error));
    assert.equal(error.code, 'RELEASED_MODEL_MISMATCH');
    return error;
  }
  assert.fail('it was accepted');
}

describe('the released model', () => {
  it('is known by its shapes', async () => {
    const { config, arrays, leftOut, sources } = await readReleasedModel(variables(), quietContext());
    assert.equal(config.imageSize, 128);
    assert.equal(config.latentDim, 64);
    assert.deepEqual(config.encoder.channels, [12, 16, 24, 32, 48]);
    assert.deepEqual(config.generator.channels, [32, 24, 16, 12, 3]);
    assert.deepEqual(sources['encoder/layer2/bn/mean'], [
      meanOf('encoder/layer2'),
      'encoder/layer2/conv2d/b',
    ]);
    // The slots of the optimiser for 56 weights, its two powers and the step.
    assert.equal(
      leftOut.length,
      tensorFlowFixture.variables.length - new Set(Object.values(sources).flat()).size,
    );
    assert.ok(leftOut.includes('global_step') && leftOut.includes('encoder/fc/W/Adam_1'));
    assert.ok(Object.keys(arrays).every((name) => !name.includes('Adam') && !name.endsWith('conv2d/b')));
  });

  it('of the published size is the preset "paper"', () => {
    const widen = ([name, , shape]: (typeof tensorFlowFixture.variables)[number]) => {
      const wide = shape.map((size, axis) =>
        size > 4 ? size * 16 : axis < 2 && shape.length === 4 ? size : size,
      );
      return [name, { shape: wide }] as const;
    };
    const config = configOfReleased(new Map(tensorFlowFixture.variables.map(widen)));
    const { paper } = vaeGanPresets;
    assert.deepEqual(config.encoder, paper.encoder);
    assert.deepEqual(config.generator, paper.generator);
    assert.deepEqual([config.imageSize, config.latentDim], [paper.imageSize, paper.latentDim]);
    assert.equal(config.batchNormEpsilon, paper.batchNormEpsilon);
    assert.deepEqual(config.pixelRange, paper.pixelRange);
  });

  it('is refused where a variable is missing, and both sides are listed', async () => {
    const gone = await refusal({ [meanOf('encoder/layer3')]: null, 'generator/layer1/bn/gamma': null });
    const { missing, found } = gone.details as { missing: string[]; found: string[] };
    assert.deepEqual(missing.sort(), [
      'encoder/layer3/bn/.../moments/Squeeze/ExponentialMovingAverage',
      'generator/layer1/bn/gamma',
    ]);
    assert.equal(found.length, tensorFlowFixture.variables.length - 2);
    assert.match((await refusal({ 'encoder/layer1/conv2d/W': null })).message, /encoder\/layer1\/conv2d\/W/);
    assert.match((await refusal({ 'encoder/layer4/conv2d/b': null })).message, /encoder\/layer4\/conv2d\/b/);
  });

  it('is refused where two averages could be meant', async () => {
    const other = 'encoder/layer1/bn/encoder_1/layer1/bn/moments/Squeeze/ExponentialMovingAverage';
    const { details, message } = await refusal({ [other]: [12] });
    assert.deepEqual(details?.found, [meanOf('encoder/layer1'), other]);
    assert.match(message, /2 variables could be the moving mean of encoder\/layer1/);
  });

  it('is refused where shapes contradict each other', async () => {
    const lies: Record<string, readonly number[]> = {
      'encoder/layer2/bn/beta': [17],
      'encoder/layer2/conv2d/W': [3, 3, 11, 16],
      'encoder/fc/W': [769, 64],
      'generator/fc/W': [64, 4 * 4 * 64 * 4],
      'generator/layer5/deconv2d/W': [3, 3, 4, 12],
      'encoder/layer5/conv2d/W': [3, 3, 32],
      'encoder/layer1/conv2d/W': [3, 5, 3, 12],
      'encoder/variational/mu/W': [64, 2 ** 40],
      'encoder/variational/log_sigma/W': [64, 32],
    };
    for (const [name, shape] of Object.entries(lies)) await refusal({ [name]: shape });
  });
});

/** Convolutions in another order of summation; the values have a standard deviation of 0.42 and about 0.3. */
const tolerance = 5e-6;

await forEveryEngine('a checkpoint of TensorFlow', (engine) => {
  it('encodes and decodes as TensorFlow does', async (t) => {
    const prefix = join(await temporaryFolder(t), 'vaegan');
    await writeBundle(
      prefix,
      tensorFlowFixture.variables.map(([name, , shape], position) => ({
        ...float32(name, shape, valuesOfVariable(position)),
        shard: position % 3,
      })),
      { shards: 3, snappy: true, keysPerBlock: 16 },
    );
    const checkpoint = await openCheckpoint(prefix);
    const released = await readReleasedModel(checkpoint, quietContext());
    await checkpoint.close();
    const model = loadVaeGan(engine(), released.config, released.arrays);
    const codes = await model.encode(facesOfFixture());
    const expected = tensorFlowFixture.codes.flat();
    assert.equal(codes.length, expected.length);
    const worstCode = Math.max(...expected.map((value, at) => Math.abs(value - codes[at])));
    assert.ok(worstCode < tolerance, `codes differ by ${worstCode}`);
    // Of TensorFlow's own codes, so that the generator is judged alone.
    const pictures = await model.decode(Float32Array.from(expected));
    const { stride, values } = tensorFlowFixture.pictures;
    const worstPixel = Math.max(
      ...values.map((value, at) => Math.abs(Math.min(1, Math.max(0, value)) - pictures[at * stride])),
    );
    assert.ok(worstPixel < tolerance, `pixels differ by ${worstPixel}`);
    model.dispose();
  });
});
