import { FusiformError } from '../../../shared/errors.ts';
import { median } from '../../math/statistics.ts';
import type { LossRow } from './loss-history.ts';

/** Steps over which a collapse, or the victory of one player, must last before training stops. */
const patience = 200;
/** Below this many nats an image the codes say nothing about the face. */
const emptyCode = 0.05;
/** The discriminator's loss on reconstructions below which it has won for good. */
const discriminatorWon = 0.01;
/** Its mean loss on faces and reconstructions above which it is worse than a coin that is sure of itself. */
const discriminatorLost = 4 * Math.LN2;
/** A loss has exploded where it exceeds its median over the last 200 steps by this factor ... */
const explosionFactor = 100;
/** ... for this many steps on end. */
const explosionSteps = 10;
/** A median of fewer steps is no measure. */
const fewestForMedian = 50;

/** A fault that a step shows; it stops the training once it has lasted. */
interface Fault {
  readonly shows: (row: LossRow) => boolean;
  /** Steps on end. */
  readonly lasts: number;
  readonly diagnosis: string;
}

const faults: readonly Fault[] = [
  {
    shows: ({ kl }) => kl < emptyCode,
    lasts: patience,
    diagnosis: `the KL divergence stayed below ${emptyCode} nats for ${patience} steps: the codes carry nothing (posterior collapse). Lower loss.kl, raise loss.klRampSteps or raise the weights of the reconstruction.`,
  },
  {
    shows: ({ onReconstruction }) => onReconstruction !== null && onReconstruction < discriminatorWon,
    lasts: patience,
    diagnosis: `the discriminator's loss on reconstructions stayed below ${discriminatorWon} for ${patience} steps: it has won, and the generator cannot follow. Lower optimiser.discriminatorLearningRate or enable the gate.`,
  },
  {
    shows: ({ onReal, onReconstruction }) =>
      onReal !== null && onReconstruction !== null && (onReal + onReconstruction) / 2 > discriminatorLost,
    lasts: patience,
    diagnosis: `the discriminator's loss stayed above ${discriminatorLost.toFixed(2)} (that of a coin is 0.69) for ${patience} steps: it has lost, and what it measures means nothing. Lower optimiser.discriminatorLearningRate or loss.adversarial, or enable the gate.`,
  },
];

/**
 * Stops a training that is lost.
 * @param history its rows so far; the last one is checked for numbers that are not finite, the last ones for
 *   losses far above their running median, for codes that carry nothing, and for a discriminator that has won
 *   or lost for good.
 * @throws FusiformError `TRAINING_DIVERGED` with the diagnosis and the last rows in its details.
 */
export function assertHealthy(history: readonly LossRow[]): void {
  const diagnosis = diagnose(history);
  if (diagnosis !== null) throw diverged(history, diagnosis);
}

/** Whether the last step shows a fault, even one that has not lasted yet: its state is no safe place to return to. */
export function isDoubtful(history: readonly LossRow[]): boolean {
  const last = history.at(-1);
  if (last === undefined) return false;
  return faults.some(({ shows }) => shows(last)) || explodedLosses(history, 1).length > 0;
}

export function diverged(history: readonly LossRow[], diagnosis: string): FusiformError {
  const last = history.at(-1);
  return new FusiformError('TRAINING_DIVERGED', `Training stopped at step ${last?.step ?? 0}: ${diagnosis}`, {
    details: { step: last?.step ?? 0, phase: last?.phase ?? 'warmup', lastRows: history.slice(-5) },
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
  const exploded = explodedLosses(history, explosionSteps);
  if (exploded.length > 0) {
    return `${exploded.join(' and ')} exceeded ${explosionFactor} times the median of the steps before for ${explosionSteps} steps on end: the weights run away. Lower the learning rate (${last.learningRate} now) or lengthen schedule.rampSteps.`;
  }
  return faults.find((fault) => lasted(history, fault))?.diagnosis ?? null;
}

function lasted(history: readonly LossRow[], { shows, lasts }: Fault): boolean {
  if (history.length < lasts) return false;
  for (let at = history.length - lasts; at < history.length; at++) if (!shows(history[at])) return false;
  return true;
}

/** Losses whose last `steps` values all lie far above the median of those before, in the same phase. */
function explodedLosses(history: readonly LossRow[], steps: number): string[] {
  const { phase } = history[history.length - 1];
  const recent = history.slice(-patience - steps).filter((row) => row.phase === phase);
  if (recent.length < fewestForMedian + steps) return [];
  const before = recent.slice(0, -steps);
  return (['kl', 'pixel', 'similarity'] as const).filter((name) => {
    const now = Math.min(...recent.slice(-steps).map((row) => row[name] ?? 0));
    // A codes' divergence that comes back from nothing is no explosion.
    const least = name === 'kl' ? 1 : 0;
    // Far from it, the median need not be found.
    if (now <= explosionFactor * Math.max(least, Math.min(...before.map((row) => row[name] ?? 0))))
      return false;
    return now > explosionFactor * Math.max(least, median(before.map((row) => row[name] ?? 0)));
  });
}
