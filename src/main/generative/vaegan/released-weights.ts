import type { WorkContext } from '../../../shared/progress.ts';
import type { NamedArrays, NdArray } from '../../math/nd-array.ts';
import { playerDefinition } from './architecture.ts';
import type { VaeGanConfig } from './config.ts';
import { meanCodeName } from './model.ts';
import { configOfReleased, mismatch, missing, type VariableShapes } from './released-layout.ts';

/** The variables of a checkpoint, read one at a time. */
export interface ReleasedVariables {
  readonly variables: VariableShapes;
  read(name: string): Promise<NdArray>;
}

export interface ReleasedModel {
  readonly config: VaeGanConfig;
  /** As `loadVaeGan` takes them. */
  readonly arrays: NamedArrays;
  /** Variables of the checkpoint that became part of the model, by the model's name of the array. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** Variables that the model does not need: optimiser slots, the discriminator, counters. */
  readonly leftOut: readonly string[];
}

/** Averages are named after the operation whose result they follow: `moments/Squeeze` the mean, `Squeeze_1` the variance. */
const averages = { mean: 'Squeeze', variance: 'Squeeze_1' } as const;

/**
 * Takes a VAE-GAN out of a TensorFlow checkpoint in the layout of the released code of VanRullen & Reddy (2019).
 *
 * Names and kernel layouts are the same here, with two differences. The moving averages of batch normalisation carry the
 * name of an operation in TensorFlow's graph, so that they are found by its end:
 * `<layer>/bn/.../moments/Squeeze/ExponentialMovingAverage` is the mean, `Squeeze_1` the variance. And the released
 * convolutions add a bias `b` before batch normalisation, which ours do without: since
 * `((x + b) - mean) / s = (x - (mean - b)) / s`, the moving mean less the bias gives the same network.
 *
 * @returns float32 arrays; a network whose weights are the checkpoint's but for that subtraction (in float64, rounded once).
 * @throws FusiformError `RELEASED_MODEL_MISMATCH` listing what is missing or found more than once.
 */
export async function readReleasedModel(
  checkpoint: ReleasedVariables,
  context: WorkContext,
): Promise<ReleasedModel> {
  const config = configOfReleased(checkpoint.variables);
  const plan = planArrays(config, checkpoint.variables);
  const arrays: Record<string, NdArray> = {
    [meanCodeName]: { shape: [config.latentDim], data: new Float32Array(config.latentDim) },
  };
  let done = 0;
  for (const { name, sources } of plan) {
    context.signal.throwIfAborted();
    const [first, bias] = await Promise.all(sources.map((source) => checkpoint.read(source)));
    const data =
      bias === undefined
        ? Float32Array.from(first.data)
        : Float32Array.from(first.data, (mean, at) => mean - bias.data[at]);
    if (!data.every(Number.isFinite)) throw mismatch(`"${sources[0]}" holds values that are no numbers`, {});
    arrays[name] = { shape: first.shape, data };
    done += 1;
    context.report({ done, total: plan.length, unit: 'arrays' });
  }
  const used = new Set(plan.flatMap(({ sources }) => sources));
  return {
    config,
    arrays,
    sources: Object.fromEntries(plan.map(({ name, sources }) => [name, sources])),
    leftOut: [...checkpoint.variables.keys()].filter((name) => !used.has(name)).sort(),
  };
}

interface PlannedArray {
  readonly name: string;
  /** The variable; of a moving mean also the bias that is taken from it. */
  readonly sources: readonly string[];
}

/** Which variables each array comes from; every one is there once and of the right shape. */
function planArrays(config: VaeGanConfig, variables: VariableShapes): PlannedArray[] {
  const plan: PlannedArray[] = [];
  const absent: string[] = [];
  const names = [...variables.keys()];
  for (const player of ['encoder', 'generator'] as const) {
    const { trainable, moving } = playerDefinition(config, player);
    for (const { name, shape } of [...trainable, ...moving]) {
      const sources = sourcesOf(name, names);
      absent.push(...sources.filter((source) => !variables.has(source)));
      for (const source of sources) {
        const found = variables.get(source)?.shape;
        if (found !== undefined && found.join() !== shape.join()) {
          throw mismatch(
            `"${source}" is [${found.join(', ')}] where [${shape.join(', ')}] fits the rest`,
            {},
          );
        }
      }
      plan.push({ name, sources });
    }
  }
  if (absent.length > 0) throw missing(absent, variables);
  return plan;
}

function sourcesOf(name: string, names: readonly string[]): string[] {
  const [, layer, moment] = /^(.*)\/bn\/(mean|variance)$/.exec(name) ?? [];
  if (moment !== 'mean' && moment !== 'variance') return [name];
  const ending = `moments/${averages[moment]}/ExponentialMovingAverage`;
  const candidates = names.filter(
    (candidate) =>
      candidate === `${layer}/bn/${ending}` ||
      (candidate.startsWith(`${layer}/bn/`) && candidate.endsWith(`/${ending}`)),
  );
  if (candidates.length > 1) {
    throw mismatch(`${candidates.length} variables could be the moving ${moment} of ${layer}`, {
      wanted: `${layer}/bn/.../${ending}`,
      found: candidates,
    });
  }
  const average = candidates[0] ?? `${layer}/bn/.../${ending}`;
  if (moment === 'variance') return [average];
  const kind = layer.startsWith('encoder/') ? 'conv2d' : 'deconv2d';
  return [average, `${layer}/${kind}/b`];
}
