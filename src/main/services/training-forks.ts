import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { hashFile } from '../formats/files/read.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from '../generative/vaegan/config.ts';
import { keepWeightsStage } from '../jobs/stages/keep-weights.ts';
import { readModelDescription } from '../jobs/stages/latent-model-files.ts';
import { checkpointFolder } from '../jobs/stages/train-vaegan.ts';
import { listCheckpoints } from '../jobs/training/checkpoint-files.ts';
import { findTrainingJob, listJobs } from './training-jobs.ts';
import type { Input, Workspace } from './workspace.ts';

/** Where a training starts that does not start from random weights. */
export interface Fork {
  readonly weights: Input;
  readonly config: VaeGanConfig;
  readonly from: { readonly model: string; readonly step: number };
}

/**
 * The weights of `NAME`, a finished model or the last good checkpoint of an unfinished training, or those of
 * `NAME@step`, a checkpoint of an unfinished one. A checkpoint's weights are kept in the project from then on.
 *
 * @throws FusiformError `NAME_UNKNOWN`, `CHECKPOINT_UNKNOWN`, `MODEL_INVALID` where the model is no network.
 */
export async function openFork(workspace: Workspace, reference: string): Promise<Fork> {
  const at = reference.lastIndexOf('@');
  const step = at > 0 ? Number(reference.slice(at + 1)) : null;
  if (step !== null && !Number.isInteger(step)) {
    throw new FusiformError('PARAMETERS_INVALID', `"${reference}" is not of the form NAME or NAME@step`);
  }
  const name = step === null ? reference : reference.slice(0, at);
  if (step === null && workspace.entries('model').some((entry) => entry.name === name)) {
    return forkOfModel(workspace, name);
  }
  return forkOfCheckpoint(workspace, name, step);
}

async function forkOfModel(workspace: Workspace, name: string): Promise<Fork> {
  const { path, hash, summary } = workspace.entry('model', name);
  const description = await readModelDescription(path);
  if (description.kind === 'pca') {
    throw new FusiformError('MODEL_INVALID', `"${name}" is a PCA: there is nothing to go on training.`);
  }
  const from = { model: name, step: Number(summary.steps ?? 0) };
  return { weights: { path, hash }, config: description.config, from };
}

async function forkOfCheckpoint(workspace: Workspace, name: string, step: number | null): Promise<Fork> {
  const label = (steps: number) => `keep "${name}" at step ${steps}`;
  const kept = listJobs(workspace).find(
    (job) => step !== null && job.state === 'done' && job.label === label(step),
  );
  if (kept !== undefined && step !== null) {
    const { path, hash } = workspace.outcome(kept);
    const config = vaeGanConfigSchema.parse(kept.parameters.config);
    if (existsSync(path)) return { weights: { path, hash }, config, from: { model: name, step } };
  }
  const training = findTrainingJob(workspace, name);
  const config = vaeGanConfigSchema.parse(training.parameters.config);
  const files = await listCheckpoints(join(workspace.store.workDir, training.key, checkpointFolder));
  const chosen =
    step === null
      ? (files.find(({ doubtful }) => !doubtful) ?? files[0])
      : files.find((file) => file.step === step);
  if (chosen === undefined) {
    throw new FusiformError(
      'CHECKPOINT_UNKNOWN',
      `The training of "${name}" has no checkpoint${step === null ? '' : ` of step ${step}`} (it has: ${files.map((file) => file.step).join(', ') || 'none'}).`,
      { file: workspace.store.dir },
    );
  }
  const weights = await workspace.run({
    stage: keepWeightsStage,
    label: label(chosen.step),
    parameters: { config, model: name, step: chosen.step },
    inputs: { checkpoint: { path: chosen.path, hash: await hashFile(chosen.path) } },
  });
  return { weights, config, from: { model: name, step: chosen.step } };
}
