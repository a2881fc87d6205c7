import { createInterface } from 'node:readline';
import type { EngineKind } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import { readSafetensorsFile } from '../../../src/main/formats/safetensors/safetensors.ts';
import { type Batch, BatchSource } from '../../../src/main/generative/vaegan/batches.ts';
import { trainStep } from '../../../src/main/generative/vaegan/train-step.ts';
import { createTrainingState } from '../../../src/main/generative/vaegan/training-state.ts';
import type { NamedArrays } from '../../../src/main/math/nd-array.ts';
import { noiseFaces } from '../inputs.ts';
import type { Answer, Request, Setup } from './peers.ts';

/*
 * The training step of this program as a peer of those in Python: same requests, same answers (see `peer.py`).
 * The first argument says on which engine. Steps with noise of their own take their batch as a training does.
 */

const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function nextLine<T>(): Promise<T | undefined> {
  const { done, value } = await lines.next();
  return done ? undefined : (JSON.parse(value) as T);
}

function floats(arrays: NamedArrays, name: string): Float32Array<ArrayBuffer> {
  return Float32Array.from(arrays[name].data);
}

async function serve(kind: EngineKind): Promise<void> {
  const setup = await nextLine<Setup>();
  if (setup === undefined) return;
  const { config, file, threads } = setup;
  const { engine } = await openEngine(kind, { threads });
  const { arrays } = await readSafetensorsFile(file);
  const state = createTrainingState(engine, config, 1);
  for (const [name, variable] of Object.entries(state.variables)) {
    engine.tf.tidy(() => variable.assign(engine.tf.tensor(floats(arrays, name), variable.shape)));
  }
  const { batchSize } = config.schedule;
  const given: Batch = {
    faces: Uint32Array.from({ length: batchSize }, (_, i) => i),
    images: floats(arrays, 'batch/images'),
    noise: floats(arrays, 'batch/noise'),
    prior: floats(arrays, 'batch/prior'),
  };
  const drawn = new BatchSource(noiseFaces(4 * batchSize, config.imageSize), config, 1);
  const rounded = config.optimiser.precision === 'float32' ? '' : ` in ${config.optimiser.precision}`;
  answer({ version: `${kind} ${engine.info.version}${rounded}` });
  for (let request = await nextLine<Request>(); request; request = await nextLine<Request>()) {
    const batch = request.noise === 'given' ? given : drawn.batch(state.step);
    const { kl, pixel, similarity, onReal, onReconstruction, onSample } = await engine.withPrecision(
      config.optimiser.precision,
      () => trainStep(engine, config, state, batch),
    );
    answer({
      losses: [kl, pixel, similarity, onReal, onReconstruction, onSample],
      residentBytes: process.memoryUsage.rss(),
      tensors: engine.memory().tensors,
    } satisfies Answer);
  }
}

await serve(process.argv[2] as EngineKind);
process.exit();
