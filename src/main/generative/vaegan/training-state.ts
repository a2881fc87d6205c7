import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { Adam, Engine } from '../../engine/engine.ts';
import type { NamedArrays, NdArray } from '../../math/nd-array.ts';
import { Random } from '../../math/random.ts';
import { type ParameterDefinition, type Player, playerDefinition, players } from './architecture.ts';
import type { VaeGanConfig } from './config.ts';
import type { LossRow } from './loss-history.ts';
import type { Moments } from './network.ts';

interface PlayerState {
  /** In the order of the player's definition. */
  readonly names: readonly string[];
  readonly variables: readonly Variable[];
  readonly adam: Adam;
}

/** Everything that changes while a VAE-GAN is trained. The owner disposes it. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  readonly history: LossRow[];
  /** Faces that go through the networks at a time. */
  microBatch: number;
  /** True while weights change: after an error in between, the state is of no use. */
  updating: boolean;
  /** Trainable arrays and moving averages of all players by name. */
  readonly variables: Readonly<Record<string, Variable>>;
  readonly players: Readonly<Record<Player, PlayerState>>;
  dispose(): void;
}

/**
 * Weights as they are before the first step: random, the same for a seed on every engine, or those of another model.
 *
 * @param from weights by name, all of them or none of a player; more arrays do no harm.
 * @throws FusiformError `CHECKPOINT_MISMATCH` where one is missing or does not fit the configuration.
 */
export function createTrainingState(
  engine: Engine,
  config: VaeGanConfig,
  seed: number,
  from?: NamedArrays,
): TrainingState {
  const random = new Random(seed).fork('vaegan weights');
  const variables: Record<string, Variable> = {};
  const create = (definition: ParameterDefinition) => {
    const values = startFrom(definition, from) ?? startValues(definition, random);
    const initial = engine.tf.tensor(values, [...definition.shape]);
    const variable = engine.tf.variable(initial);
    initial.dispose();
    variables[definition.name] = variable;
    return variable;
  };
  const state = {} as Record<Player, PlayerState>;
  const dispose = () => {
    for (const player of Object.values(state)) player.adam.dispose();
    for (const variable of Object.values(variables)) variable.dispose();
  };
  const createPlayer = (player: Player) => {
    const { trainable, moving } = playerDefinition(config, player);
    const own = trainable.map(create);
    moving.forEach(create);
    const { learningRate, beta1, beta2, epsilon } = config.optimiser;
    state[player] = {
      names: trainable.map(({ name }) => name),
      variables: own,
      adam: engine.adam(own, { learningRate, beta1, beta2, epsilon }),
    };
  };
  try {
    players.forEach(createPlayer);
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    step: 0,
    history: [],
    microBatch: config.schedule.batchSize,
    updating: false,
    variables,
    players: state,
    dispose,
  };
}

/** `moving = momentum * moving + (1 - momentum) * batch`, for the layers that ran. */
export function updateMovingAverages(
  { tf }: Engine,
  variables: TrainingState['variables'],
  moments: Readonly<Record<string, Moments>>,
  momentum: number,
): void {
  tf.tidy(() => {
    const blend = (variable: Variable, batch: Tensor) =>
      variable.assign(tf.add(tf.mul(variable, momentum), tf.mul(batch, 1 - momentum)));
    for (const [layer, { mean, variance }] of Object.entries(moments)) {
      blend(variables[`${layer}/bn/mean`], mean);
      blend(variables[`${layer}/bn/variance`], variance);
    }
  });
}

/** The variable's values as they are now. */
export async function readVariable(variable: Tensor): Promise<NdArray<Float32Array>> {
  return { shape: [...variable.shape], data: (await variable.data<'float32'>()).slice() };
}

/** A copy of the given weights; none where the whole player is to start anew. */
function startFrom({ name, shape }: ParameterDefinition, from?: NamedArrays): Float32Array | null {
  if (from === undefined) return null;
  const array: NdArray | undefined = from[name];
  const player = name.slice(0, name.indexOf('/') + 1);
  if (array === undefined && player === 'discriminator/') {
    if (!Object.keys(from).some((other) => other.startsWith(player))) return null;
  }
  if (array === undefined || array.shape.join() !== shape.join()) {
    throw new FusiformError(
      'CHECKPOINT_MISMATCH',
      `Array ${name} must be [${shape.join(', ')}] for this configuration; the model to start from has ${array === undefined ? 'none' : `[${array.shape.join(', ')}]`}`,
    );
  }
  return Float32Array.from(array.data);
}

function startValues({ name, shape, start }: ParameterDefinition, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((size, axis) => size * axis, 1));
  if (start.kind === 'fill') return values.fill(start.value);
  random.fork(name).fillNormal(values);
  const deviation = Math.sqrt(start.gain / start.fanIn);
  for (let i = 0; i < values.length; i++) values[i] *= deviation;
  return values;
}
