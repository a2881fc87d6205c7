import type { Engine } from '../../src/main/engine/engine.ts';
import { vaeGanPresets } from '../../src/main/generative/vaegan/presets.ts';
import { trainVaeGan } from '../../src/main/generative/vaegan/train.ts';
import { quietContext, toyFaces } from '../generative/toy.ts';

const { tiny } = vaeGanPresets;

/** The preset `tiny` for a few steps of either phase. */
export const someFaces = {
  faces: toyFaces(64, tiny.imageSize),
  seed: 5,
  config: { ...tiny, schedule: { ...tiny.schedule, warmupSteps: 6, adversarialSteps: 6 } },
} as const;

/** All losses of all steps, in order. */
export async function tinyTraining(engine: Engine): Promise<number[]> {
  const { faces, seed, config } = someFaces;
  const { history } = await trainVaeGan(engine, faces, config, { seed }, quietContext());
  return history.flatMap(({ kl, pixel, similarity, onReal, onReconstruction, onSample }) =>
    [kl, pixel, similarity, onReal, onReconstruction, onSample].filter((loss) => loss !== null),
  );
}
