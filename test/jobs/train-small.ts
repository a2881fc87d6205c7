import { importFaces } from '../../src/main/services/faces.ts';
import { trainModel } from '../../src/main/services/models.ts';
import { type StageOutcome, Workspace } from '../../src/main/services/workspace.ts';
import type { JobEvent } from '../../src/shared/job-events.ts';
import { toyConfig } from '../generative/toy.ts';

/** A short training of both phases, with evaluations and checkpoints in between. */
export function trainSmall(
  project: string,
  faces: string,
  onEvent: (event: JobEvent) => void = () => undefined,
): Promise<StageOutcome> {
  return Workspace.useOrCreate(project, 'small', { onEvent }, async (workspace) => {
    await importFaces(workspace, { dir: faces, name: 'faces', imageSize: 16, crop: 1 });
    return trainModel(workspace, {
      faces: 'faces',
      name: 'vaegan',
      config: toyConfig({ schedule: { batchSize: 8, warmupSteps: 24, adversarialSteps: 24 } }),
      engine: 'wasm',
      seed: 2,
      heldOut: 0.2,
      evaluateEverySteps: 5,
      checkpointEverySteps: 7,
    });
  });
}

// As a process of its own: `<project> <faces>`; tells its parent what happens.
const [, script, project, faces] = process.argv;
if (script === import.meta.filename) {
  await trainSmall(project, faces, (event) => process.send?.(event));
  process.disconnect?.();
}
