import { FusiformError } from '../../../shared/errors.ts';
import type { LossRow } from './loss-history.ts';

/** Steps over which a collapse must last before training stops. */
const patience = 200;
/** Below this many nats an image the codes say nothing about the face. */
const emptyCode = 0.05;
/** The discriminator's mean loss on reconstructions below which it has won for good. */
const discriminatorWon = 0.01;

/**
 * Stops a training that is lost.
 * @param history its rows so far; the last one is checked for numbers that are not finite, the last 200 for
 *   codes that carry nothing and for a generator that no longer fools anybody.
 * @throws FusiformError `TRAINING_DIVERGED` with the diagnosis and the last rows in its details.
 */
export function assertHealthy(history: readonly LossRow[]): void {
  const diagnosis = diagnose(history);
  if (diagnosis === null) return;
  const last = history[history.length - 1];
  throw new FusiformError('TRAINING_DIVERGED', `Training stopped at step ${last.step}: ${diagnosis}`, {
    details: { step: last.step, phase: last.phase, lastRows: history.slice(-5) },
  });
}

function diagnose(history: readonly LossRow[]): string | null {
  const last = history.at(-1);
  if (last === undefined) return null;
  const broken = Object.entries(last).filter(
    ([, value]) => typeof value === 'number' && !Number.isFinite(value),
  );
  if (broken.length > 0) {
    const names = broken.map(([name, value]) => `${name} is ${value}`).join(', ');
    return `${names}. The learning rate (${last.learningRate}) is too high for these losses, or a face holds no numbers.`;
  }
  if (history.length < patience) return null;
  const recent = history.slice(-patience);
  if (recent.every((row) => row.kl < emptyCode)) {
    return `the KL divergence stayed below ${emptyCode} nats for ${patience} steps: the codes carry nothing (posterior collapse). Lower loss.kl or raise the weights of the reconstruction.`;
  }
  if (recent.every((row) => row.onReconstruction !== null && row.onReconstruction < discriminatorWon)) {
    return `the discriminator's loss on reconstructions stayed below ${discriminatorWon} for ${patience} steps: the generator cannot follow. Lower optimiser.discriminatorLearningRate or enable the gate.`;
  }
  return null;
}
