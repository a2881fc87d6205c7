import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineOutOfMemory, isOutOfMemory } from '../../../src/main/engine/out-of-memory.ts';
import { openWasmEngine } from '../../../src/main/engine/wasm/open.ts';
import { type MemoryShortage, trainVaeGan } from '../../../src/main/generative/vaegan/train.ts';
import type { NamedArrays } from '../../../src/main/math/nd-array.ts';
import { quietContext, toyConfig, toyFaces } from '../toy.ts';

const faces = toyFaces(600);
const config = toyConfig({
  encoder: { channels: [6, 8], dense: 0, mu: 'linear', logSigmaLimit: 3, batchNorm: false },
  generator: { baseChannels: 8, channels: [6, 3], output: 'tanh', batchNorm: false },
  schedule: { batchSize: 512, warmupSteps: 1, adversarialSteps: 3 },
});

test('where WebAssembly has too little memory, the batch goes through in smaller parts, to the same losses', async () => {
  const roomy = await openWasmEngine({ threads: 2 });
  const whole = await trainVaeGan(roomy, faces, config, { seed: 1 }, quietContext());
  assert.ok(whole.history.every(({ microBatch }) => microBatch === 512));
  await roomy.dispose();

  const narrow = await openWasmEngine({ threads: 2, maxMemoryBytes: 24 * 2 ** 20 });
  const shortages: MemoryShortage[] = [];
  const checkpoints: NamedArrays[] = [];
  const options = {
    seed: 1,
    onMemoryShortage: (shortage: MemoryShortage) => shortages.push(shortage),
    checkpointDue: (step: number) => step === 3,
    onCheckpoint: async (state: NamedArrays) => void checkpoints.push(state),
  };
  const parts = await trainVaeGan(narrow, faces, config, options, quietContext());
  assert.ok(shortages.length > 0, 'memory was short');
  assert.equal(shortages[0].from, 512);
  assert.equal(shortages[0].to, 256);
  assert.match(shortages[0].message, /out of memory/);
  assert.ok(parts.microBatch < 512);
  assert.equal(parts.history.length, 4);
  assert.equal(parts.history[3].microBatch, parts.microBatch);
  parts.history.forEach((row, at) => {
    const { kl, pixel } = whole.history[at];
    assert.ok(Math.abs(row.kl - kl) < 1e-3 * kl, `KL of step ${row.step}: ${row.kl}, ${kl}`);
    assert.ok(Math.abs(row.pixel - pixel) < 1e-3 * pixel, `pixel error of step ${row.step}`);
  });
  assert.equal(narrow.memory().tensors, 0, 'what the failed attempts held is free again');

  // A resumed training goes on in the same parts, and so ends in the same bits.
  const { onMemoryShortage: _, ...quiet } = options;
  const resumed = await trainVaeGan(
    narrow,
    faces,
    config,
    { ...quiet, resumeFrom: checkpoints[0] },
    quietContext(),
  );
  assert.deepEqual(resumed.history, parts.history);
  assert.deepEqual(resumed.arrays, parts.arrays);
  await narrow.dispose();
});

for (const [what, channels] of [
  ['Step 1', [200, 8]],
  ['The network itself', [64, 6000]],
] as const) {
  test(`${what} that does not fit with a single face is refused, and the engine is of use afterwards`, async () => {
    const engine = await openWasmEngine({ threads: 2, maxMemoryBytes: 20 * 2 ** 20 });
    const large = toyConfig({
      imageSize: 128,
      encoder: { channels, dense: 0, mu: 'linear', logSigmaLimit: 3, batchNorm: false },
      schedule: { batchSize: 2, warmupSteps: 2, adversarialSteps: 0 },
    });
    await assert.rejects(trainVaeGan(engine, toyFaces(4, 128), large, { seed: 1 }, quietContext()), {
      code: 'OUT_OF_MEMORY',
      message: new RegExp(`^${what} does not fit`),
    });
    assert.equal(engine.memory().tensors, 0);
    const sum = engine.tf.tidy(() => engine.tf.sum(engine.tf.ones([1000])));
    assert.deepEqual(Array.from(await sum.data()), [1000]);
    sum.dispose();
    await engine.dispose();
  });
}

test('what libraries say of memory is understood, and nothing else', () => {
  for (const text of [
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[64,64,64,192]',
    'ResourceExhaustedError: failed to allocate memory',
    'Array buffer allocation failed',
    'Aborted(std::bad_alloc)',
    'Error: VK_ERROR_OUT_OF_DEVICE_MEMORY',
    'GPUOutOfMemoryError: Out of memory',
  ]) {
    assert.ok(isOutOfMemory(new Error(text)), text);
  }
  assert.ok(isOutOfMemory(new EngineOutOfMemory('no more')));
  for (const text of ['the room is full', 'memory of a face', 'ZOOM failed']) {
    assert.ok(!isOutOfMemory(new Error(text)), text);
  }
});
