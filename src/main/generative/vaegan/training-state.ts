import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Adam, Engine } from '../../engine/engine.ts';
import type { NdArray } from '../../math/nd-array.ts';
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
  /** Trainable arrays and moving averages of all players by name. */
  readonly variables: Readonly<Record<string, Variable>>;
  readonly players: Readonly<Record<Player, PlayerState>>;
  dispose(): void;
}

/** Fresh weights: the same for a seed on every engine. */
export function createTrainingState(engine: Engine, config: VaeGanConfig, seed: number): TrainingState {
  const random = new Random(seed).fork('vaegan weights');
  const variables: Record<string, Variable> = {};
  const create = (definition: ParameterDefinition) => {
    const initial = engine.tf.tensor(startValues(definition, random), [...definition.shape]);
    const variable = engine.tf.variable(initial);
    initial.dispose();
    variables[definition.name] = variable;
    return variable;
  };
  const state = {} as Record<Player, PlayerState>;
  for (const player of players) {
    const { trainable, moving } = playerDefinition(config, player);
    const own = trainable.map(create);
    moving.forEach(create);
    const { learningRate, beta1, beta2, epsilon } = config.optimiser;
    state[player] = {
      names: trainable.map(({ name }) => name),
      variables: own,
      adam: engine.adam(own, { learningRate, beta1, beta2, epsilon }),
    };
  }
  return {
    step: 0,
    history: [],
    variables,
    players: state,
    dispose: () => {
      for (const player of players) state[player].adam.dispose();
      for (const variable of Object.values(variables)) variable.dispose();
    },
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

function startValues({ name, shape, start }: ParameterDefinition, random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((size, axis) => size * axis, 1));
  if (start.kind === 'fill') return values.fill(start.value);
  random.fork(name).fillNormal(values);
  const deviation = Math.sqrt(start.gain / start.fanIn);
  for (let i = 0; i < values.length; i++) values[i] *= deviation;
  return values;
}
