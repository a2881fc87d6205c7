import type { EngineKind } from '../../engine/engine.ts';
import {
  bottomSize,
  type ParameterDefinition,
  type Player,
  playerDefinition,
  players,
} from './architecture.ts';
import type { VaeGanConfig } from './config.ts';

/** What a training will hold, in bytes, as far as the architecture tells. */
export interface SizeEstimate {
  /** Trainable numbers of each network. */
  readonly parameters: Readonly<Record<Player, number>>;
  /** Weights, moments of Adam, gradients. */
  readonly weightBytes: number;
  /** What one face adds to a step: outputs of all layers, kept for the backward passes, and what these need. */
  readonly bytesAFace: number;
  /** Program, libraries and the engine before any network. */
  readonly baseBytes: number;
  /** Of one checkpoint; two are kept, and a third is written before one goes. */
  readonly checkpointBytes: number;
}

const floatBytes = 4;
/** Weights, two moments, gradients, and the new weights or a copy of the gradients. */
const copiesOfWeights = 5;

/**
 * Of the outputs of all layers, measured against the peak of resident memory (`test/bench/training-memory.bench.ts`):
 * an engine that frees gradients late or unfolds images for its convolutions needs more.
 */
const bytesAnOutputByte: Readonly<Record<EngineKind, number>> = { native: 1.5, wasm: 1.7, webgpu: 1.7 };
const baseBytesOf: Readonly<Record<EngineKind, number>> = {
  native: 500 * 2 ** 20,
  wasm: 200 * 2 ** 20,
  webgpu: 300 * 2 ** 20,
};

export function estimateSize(config: VaeGanConfig, engine: EngineKind): SizeEstimate {
  const definitions = players.map((player) => playerDefinition(config, player));
  const counts = definitions.map(({ trainable }) => countOf(trainable));
  const moving = definitions.reduce((sum, definition) => sum + countOf(definition.moving), 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    parameters: { encoder: counts[0], generator: counts[1], discriminator: counts[2] },
    weightBytes: floatBytes * (copiesOfWeights * total + moving),
    bytesAFace: Math.round(floatBytes * outputsAFace(config) * bytesAnOutputByte[engine]),
    baseBytes: baseBytesOf[engine],
    checkpointBytes: floatBytes * (3 * total + moving),
  };
}

/** Peak of resident memory of a training with so many faces at a time. */
export function estimateMemory(size: SizeEstimate, microBatch: number): number {
  return size.baseBytes + size.weightBytes + microBatch * size.bytesAFace;
}

/** The batch, halved until its step fits; at least 1. */
export function fittingMicroBatch(size: SizeEstimate, batchSize: number, availableBytes: number): number {
  let microBatch = batchSize;
  while (microBatch > 1 && estimateMemory(size, microBatch) > availableBytes) {
    microBatch = Math.ceil(microBatch / 2);
  }
  return microBatch;
}

/** Numbers that the layers put out for one face in an adversarial step (in a warm-up step where there is no other). */
function outputsAFace(config: VaeGanConfig): number {
  const { imageSize, encoder, generator, discriminator, schedule, loss } = config;
  // Convolution, bias or normalisation, non-linearity: three outputs a layer.
  const outputs = (channels: readonly number[], widths: readonly number[]) =>
    3 * channels.reduce((sum, count, at) => sum + count * widths[at] ** 2, 0);
  const halving = (layers: number) => Array.from({ length: layers }, (_, at) => imageSize / 2 ** (at + 1));
  const doubling = (layers: number) =>
    Array.from({ length: layers }, (_, at) => bottomSize(imageSize, layers) * 2 ** (at + 1));
  const image = 3 * imageSize ** 2;
  const encoded = outputs(encoder.channels, halving(encoder.channels.length));
  const made = outputs(generator.channels, doubling(generator.channels.length));
  if (schedule.adversarialSteps === 0) return image + encoded + made;
  const samples = loss.priorSamples ? 1 : 0;
  const judged = image + outputs(discriminator.channels, halving(discriminator.channels.length));
  return image + encoded + (1 + samples) * made + (2 + samples) * judged;
}

function countOf(definitions: readonly ParameterDefinition[]): number {
  return definitions.reduce((sum, { shape }) => sum + shape.reduce((size, axis) => size * axis, 1), 0);
}
