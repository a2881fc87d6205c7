import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { openWasmEngine } from '../../src/main/engine/wasm/open.ts';
import { trainingDigest } from './training-digest.ts';

describe('the WebAssembly engine', () => {
  it('takes the threads that it is given', async () => {
    for (const threads of [1, 2, 3]) {
      const engine = await openWasmEngine({ threads });
      assert.equal(engine.info.threads, threads);
      const { tf } = engine;
      const product = tf.tidy(() => tf.matMul(tf.ones([300, 200]), tf.ones([200, 100])));
      assert.ok((await product.data()).every((value) => value === 200));
      product.dispose();
      await engine.dispose();
    }
  });

  it('leaves nothing in the globals and in the events of the process', async () => {
    const before = [Object.getOwnPropertyNames(globalThis), process.eventNames()];
    const engine = await openWasmEngine({ threads: 2 });
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before[0].includes(name));
    assert.deepEqual(
      added.filter((name) => !name.startsWith('_tf')),
      [],
    );
    assert.deepEqual(process.eventNames(), before[1]);
    await engine.dispose();
  });

  it('trains to the same bits again, on one thread and on two, in the main thread and in a worker', async () => {
    const digests = [];
    for (const threads of [1, 2, 2]) {
      const engine = await openWasmEngine({ threads });
      const { digest, tensors } = await trainingDigest(engine);
      assert.ok(
        tensors.every((count) => count === tensors[0]),
        `tensors after each step: ${tensors}`,
      );
      assert.equal(engine.memory().tensors, 0);
      await engine.dispose();
      digests.push(digest);
    }
    const worker = new Worker(join(import.meta.dirname, 'training-digest.ts'), {
      workerData: { threads: 2 },
    });
    const [message] = (await once(worker, 'message')) as [{ threads: number; digest: string }];
    // The threads behind the engine must not keep the worker alive.
    assert.deepEqual(await once(worker, 'exit'), [0]);
    assert.equal(message.threads, 2);
    assert.deepEqual(new Set([...digests, message.digest]), new Set([digests[0]]));
  });

  it('lets the process end by itself while it is open', () => {
    const opener = join(import.meta.dirname, '../../src/main/engine/wasm/open.ts');
    const code = `const { openWasmEngine } = await import(${JSON.stringify(opener)});
      const { tf } = await openWasmEngine({ threads: 2 });
      console.log((await tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])).data())[0]);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '64\n', stderr: '' });
  });
});
