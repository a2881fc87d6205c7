import { FusiformError } from '../../../shared/errors.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from './config.ts';

/** What is known of a checkpoint's variables before any of them is read. */
export type VariableShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * The configuration of a network from the shapes of its variables in the released TensorFlow code's layout
 * (VanRullen & Reddy 2019): the published one, or one of the same build with other widths, layers or image size.
 *
 * What shapes do not show is as in the released code: ELU, tanh on mu, half tanh on log sigma, batch normalisation
 * with epsilon 1e-6 after every convolution, pixels 0..1.
 *
 * @throws FusiformError `RELEASED_MODEL_MISMATCH` where a variable is missing or the shapes do not fit each other.
 */
export function configOfReleased(variables: VariableShapes): VaeGanConfig {
  const encoderKernels = chainOf(variables, 'encoder', 'conv2d');
  const generatorKernels = chainOf(variables, 'generator', 'deconv2d');
  const [flat, dense] = shapeOf(variables, 'encoder/fc/W', 2);
  const [, latentDim] = shapeOf(variables, 'encoder/variational/mu/W', 2);
  const [, spread] = shapeOf(variables, 'generator/fc/W', 2);
  // Convolutions are [height, width, in, out], transposed ones [height, width, out, in].
  const channels = encoderKernels.map(([, , , out]) => out);
  const made = generatorKernels.map(([, , out]) => out);
  const baseChannels = generatorKernels[0][3];
  const imageSize = sideOf('encoder/fc/W', flat, channels[channels.length - 1]) * 2 ** channels.length;
  const madeSize = sideOf('generator/fc/W', spread, baseChannels) * 2 ** made.length;
  if (madeSize !== imageSize) {
    throw mismatch(`its encoder takes images of ${imageSize} pixels and its generator makes ${madeSize}`, {});
  }
  const parsed = vaeGanConfigSchema.safeParse({
    imageSize,
    latentDim,
    encoder: { channels, kernelSize: kernelSizeOf('encoder', encoderKernels), dense },
    generator: { channels: made, baseChannels, kernelSize: kernelSizeOf('generator', generatorKernels) },
    // Not in the released code; of the encoder's build, should the model be trained further.
    discriminator: {
      channels,
      similarityLayers: channels.map((_, at) => at).slice(-2),
    },
  });
  if (parsed.success) return parsed.data;
  throw mismatch(`its shapes make no network (${parsed.error.issues[0]?.message ?? 'unknown'})`, {});
}

export function mismatch(why: string, details: Readonly<Record<string, unknown>>): FusiformError {
  return new FusiformError(
    'RELEASED_MODEL_MISMATCH',
    `The checkpoint does not hold the VAE-GAN of VanRullen & Reddy (2019): ${why}.`,
    { details },
  );
}

/** The kernels of `<part>/layer1/<kind>/W`, layer2 and so on. */
function chainOf(variables: VariableShapes, part: string, kind: string): number[][] {
  const kernels: number[][] = [];
  while (variables.has(`${part}/layer${kernels.length + 1}/${kind}/W`)) {
    kernels.push(shapeOf(variables, `${part}/layer${kernels.length + 1}/${kind}/W`, 4));
  }
  if (kernels.length === 0) throw missing([`${part}/layer1/${kind}/W`], variables);
  return kernels;
}

function shapeOf(variables: VariableShapes, name: string, axes: number): number[] {
  const shape = variables.get(name)?.shape;
  if (shape === undefined) throw missing([name], variables);
  if (shape.length === axes && shape.every((size) => size > 0)) return [...shape];
  throw mismatch(`"${name}" is [${shape.join(', ')}], not of ${axes} axes`, {});
}

function kernelSizeOf(part: string, kernels: readonly number[][]): number {
  const [[size]] = kernels;
  if (kernels.every(([height, width]) => height === size && width === size)) return size;
  throw mismatch(`the kernels of its ${part} are not square and of one size`, {});
}

/** Width of the square image of `channels` channels that a dense layer takes or makes. */
function sideOf(name: string, width: number, channels: number): number {
  const side = Math.round(Math.sqrt(width / channels));
  if (side * side * channels === width) return side;
  throw mismatch(`"${name}" has ${width} units, which make no square image of ${channels} channels`, {});
}

export function missing(wanted: readonly string[], variables: VariableShapes): FusiformError {
  const found = [...variables.keys()].sort();
  const listed = found.slice(0, 8).join(', ');
  return mismatch(
    `${wanted.length === 1 ? 'the variable' : `${wanted.length} variables, the first being`} "${wanted[0]}" ${wanted.length === 1 ? 'is' : 'are'} missing (it has ${found.length} variables${found.length > 0 ? `: ${listed}${found.length > 8 ? ', ...' : ''}` : ''})`,
    { missing: wanted, found },
  );
}
