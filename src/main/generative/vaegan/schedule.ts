import type { VaeGanConfig } from './config.ts';
import type { LossRow, Phase } from './loss-history.ts';

export interface StepPlan {
  readonly phase: Phase;
  /** Of encoder and generator. */
  readonly learningRate: number;
  readonly discriminatorLearningRate: number;
  readonly klWeight: number;
  /** Share of the old value in the moving averages. */
  readonly momentum: number;
}

/** What a step does, from its zero-based number alone. */
export function planStep(config: VaeGanConfig, step: number): StepPlan {
  const { schedule, optimiser, loss } = config;
  const phase = step < schedule.warmupSteps ? 'warmup' : 'adversarial';
  const factor =
    phase === 'warmup'
      ? learningRateFactor(config, step, schedule.warmupSteps)
      : learningRateFactor(config, step - schedule.warmupSteps, schedule.adversarialSteps);
  return {
    phase,
    learningRate: factor * (phase === 'warmup' ? optimiser.warmupLearningRate : optimiser.learningRate),
    discriminatorLearningRate: factor * optimiser.discriminatorLearningRate,
    klWeight: loss.kl * (loss.klRampSteps === 0 ? 1 : Math.min(1, (step + 1) / loss.klRampSteps)),
    momentum: Math.min(config.batchNormMomentum, (1 + step) / (10 + step)),
  };
}

/** Linear rise over the ramp, then half a cosine from 1 down to the final share. */
function learningRateFactor({ schedule }: VaeGanConfig, step: number, steps: number): number {
  const { rampSteps, finalLearningRate } = schedule;
  if (step < rampSteps) return (step + 1) / (rampSteps + 1);
  const done = (step - rampSteps) / Math.max(1, steps - rampSteps);
  return finalLearningRate + (1 - finalLearningRate) * 0.5 * (1 + Math.cos(Math.PI * done));
}

/**
 * Which side learns in an adversarial step. A discriminator that errs by less than equilibrium - margin on
 * either kind of image pauses; one that errs by more than equilibrium + margin lets the generator pause; if
 * both would pause, both learn (course code `vaegan.py`).
 */
export function gateUpdates(
  { gate }: VaeGanConfig,
  losses: Pick<LossRow, 'onReal' | 'onReconstruction'>,
): { generator: boolean; discriminator: boolean } {
  const { onReal, onReconstruction } = losses;
  if (!gate.enabled || onReal === null || onReconstruction === null) {
    return { generator: true, discriminator: true };
  }
  const discriminator = Math.min(onReal, onReconstruction) >= gate.equilibrium - gate.margin;
  const generator = Math.max(onReal, onReconstruction) <= gate.equilibrium + gate.margin;
  return generator || discriminator ? { generator, discriminator } : { generator: true, discriminator: true };
}
