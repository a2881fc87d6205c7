import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Scalar, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { recordTape } from '../../src/main/engine/tape.ts';
import { openWasmEngine } from '../../src/main/engine/wasm/open.ts';

describe('recordTape', () => {
  let engine: Engine;
  before(async () => {
    engine = await openWasmEngine({ threads: 1 });
  });
  after(() => engine.dispose());

  /** An encoder, a generator and a discriminator that share one forward pass, in small. */
  function model() {
    const { tf } = engine;
    const variable = (shape: number[], seed: number): Variable =>
      tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.5, 'float32', seed)));
    const encoder = [variable([3, 3, 3, 4], 1), variable([64, 5], 2)];
    const generator = [variable([5, 64], 3), variable([3, 3, 3, 4], 4)];
    const discriminator = [variable([3, 3, 3, 4], 5), variable([64, 1], 6)];
    const input = tf.randomUniform([2, 8, 8, 3], 0, 1, 'float32', 7) as Tensor4D;
    const forward = () => {
      const [filter, dense] = encoder;
      const hidden = tf.elu(tf.conv2d(input, filter as Tensor4D, 2, 'same'));
      const latent = tf.matMul(tf.reshape(hidden, [2, 64]), dense as Tensor2D);
      const seed = tf.reshape(tf.matMul(latent, generator[0] as Tensor2D), [2, 4, 4, 4]);
      const image = tf.sigmoid(
        tf.conv2dTranspose(seed as Tensor4D, generator[1] as Tensor4D, [2, 8, 8, 3], 2, 'same'),
      );
      const both = tf.concat([input, image as Tensor4D], 0);
      const features = tf.elu(tf.conv2d(both, discriminator[0] as Tensor4D, 2, 'same'));
      const score = tf.matMul(tf.reshape(features, [4, 64]), discriminator[1] as Tensor2D);
      const adversarial = tf.mean(tf.softplus(score)) as Scalar;
      const similarity = tf.mean(tf.squaredDifference(image, input)) as Scalar;
      const prior = tf.mean(tf.square(latent)) as Scalar;
      return {
        encoding: tf.add(similarity, prior) as Scalar,
        generation: tf.sub(similarity, adversarial) as Scalar,
        discrimination: adversarial,
      };
    };
    return { encoder, generator, discriminator, input, forward };
  }

  it('gives three losses the gradients that three recordings of their own give', async () => {
    const { tf } = engine;
    const { encoder, generator, discriminator, input, forward } = model();
    const tape = recordTape(tf, forward);
    const parts = [
      ['encoding', encoder],
      ['generation', generator],
      ['discrimination', discriminator],
    ] as const;
    for (const [name, variables] of parts) {
      const shared = tape.gradients(tape.value[name], variables);
      const alone = tf.variableGrads(() => forward()[name], variables);
      const [a, b] = [await tape.value[name].data(), await alone.value.data()];
      assert.deepEqual(a, b, name);
      for (const [i, variable] of variables.entries()) {
        assert.deepEqual(await shared[i].data(), await alone.grads[variable.name].data(), `${name} ${i}`);
      }
      tf.dispose([shared, alone.value]);
      tf.dispose(alone.grads);
    }
    tape.dispose();
    tf.dispose([tape.value.encoding, tape.value.generation, tape.value.discrimination, input]);
    tf.dispose([encoder, generator, discriminator].flat());
  });

  it('leaves nothing behind but the value and the gradients', () => {
    const { tf } = engine;
    const { encoder, generator, discriminator, input, forward } = model();
    const start = engine.memory();
    const tape = recordTape(tf, forward);
    const gradients = [
      tape.gradients(tape.value.encoding, encoder),
      tape.gradients(tape.value.generation, generator),
    ];
    tape.dispose();
    assert.equal(engine.memory().tensors, start.tensors + 3 + 4);
    tf.dispose(gradients);
    tf.dispose(tape.value);
    assert.deepEqual(engine.memory(), start);
    tf.tidy(() => {
      const inside = recordTape(tf, forward);
      inside.gradients(inside.value.discrimination, discriminator);
      inside.dispose();
    });
    assert.deepEqual(engine.memory(), start);
    tf.dispose([input, ...encoder, ...generator, ...discriminator]);
  });

  it('adds the gradients of a tensor that is used several times', async () => {
    const { tf } = engine;
    const x = tf.tidy(() => tf.variable(tf.scalar(3)));
    const tape = recordTape(tf, () => tf.add(tf.mul(x, x), tf.mul(x, tf.add(x, x))) as Scalar);
    const [dx] = tape.gradients(tape.value, [x]);
    assert.deepEqual([...(await dx.data())], [18]);
    tape.dispose();
    tf.dispose([dx, x, tape.value]);
  });

  it('refuses a variable that the loss does not depend on, and a tape inside a tape', () => {
    const { tf } = engine;
    const [x, other] = tf.tidy(() => [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(4))]);
    const start = engine.memory().tensors;
    const tape = recordTape(tf, () => tf.square(x) as Scalar);
    assert.throws(() => tape.gradients(tape.value, [x, other]), /does not depend on variable/);
    tape.dispose();
    tape.value.dispose();
    assert.throws(() => recordTape(tf, () => recordTape(tf, () => tf.square(x)).value), /inside another/);
    assert.equal(engine.memory().tensors, start);
    tf.dispose([x, other]);
  });

  it('frees what it kept when the forward pass throws', () => {
    const { tf } = engine;
    const x = tf.tidy(() => tf.variable(tf.scalar(3)));
    const start = engine.memory().tensors;
    assert.throws(
      () =>
        recordTape(tf, () => {
          tf.square(x);
          throw new Error('half-way');
        }),
      /half-way/,
    );
    assert.equal(engine.memory().tensors, start);
    const tape = recordTape(tf, () => tf.square(x) as Scalar);
    tape.dispose();
    tf.dispose([x, tape.value]);
  });
});
