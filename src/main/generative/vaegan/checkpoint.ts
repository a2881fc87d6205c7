import type { Variable } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NamedArrays, NdArray } from '../../math/nd-array.ts';
import type { ImageSet } from '../latent-model.ts';
import { players } from './architecture.ts';
import type { VaeGanConfig } from './config.ts';
import { historyFromArray, historyToArray } from './loss-history.ts';
import { createTrainingState, readVariable, type TrainingState } from './training-state.ts';

/** What a training must have in common with the checkpoint that it goes on from. */
export interface TrainingIdentity {
  readonly seed: number;
  readonly config: VaeGanConfig;
  readonly faces: Pick<ImageSet, 'count' | 'size'>;
}

const headerName = 'training/header';
const version = 2;

/**
 * The complete state of a training: weights, moving averages, the three optimisers' moments, the step and
 * the tail of the history. Training that goes on from it gives what it would have given without the break,
 * to the last bit on the same engine.
 */
export async function saveCheckpoint(state: TrainingState, identity: TrainingIdentity): Promise<NamedArrays> {
  const arrays: Record<string, NdArray> = {
    [headerName]: headerArray(identity),
    'training/step': { shape: [1], data: Int32Array.of(state.step) },
    'training/micro-batch': { shape: [1], data: Int32Array.of(state.microBatch) },
    'training/history': historyToArray(state.history),
  };
  for (const [name, variable] of Object.entries(state.variables)) {
    arrays[name] = await readVariable(variable);
  }
  for (const player of players) {
    const { names, adam } = state.players[player];
    const { steps, first, second } = await adam.state();
    arrays[`adam/${player}/steps`] = { shape: [1], data: Int32Array.of(steps) };
    names.forEach((name, at) => {
      arrays[`adam/first/${name}`] = first[at];
      arrays[`adam/second/${name}`] = second[at];
    });
  }
  return arrays;
}

/**
 * @throws FusiformError `CHECKPOINT_MISMATCH` where the checkpoint is of another seed, configuration or face
 *   set, or lacks an array.
 */
export function restoreCheckpoint(
  engine: Engine,
  arrays: NamedArrays,
  identity: TrainingIdentity,
): TrainingState {
  assertSameTraining(arrays, identity);
  const state = createTrainingState(engine, identity.config, identity.seed);
  try {
    for (const [name, variable] of Object.entries(state.variables)) {
      assignArray(engine, variable, floats(arrays, name, variable.shape));
    }
    for (const player of players) {
      const { names, variables, adam } = state.players[player];
      const moments = (which: string) =>
        names.map((name, at) => floats(arrays, `adam/${which}/${name}`, variables[at].shape));
      adam.restore({
        steps: arrayOf(arrays, `adam/${player}/steps`).data[0],
        first: moments('first'),
        second: moments('second'),
      });
    }
    state.step = arrayOf(arrays, 'training/step').data[0];
    state.microBatch = arrayOf(arrays, 'training/micro-batch').data[0];
    state.history.push(...historyFromArray(arrayOf(arrays, 'training/history')));
    return state;
  } catch (error) {
    state.dispose();
    throw error;
  }
}

function headerArray({ seed, config, faces }: TrainingIdentity): NdArray<Uint8Array> {
  const header = { version, seed, config, faces: { count: faces.count, size: faces.size } };
  const data = new TextEncoder().encode(JSON.stringify(header));
  return { shape: [data.length], data };
}

function assertSameTraining(arrays: NamedArrays, identity: TrainingIdentity): void {
  const stored = new TextDecoder().decode(Uint8Array.from(arrayOf(arrays, headerName).data));
  const expected = new TextDecoder().decode(headerArray(identity).data);
  if (stored === expected) return;
  throw new FusiformError(
    'CHECKPOINT_MISMATCH',
    'The checkpoint is of a training with another seed, configuration or set of faces',
    { details: { checkpoint: stored, training: expected } },
  );
}

function arrayOf(arrays: NamedArrays, name: string): NdArray {
  const array = arrays[name];
  if (array === undefined) {
    throw new FusiformError('CHECKPOINT_MISMATCH', `The checkpoint has no array ${name}`);
  }
  return array;
}

function floats(arrays: NamedArrays, name: string, shape: readonly number[]): NdArray<Float32Array> {
  const { shape: stored, data } = arrayOf(arrays, name);
  if (!(data instanceof Float32Array) || stored.join() !== shape.join()) {
    throw new FusiformError(
      'CHECKPOINT_MISMATCH',
      `Array ${name} of the checkpoint is not float32 [${shape.join(', ')}]`,
    );
  }
  return { shape: stored, data };
}

function assignArray({ tf }: Engine, variable: Variable, { data, shape }: NdArray<Float32Array>): void {
  tf.tidy(() => variable.assign(tf.tensor(data.slice(), [...shape])));
}
