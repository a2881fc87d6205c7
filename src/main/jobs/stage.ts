import { z } from 'zod';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { Metric } from '../../shared/evaluation.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { WorkContext } from '../../shared/progress.ts';
import type { Engine, EngineInfo, EngineKind } from '../engine/engine.ts';

/** What a stage is handed beside its parameters. */
export interface StageContext extends WorkContext {
  /** The folders or files that it reads, by name; their hashes are part of the job's key. */
  readonly inputs: Readonly<Record<string, string>>;
  /** An empty folder: what stands in it at the end becomes the artefact. */
  readonly outDir: string;
  /** A folder that outlives a cancelled or killed attempt; checkpoints go here. */
  readonly scratchDir: string;
  /** How to go about it: what changes no result, such as how often to save. Never part of the job's key. */
  readonly conduct: JsonObject;
  /** The compute engine, opened once a worker and kept for the jobs that follow. */
  engine(kind: EngineKind): Promise<Engine>;
}

export interface StageResult {
  /** A few figures worth showing without opening the artefact. */
  readonly summary: JsonObject;
  readonly problems?: readonly Problem[];
  readonly metrics?: readonly Metric[];
  /** What it was computed on, filled in by the worker; absent where no engine was needed. */
  readonly engine?: EngineInfo;
}

/**
 * One step from files to files. Its result depends on its parameters and inputs alone, so that (name, version,
 * parameters, input hashes) name it; `version` is raised whenever the code starts to compute something else.
 */
export interface Stage<Parameters> extends RunnableStage {
  readonly version: number;
  readonly parameters: z.ZodType<Parameters>;
}

/** A stage as a worker sees it, which is told parameters as plain data. */
export interface RunnableStage {
  readonly name: string;
  perform(parameters: unknown, context: StageContext): Promise<StageResult>;
}

/** Parameters as the stage wants them, defaults filled in. @throws FusiformError PARAMETERS_INVALID */
export function parseParameters<Parameters>(stage: Stage<Parameters>, given: unknown): Parameters {
  const parsed = stage.parameters.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FusiformError('PARAMETERS_INVALID', `${stage.name}: ${z.prettifyError(parsed.error)}`);
}

export function defineStage<Parameters>(definition: {
  readonly name: string;
  readonly version: number;
  readonly parameters: z.ZodType<Parameters>;
  run(parameters: Parameters, context: StageContext): Promise<StageResult>;
}): Stage<Parameters> {
  const { name, version, parameters } = definition;
  return {
    name,
    version,
    parameters,
    perform: (given, context) => definition.run(parameters.parse(given), context),
  };
}
