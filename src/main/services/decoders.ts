import { type DecoderKind, decoderKinds } from '../../shared/decoders.ts';
import { FusiformError } from '../../shared/errors.ts';
import { defaultThreshold } from '../imaging/load-mask.ts';
import { describeCandidate } from '../jobs/decoders/candidates.ts';
import { type CurvePoint, readDecoderDescription } from '../jobs/decoders/decoder-files.ts';
import { fitDecoderStage } from '../jobs/stages/fit-decoder.ts';
import { trainingPatternsStage } from '../jobs/stages/training-patterns.ts';
import { mean } from '../math/statistics.ts';
import { latentsName } from './latents.ts';
import { describeModel } from './models.ts';
import { mappingName, parseGlmSettings, stimuliName, subjectRuns } from './subjects.ts';
import { fitMapParts, type VoxelRequest } from './voxels.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface FitDecodersRequest extends VoxelRequest {
  readonly decoders: readonly DecoderKind[];
  /** How the pattern of a training trial is estimated; default `lss`. */
  readonly singleTrial?: 'lsa' | 'lss';
  readonly seed: number;
}

/** Folds of runs where none are asked for. */
export const defaultFolds = 5;

/** Fits the mapping and decoders beside the paper's, each tuned by cross-validation over runs. */
export async function fitDecoders(
  workspace: Workspace,
  request: FitDecodersRequest,
): Promise<{ readonly mapping: StageOutcome; readonly decoders: readonly StageOutcome[] }> {
  const { subject, model, engine, seed } = request;
  const folds = request.folds === undefined || request.folds === 0 ? defaultFolds : request.folds;
  const { encoding, mapping, rules } = await fitMapParts(workspace, { ...request, folds });
  const patterns = await trainingPatterns(workspace, request);
  const { imageSize } = await describeModel(workspace, model);
  const latents = workspace.entry('latents', latentsName(model, stimuliName(subject, imageSize)));
  const decoders: StageOutcome[] = [];
  for (const kind of request.decoders) {
    decoders.push(
      await workspace.run({
        stage: fitDecoderStage,
        label: `decoder ${kind} of subject ${subject}, "${model}"`,
        parameters: { kind, ...rules, folds, seed, engine },
        inputs: { encoding, mapping, patterns, latents, subject: workspace.entry('subject', subject) },
        entry: { kind: 'decoder', name: decoderName(subject, model, kind) },
      }),
    );
  }
  return {
    mapping: { ...mapping, problems: [...mapping.problems, ...patterns.problems] },
    decoders,
  };
}

/** Where a decoder's fit stands; the paper's has one too, for its score, though `decode` does without it. */
export function decoderName(subject: string, model: string, kind: DecoderKind): string {
  return `${mappingName(subject, model)}/${kind}`;
}

async function trainingPatterns(workspace: Workspace, request: FitDecodersRequest): Promise<StageOutcome> {
  const { collected, inputs } = await subjectRuns(workspace, request);
  const outcome = await workspace.run({
    stage: trainingPatternsStage,
    label: `patterns of the training trials of subject ${request.subject}`,
    parameters: {
      runs: [...collected.specs],
      settings: parseGlmSettings(request.settings),
      maskThreshold: request.maskThreshold ?? defaultThreshold,
      singleTrial: request.singleTrial ?? 'lss',
    },
    inputs,
  });
  return { ...outcome, problems: [...collected.problems, ...outcome.problems] };
}

/** A decoder that was fitted, with all that cross-validation tried. */
export interface FittedDecoder {
  readonly decoder: DecoderKind;
  readonly chosen: string;
  readonly trials: number;
  readonly voxels: readonly number[];
  readonly identification: readonly number[];
  readonly correlation: readonly number[];
  readonly curve: readonly (CurvePoint & { readonly words: string; readonly isChosen: boolean })[];
}

/** The decoders of a subject and model, in the order of their kinds; none where none was fitted. */
export async function fittedDecoders(
  workspace: Workspace,
  { subject, model }: { readonly subject: string; readonly model: string },
): Promise<FittedDecoder[]> {
  const known = new Set(workspace.entries('decoder').map(({ name }) => name));
  const fitted = decoderKinds.filter((kind) => known.has(decoderName(subject, model, kind)));
  return Promise.all(
    fitted.map(async (decoder): Promise<FittedDecoder> => {
      const { path } = workspace.entry('decoder', decoderName(subject, model, decoder));
      const { chosen, crossValidation } = await readDecoderDescription(path);
      const { trials, voxels, identification, correlation, curve } = crossValidation;
      const words = describeCandidate(chosen);
      return {
        decoder,
        chosen: words,
        trials,
        voxels,
        identification,
        correlation,
        curve: curve.map((point) => ({
          ...point,
          words: describeCandidate(point),
          isChosen: describeCandidate(point) === words,
        })),
      };
    }),
  );
}

/** A decoder among the others of a subject and model. */
export interface ComparedDecoder {
  readonly decoder: DecoderKind;
  readonly chosen: string;
  readonly folds: number;
  readonly trials: number;
  /** Over trials of runs that were left out, at what the other runs choose: mean and standard error over folds. */
  readonly identification: number;
  readonly identificationError: number;
  readonly correlation: number;
}

/**
 * The decoders that were fitted, side by side.
 *
 * @throws FusiformError NAME_UNKNOWN where none was fitted
 */
export async function compareDecoders(
  workspace: Workspace,
  { subject, model }: { readonly subject: string; readonly model: string },
): Promise<ComparedDecoder[]> {
  const fitted = await fittedDecoders(workspace, { subject, model });
  if (fitted.length === 0) {
    throw new FusiformError(
      'NAME_UNKNOWN',
      `No decoder of subject ${subject} and "${model}" was fitted yet: see \`decoder fit\`.`,
      { file: workspace.store.dir },
    );
  }
  return fitted.map(({ decoder, chosen, trials, identification, correlation }): ComparedDecoder => {
    const average = mean(identification);
    const spread = mean(identification.map((score) => (score - average) ** 2));
    return {
      decoder,
      chosen,
      folds: identification.length,
      trials,
      identification: average,
      identificationError: Math.sqrt(spread / Math.max(1, identification.length - 1)),
      correlation: mean(correlation),
    };
  });
}
