import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openKind } from '../../src/main/engine/open-kind.ts';
import { probeEngine } from '../../src/main/engine/registry.ts';
import type { GpuDevice } from '../../src/main/engine/webgpu/dawn.ts';
import { trainVaeGan } from '../../src/main/generative/vaegan/train.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { assertClose, numbers } from '../conformance/harness.ts';
import { multiply } from '../conformance/reference.ts';
import { fitSmallPca, writePictures } from '../services/small-job.ts';
import { someFaces, tinyTraining } from './tiny-training.ts';
import { trainingDigest } from './training-digest.ts';

const { available, reason } = await probeEngine('webgpu');

/** Runs on a graphics card, or with FUSIFORM_WEBGPU_SOFTWARE=1 on a Vulkan driver in software. */
describe('the WebGPU engine', { skip: available ? false : `webgpu: ${reason}` }, () => {
  let engine: Engine;
  before(async () => {
    engine = await openKind('webgpu');
  });
  after(() => engine.dispose());

  /** The trap: from an inner dimension of 2000 on, a small output whose width is divisible by 4. */
  for (const [m, k, n, what] of [
    [16, 2048, 64, 'where tfjs is wrong'],
    [12, 6144, 20, 'where tfjs is wrong, long'],
    [4, 2000, 64, 'where tfjs is wrong, just'],
    [16, 1996, 64, 'just too short for the trap'],
    [16, 2048, 62, 'of a width that hides the trap'],
    [200, 2048, 256, 'of an output that hides the trap'],
  ] as const) {
    it(`multiplies by a transposed matrix ${what}: ${m} x ${k} x ${n}`, async () => {
      const { tf } = engine;
      const [left, right] = [numbers(m * k, 31), numbers(k * n, 32)];
      const product = tf.tidy(() =>
        tf.matMul(tf.tensor2d(left, [m, k]), tf.tensor2d(right, [n, k]), false, true),
      );
      await assertClose(product, multiply(left, right, [m, k, n], false, true), 1e-5, 'product');
    });
  }

  it('trains to the same bits again, in the main thread and in a worker that ends by itself', async () => {
    const first = await trainingDigest(engine);
    assert.deepEqual(await trainingDigest(engine), first);
    const worker = new Worker(join(import.meta.dirname, 'training-digest.ts'), {
      workerData: { kind: 'webgpu', threads: 1 },
    });
    const [message] = (await once(worker, 'message')) as [{ digest: string }];
    assert.deepEqual(await once(worker, 'exit'), [0]);
    assert.equal(message.digest, first.digest);
  });

  it('computes a job in the worker, which ends by itself and leaves the process alive', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    const pictures = await writePictures(home);
    const outcome = await Workspace.useOrCreate(join(home, 'project'), 'WebGPU', {}, async (workspace) => {
      await importFaces(workspace, { dir: pictures, name: 'faces', imageSize: 16, crop: 1 });
      return await fitSmallPca(workspace, 'webgpu');
    });
    await rm(home, { recursive: true });
    const computedOn = outcome.summary.computedOn as { kind: string; device: string };
    assert.deepEqual([computedOn.kind, computedOn.device], ['webgpu', engine.info.device]);
  });

  it('cannot be read synchronously, so that nothing here may', () => {
    const { tf } = engine;
    const sum = tf.tidy(() => tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])));
    const { warn } = console;
    console.warn = () => {};
    assert.throws(() => sum.dataSync());
    console.warn = warn;
    sum.dispose();
  });

  it('says that a tensor is too large, and goes on', async () => {
    const { tf, info } = engine;
    const start = engine.memory().tensors;
    const size = (info.memory?.bytes ?? 0) / 4 + 1;
    await assert.rejects(
      async () => {
        const sum = tf.tidy(() => tf.sum(tf.add(tf.zeros([size]), 1)));
        await sum.data();
      },
      ofCode('ENGINE_OUT_OF_MEMORY', /no memory/),
    );
    const product = tf.tidy(() => tf.matMul(tf.ones([3, 5]), tf.ones([5, 2])));
    assert.deepEqual([...(await product.data())], [5, 5, 5, 5, 5, 5]);
    product.dispose();
    assert.ok(engine.memory().tensors <= start + 1);
  });

  it('trains as WebAssembly does, within rounding', async () => {
    const onGpu = await tinyTraining(engine);
    await engine.dispose();
    const other = await openKind('wasm');
    const onWasm = await tinyTraining(other);
    await other.dispose();
    engine = await openKind('webgpu');
    assert.equal(onGpu.length, onWasm.length);
    onGpu.forEach((loss, step) => {
      const difference = Math.abs(loss - onWasm[step]) / Math.abs(onWasm[step]);
      assert.ok(difference < 1e-3, `step ${step}: ${loss} on WebGPU, ${onWasm[step]} on WebAssembly`);
    });
  });

  it('says that its device was lost, in the middle of a training', async () => {
    const { tf } = engine;
    const { device } = tf.backend() as unknown as { device: GpuDevice };
    const signal = new AbortController().signal;
    const { config, seed } = someFaces;
    let steps = 0;
    await assert.rejects(
      trainVaeGan(
        engine,
        someFaces.faces,
        config,
        { seed, onStep: () => ++steps === 2 && device.destroy() },
        {
          signal,
          report: () => {},
        },
      ),
      ofCode('ENGINE_DEVICE_LOST', /was lost/),
    );
    assert.equal(steps, 2);
    await assert.rejects(
      tf.tidy(() => tf.add(tf.ones([2]), 1) as Tensor).data(),
      ofCode('ENGINE_DEVICE_LOST', /lost/),
    );
    engine = await openKind('webgpu');
    assert.deepEqual([...(await engine.tf.add(engine.tf.ones([2]), 1).data())], [2, 2]);
  });
});

function ofCode(code: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof FusiformError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}
