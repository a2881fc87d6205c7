import { z } from 'zod';
import { imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from '../../generative/vaegan/config.ts';
import type { Phase } from '../../generative/vaegan/loss-history.ts';
import { type Rehearsal, rehearse } from '../../generative/vaegan/rehearsal.ts';
import { median } from '../../math/statistics.ts';
import { defineStage } from '../stage.ts';
import { readFaceSet } from './face-set.ts';

const parameters = z.strictObject({
  config: vaeGanConfigSchema,
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Faces a step of the rehearsal; a step's time is nearly proportional to them. */
  faces: z.number().int().min(1),
});

/** Steps timed after a first one, and seconds after which no more are begun. */
const timedSteps = 3;
const enough = 6;

/** Face set (input `faces`) -> seconds a step of each phase, from real steps that are thrown away. Leaves no files. */
export const estimateTrainingStage = defineStage({
  name: 'estimate-training',
  version: 1,
  parameters,
  async run({ config, engine: kind, faces: mostFaces }, context) {
    const { images } = await readFaceSet(context.inputs.faces);
    const some = Array.from({ length: Math.min(images.count, mostFaces) }, (_, at) => at);
    const faces = selectImages(imagesAtSize(images, config.imageSize), some);
    const engine = await context.engine(kind);
    const seconds: Record<string, number> = {};
    for (const phase of phasesOf(config)) {
      context.signal.throwIfAborted();
      const rehearsal = rehearse(engine, faces, config, phase, mostFaces);
      try {
        const each = await secondsOfStep(rehearsal, context.signal);
        seconds[phase] = (each * config.schedule.batchSize) / rehearsal.faces;
      } finally {
        rehearsal.dispose();
      }
    }
    return { summary: { secondsAStep: seconds } };
  },
});

function phasesOf({ schedule }: VaeGanConfig): Phase[] {
  return [
    ...(schedule.warmupSteps > 0 ? (['warmup'] as const) : []),
    ...(schedule.adversarialSteps > 0 ? (['adversarial'] as const) : []),
  ];
}

async function secondsOfStep(rehearsal: Rehearsal, signal: AbortSignal): Promise<number> {
  const now = () => performance.now() / 1000;
  const began = now();
  // Kernels are compiled and memory is taken at the first.
  await rehearsal.step();
  const times: number[] = [];
  while (times.length < timedSteps && (times.length === 0 || now() - began < enough)) {
    signal.throwIfAborted();
    const start = now();
    await rehearsal.step();
    times.push(now() - start);
  }
  return median(times);
}
