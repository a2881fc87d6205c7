import assert from 'node:assert/strict';
import { openNativeEngine } from '../open.ts';

/* Run by the installation, in a process of its own: `node trial.ts HOME`. */
const [home] = process.argv.slice(2);
const engine = await openNativeEngine({ home });
const { tf } = engine;
const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]));
assert.deepEqual([...(await product.data())], [19, 22, 43, 50]);
process.stdout.write(`device: ${/GPU/.test(engine.info.device) ? 'GPU' : 'CPU'}\n`);
