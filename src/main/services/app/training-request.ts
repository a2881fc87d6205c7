import type { z } from 'zod';
import type { trainModelRequest } from '../../../shared/contract/job-requests.ts';
import type { EngineKind } from '../engines.ts';
import type { TrainModelRequest } from '../models.ts';
import { changedConfig, presetConfig } from '../training-config.ts';
import { trainingFaceCount } from '../training-estimate.ts';
import { openFork } from '../training-forks.ts';
import type { Workspace } from '../workspace.ts';

/** A training as the services want it: the preset or the model it forks from, with what was changed. */
export async function trainingRequest(
  workspace: Workspace,
  request: z.output<typeof trainModelRequest>,
  engine: EngineKind,
): Promise<TrainModelRequest> {
  const { faces, name, network, latents, steps, epochs, heldOut, seed, baseline } = request;
  const fork = request.fork === undefined ? undefined : await openFork(workspace, request.fork);
  const trainingFaces = trainingFaceCount(workspace, faces, heldOut, seed);
  const config = await changedConfig(fork?.config ?? presetConfig(request.preset), {
    set: request.set,
    ...(network === 'vae' ? { kind: 'vae' as const } : {}),
    ...(latents === undefined ? {} : { latents }),
    ...(steps === undefined ? {} : { steps }),
    ...(epochs === undefined ? {} : { epochs: { count: epochs, trainingFaces } }),
  });
  return {
    faces,
    name,
    config,
    engine,
    seed,
    heldOut,
    baseline,
    ...(request.microBatch === undefined ? {} : { microBatch: request.microBatch }),
    ...(request.evaluateEverySteps === undefined ? {} : { evaluateEverySteps: request.evaluateEverySteps }),
    ...(fork === undefined ? {} : { fork }),
  };
}
