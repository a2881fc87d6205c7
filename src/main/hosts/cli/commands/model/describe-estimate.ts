import { formatDuration } from '../../../../../shared/progress-meter.ts';
import type { TrainingEstimate } from '../../../../services/training-estimate.ts';

/** What a training will take, in a few lines. */
export function describeEstimate(estimate: TrainingEstimate): string {
  const { parameters, secondsAStep, seconds, batchSize, microBatch } = estimate;
  const total = parameters.encoder + parameters.generator + parameters.discriminator;
  const phases = Object.entries(secondsAStep ?? {}).map(
    ([phase, each]) =>
      `${each.toPrecision(2)} s a step of the ${phase === 'warmup' ? 'warm-up' : 'adversarial phase'}`,
  );
  return [
    `Network: ${millions(total)} parameters (encoder ${millions(parameters.encoder)}, generator ${millions(parameters.generator)}, discriminator ${millions(parameters.discriminator)})`,
    `Training: ${estimate.steps} steps of ${batchSize} faces, ${estimate.epochs.toFixed(1)} epochs of ${estimate.trainingFaces} faces`,
    `Memory: about ${gigabytes(estimate.memoryBytes)}${microBatch < batchSize ? ` with ${microBatch} faces at a time` : ''}; ${gigabytes(estimate.availableBytes)} free (${estimate.engine})`,
    `Disk: ${gigabytes(estimate.diskBytes)} for checkpoints while it runs`,
    seconds === null
      ? ''
      : `Time: about ${formatDuration(seconds)} on ${estimate.engine}, ${estimate.threads} threads (${phases.join(', ')}; held-out faces and checkpoints come on top)`,
    ...estimate.warnings.map((warning) => `! ${warning}`),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(count < 1e6 ? 2 : 1)} M`;
}

function gigabytes(bytes: number): string {
  return bytes < 2 ** 29 ? `${Math.round(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
