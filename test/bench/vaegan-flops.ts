import { bottomSize, playerDefinition } from '../../src/main/generative/vaegan/architecture.ts';
import type { VaeGanConfig } from '../../src/main/generative/vaegan/config.ts';

/**
 * Floating-point operations of each convolution of a player's forward pass for one image, in the order of its layers:
 * two for each kernel element, pair of channels and pixel of the smaller image (all strides are 2).
 */
function convolutionFlops(config: VaeGanConfig, player: 'encoder' | 'generator' | 'discriminator'): number[] {
  const kernels = playerDefinition(config, player).trainable.filter(({ shape }) => shape.length === 4);
  return kernels.map(({ shape }, at) => {
    const halvings = player === 'generator' ? kernels.length - at : at + 1;
    return 2 * bottomSize(config.imageSize, halvings) ** 2 * shape.reduce((product, size) => product * size);
  });
}

/**
 * Floating-point operations of all convolutions of an adversarial training step in which every player learns.
 *
 * Forward the batch goes through the encoder, with the samples of the prior through the generator, and with the real
 * faces too through the discriminator. Each gradient of a convolution, by its input or by its filter, costs as much
 * as the convolution. No gradient by the images is needed where they are given.
 */
export function adversarialStepFlops(config: VaeGanConfig): number {
  const { schedule, loss, discriminator } = config;
  const made = (loss.priorSamples ? 2 : 1) * schedule.batchSize;
  const encoder = convolutionFlops(config, 'encoder').map((flops) => flops * schedule.batchSize);
  const generator = convolutionFlops(config, 'generator').map((flops) => flops * made);
  const judge = convolutionFlops(config, 'discriminator').map((flops) => flops * (made + schedule.batchSize));
  const similarity = judge.slice(0, Math.max(...discriminator.similarityLayers) + 1);

  const forward = sum(encoder) + sum(generator) + sum(judge);
  const forEncoder = sum(similarity) + sum(generator) + sum(encoder) + sum(encoder.slice(1));
  const forGenerator = sum(judge) + 2 * sum(generator);
  const forDiscriminator = sum(judge) + sum(judge.slice(1));
  return forward + forEncoder + forGenerator + forDiscriminator;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
