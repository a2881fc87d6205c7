import { z } from 'zod';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import type { EngineKind } from '../engine/engine.ts';
import { decodePatternsStage } from '../jobs/stages/decode-patterns.ts';
import { glmSettingsSchema } from '../jobs/stages/glm-settings.ts';
import { imageryStage } from '../jobs/stages/imagery.ts';
import { imageryPatternsStage } from '../jobs/stages/imagery-patterns.ts';
import { findAncestors } from '../store/lineage.ts';
import { latentsName } from './latents.ts';
import { refuseImageryOverlap } from './leakage.ts';
import { describeModel } from './models.ts';
import { staleNote } from './staleness.ts';
import { decodingName, mappingName, stimuliName, subjectRuns } from './subjects.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export interface ImageryRequest {
  readonly subject: string;
  readonly model: string;
  /** Default: the article's. */
  readonly decoder?: DecoderKind;
  /** Who was imagined, where the events do not say. */
  readonly imagined?: string;
  /** Faces that could have been imagined, those that were among them; as stimulus files or bare names. */
  readonly candidates: readonly string[];
  /** Whether the runs are read once more, for sessions, reliability and the ceiling of as many trials; default true. */
  readonly trials?: boolean;
  /** See `OverlapRequest`; default false. */
  readonly allowNear?: boolean;
  /** Decides which trials of the seen faces count. */
  readonly seed: number;
  readonly engine: EngineKind;
  readonly parquet?: boolean;
}

/**
 * Tells imagined faces from candidates, region by region, beside seen faces that are decoded in the same way.
 *
 * @throws FusiformError LEAKAGE_IMAGERY_TRAIN where a candidate was a training face, and what the stages throw
 */
export async function readImagery(workspace: Workspace, request: ImageryRequest): Promise<StageOutcome> {
  const { subject, model, decoder = publishedDecoder, imagined, candidates, parquet = false } = request;
  const name = decodingName(subject, model, decoder);
  const decoded = workspace.entry('decoding', name);
  const faces = stimuliName(subject, (await describeModel(workspace, model)).imageSize);
  const overlaps = await refuseImageryOverlap(
    workspace,
    { subject, faces, ...(request.allowNear === undefined ? {} : { allowNear: request.allowNear }) },
    [...new Set([...candidates, ...(imagined === undefined ? [] : [imagined])])],
  );
  const trials = request.trials === false ? null : await decodedTrials(workspace, request);
  const outcome = await workspace.run({
    stage: imageryStage,
    label: `imagery of subject ${subject}, "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`,
    parameters: {
      modelName: model,
      decoder,
      imagined: imagined ?? null,
      candidates: [...candidates],
      parquet,
    },
    inputs: {
      decoded,
      latents: workspace.entry('latents', latentsName(model, faces)),
      ...(trials === null ? {} : { patterns: trials.patterns, patternsDecoded: trials.decoded }),
    },
    entry: { kind: 'imagery', name },
  });
  const problems = [
    ...staleNote(workspace, 'decoding', name),
    ...overlaps,
    ...(trials?.patterns.problems ?? []),
  ];
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

const encodingSchema = z.object({ settings: glmSettingsSchema, noise: z.enum(['ols', 'ar1']) });

/** Patterns of imagined and seen faces from as many trials, and their codes; null for a mapping that came without runs. */
async function decodedTrials(
  workspace: Workspace,
  { subject, model, decoder = publishedDecoder, seed, engine }: ImageryRequest,
): Promise<{ patterns: StageOutcome; decoded: Input } | null> {
  const mapping = workspace.entry('mapping', mappingName(subject, model));
  const [encoding] = findAncestors(workspace.store.sql, mapping.key, 'fit-encoding');
  if (encoding === undefined) return null;
  const { settings, noise } = encodingSchema.parse(encoding.parameters);
  const { collected, inputs } = await subjectRuns(workspace, { subject, settings });
  const { mask: _mask, ...runs } = inputs;
  const patterns = await workspace.run({
    stage: imageryPatternsStage,
    label: `patterns of imagined and seen faces of subject ${subject}`,
    parameters: { runs: [...collected.specs], settings, noise, engine, seed },
    inputs: { ...runs, mapping },
  });
  const decoded = await workspace.run({
    stage: decodePatternsStage,
    label: `decode imagined and seen faces of subject ${subject} by "${model}"`,
    parameters: { engine },
    inputs: {
      mapping,
      patterns,
      model: workspace.entry('model', model),
      ...(decoder === publishedDecoder
        ? {}
        : { decoder: workspace.entry('decoder', decodingName(subject, model, decoder)) }),
    },
  });
  return { patterns: { ...patterns, problems: [...collected.problems, ...patterns.problems] }, decoded };
}
