import assert from 'node:assert/strict';
import type { EngineKind } from '../engine.ts';
import { openKind } from '../open-kind.ts';
import type { Trial } from './trial.ts';

/* `node child.ts KIND`: opens an engine, multiplies two matrices, and writes a `Trial` to standard output. */

async function attempt(kind: EngineKind): Promise<Trial> {
  try {
    const engine = await openKind(kind);
    const { tf, info } = engine;
    const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
    assert.deepEqual([...(await product.data())], [19, 22, 43, 50], 'two matrices came out wrong');
    await engine.dispose();
    return { info };
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split('\n');
    // A part of a sentence, as reasons are.
    return { reason: message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '') };
  }
}

const trial = await attempt(process.argv[2] as EngineKind);
process.stdout.write(`${JSON.stringify(trial)}\n`);
