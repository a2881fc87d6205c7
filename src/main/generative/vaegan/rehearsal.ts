import type { Engine } from '../../engine/engine.ts';
import type { ImageSet } from '../latent-model.ts';
import { BatchSource } from './batches.ts';
import type { VaeGanConfig } from './config.ts';
import type { Phase } from './loss-history.ts';
import { trainStep } from './train-step.ts';
import { createTrainingState } from './training-state.ts';

/** Real steps of a training that is thrown away, to be timed. */
export interface Rehearsal {
  /** One step on `faces` faces. */
  step(): Promise<void>;
  readonly faces: number;
  dispose(): void;
}

/**
 * Sets up a training of its own on at most `mostFaces` faces a step. What it draws does not touch a real training:
 * batches depend on the seed and the number of their step alone.
 */
export function rehearse(
  engine: Engine,
  faces: ImageSet,
  config: VaeGanConfig,
  phase: Phase,
  mostFaces: number,
): Rehearsal {
  const batchSize = Math.min(config.schedule.batchSize, mostFaces);
  const smaller = { ...config, schedule: { ...config.schedule, batchSize } };
  const state = createTrainingState(engine, smaller, 0);
  const batches = new BatchSource(faces, smaller, 0);
  const first = phase === 'warmup' ? 0 : config.schedule.warmupSteps;
  return {
    faces: batchSize,
    async step() {
      state.step = first;
      await engine.withPrecision(config.optimiser.precision, () =>
        trainStep(engine, smaller, state, batches.batch(first)),
      );
    },
    dispose: () => state.dispose(),
  };
}
