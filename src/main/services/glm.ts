import type { OnJobEvent } from '../../shared/job-events.ts';
import { hashFile } from '../formats/files/read.ts';
import type { NoiseModel } from '../glm/fit-run.ts';
import type { FixedEffectsKind } from '../glm/fixed-effects.ts';
import { hrfModels } from '../glm/hrf.ts';
import type { ModulatorScaling } from '../glm/modulators.ts';
import type { SingleTrialKind } from '../glm/single-trial.ts';
import { type ContrastRequest, glmFitStage } from '../jobs/stages/glm-fit.ts';
import { glmPatternsStage } from '../jobs/stages/glm-patterns.ts';
import {
  type GlmSettings,
  type GlmSettingsInput,
  needsConfounds,
  parseGlmSettings,
} from '../jobs/stages/glm-settings.ts';
import { collectRuns, fileInput, type RunInputs } from './bids-inputs.ts';
import { runStandalone } from './standalone.ts';
import type { StudyRequest } from './study-request.ts';
import type { Input, StageOutcome } from './workspace.ts';

export type {
  ContrastRequest,
  FixedEffectsKind,
  GlmSettingsInput,
  ModulatorScaling,
  NoiseModel,
  SingleTrialKind,
};
export { hrfModels };

export interface GlmRequest extends StudyRequest {
  readonly subject: string;
  readonly task?: string;
  readonly session?: string;
  readonly run?: string;
  readonly mask?: string;
  readonly settings: GlmSettingsInput;
  /** Whether tables are written as Parquet too; default false. */
  readonly parquet?: boolean;
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

export interface FitGlmRequest extends GlmRequest {
  /** Default `ols`. */
  readonly noise?: NoiseModel;
  readonly contrasts: readonly ContrastRequest[];
  /** Default `mean`. */
  readonly fixedEffects?: FixedEffectsKind;
  /** Numeric columns of the events files that modulate their conditions; default none. */
  readonly modulators?: readonly string[];
  /** Default `centred`. */
  readonly modulatorScaling?: ModulatorScaling;
  /** Whether residual variance and R2 are written too; default false. */
  readonly modelMaps?: boolean;
}

/** Fits a subject's runs and writes maps of contrasts. */
export async function fitGlm(request: FitGlmRequest): Promise<StageOutcome> {
  const settings = parseGlmSettings(request.settings);
  const { collected, inputs } = await collect(request, settings);
  const outcome = await runStandalone({
    stage: glmFitStage,
    label: `GLM of sub-${collected.runs[0].subject}`,
    parameters: {
      runs: [...collected.specs],
      settings,
      noise: request.noise ?? 'ols',
      contrasts: [...request.contrasts],
      fixedEffects: request.fixedEffects ?? 'mean',
      modulators: [...(request.modulators ?? [])],
      modulatorScaling: request.modulatorScaling ?? 'centred',
      modelMaps: request.modelMaps ?? false,
      prefix: mapPrefix(request, collected),
      ...(request.parquet === true ? { parquet: true } : {}),
    },
    inputs,
    outDir: request.outDir,
    signal: request.signal,
    onEvent: request.onEvent,
  });
  return { ...outcome, problems: [...collected.problems, ...outcome.problems] };
}

export interface PatternsRequest extends GlmRequest {
  /** Default `ols`. */
  readonly noise?: NoiseModel;
  /** Empty for all that every run has. */
  readonly conditions: readonly string[];
  /** A pattern a trial instead of one a condition. */
  readonly singleTrial?: SingleTrialKind;
  readonly estimate: 't' | 'effect';
}

/** Estimates one pattern a condition and run, or one a trial. */
export async function estimatePatterns(request: PatternsRequest): Promise<StageOutcome> {
  const settings = parseGlmSettings(request.settings);
  const { collected, inputs } = await collect(request, settings);
  const outcome = await runStandalone({
    stage: glmPatternsStage,
    label: `patterns of sub-${collected.runs[0].subject}`,
    parameters: {
      runs: [...collected.specs],
      settings,
      noise: request.noise ?? 'ols',
      conditions: [...request.conditions],
      singleTrial: request.singleTrial ?? null,
      estimate: request.estimate,
      ...(request.parquet === true ? { parquet: true } : {}),
    },
    inputs,
    outDir: request.outDir,
    signal: request.signal,
    onEvent: request.onEvent,
  });
  return { ...outcome, problems: [...collected.problems, ...outcome.problems] };
}

async function collect(
  request: GlmRequest,
  settings: GlmSettings,
): Promise<{ collected: RunInputs; inputs: Record<string, Input> }> {
  const { subject, task, session, run } = request;
  const filter = {
    subject,
    ...(task === undefined ? {} : { task }),
    ...(session === undefined ? {} : { session }),
    ...(run === undefined ? {} : { run }),
  };
  const collected = await collectRuns(request.bids, filter, hashFile, {
    confounds: needsConfounds(settings),
    ...(request.index === undefined ? {} : { index: request.index }),
  });
  const mask = request.mask === undefined ? {} : { mask: await fileInput(request.mask, hashFile) };
  return { collected, inputs: { ...collected.inputs, ...mask } };
}

/**
 * The entities that all maps share: `sub-01_task-faces`, with session and run where one was asked for, and with the space
 * and resolution of the images where they have one.
 */
function mapPrefix(request: GlmRequest, { runs }: RunInputs): string {
  const [first] = runs;
  const shared = (entity: string) => {
    const value = first.entities[entity];
    return value !== undefined && runs.every(({ entities }) => entities[entity] === value)
      ? [`${entity}-${value}`]
      : [];
  };
  const session = request.session !== undefined && first.session !== null ? [`ses-${first.session}`] : [];
  const run = request.run !== undefined && first.run !== null ? [`run-${first.run}`] : [];
  return [
    `sub-${first.subject}`,
    ...session,
    `task-${first.task}`,
    ...run,
    ...shared('space'),
    ...shared('res'),
  ].join('_');
}
