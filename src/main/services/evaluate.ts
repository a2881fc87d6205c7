import { basename, join, resolve } from 'node:path';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import type { EngineKind } from '../engine/engine.ts';
import { hashFile } from '../formats/files/read.ts';
import type { OnnxOptions } from '../jobs/evaluation/onnx-network.ts';
import { evaluateStage } from '../jobs/stages/evaluate.ts';
import { findAncestors } from '../store/lineage.ts';
import { encodeFaces, latentsName } from './latents.ts';
import { refuseImageryOverlap } from './leakage.ts';
import { describeModel } from './models.ts';
import { staleNote } from './staleness.ts';
import { decodingName, mappingName, stimuliName } from './subjects.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export interface EvaluateRequest {
  readonly subject: string;
  readonly model: string;
  readonly engine: EngineKind;
  /** Whose codes are scored; default: the paper's. */
  readonly decoder?: DecoderKind;
  readonly seed: number;
  readonly nPermutations: number;
  /** The labelled face set from which the gender axis is taken, and its column and positive value. */
  readonly gender?: { readonly faces: string; readonly column: string; readonly positive: string };
  /** Whether candidates for the imagined face may nearly be training faces; they are listed. Default false. */
  readonly allowNear?: boolean;
  /** The imagined face and the faces that it could have been, as stimulus files; the events do not name it. */
  readonly imagery?: { readonly imagined: string; readonly candidates: readonly string[] };
  /** The VAE-GAN whose discriminator looks at the pictures; default: the model itself. */
  readonly discriminator?: string;
  /** An ONNX model that looks at them too: its file, and how it takes pictures. */
  readonly features?: { readonly file: string } & OnnxOptions;
  /** Whether the tables are written as Parquet too; default false. */
  readonly parquet?: boolean;
}

/** Scores what was decoded: identification, images, gender, imagery, region by region. */
export async function evaluateSubject(workspace: Workspace, request: EvaluateRequest): Promise<StageOutcome> {
  const { subject, model, engine, gender, imagery, decoder = publishedDecoder } = request;
  const { discriminator = model, features } = request;
  const name = decodingName(subject, model, decoder);
  const { imageSize } = await describeModel(workspace, model);
  const stimuli = stimuliName(subject, imageSize);
  const overlaps = imagery
    ? await refuseImageryOverlap(
        workspace,
        { subject, faces: stimuli, allowNear: request.allowNear ?? false },
        imagery.candidates,
      )
    : [];
  const axis = gender
    ? {
        axisLatents: await encodeFaces(workspace, { model, faces: gender.faces, engine }),
        axisFaces: workspace.entry('faces', gender.faces),
      }
    : {};
  const outcome = await workspace.run({
    stage: evaluateStage,
    label: `evaluate subject ${subject}, "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`,
    parameters: {
      modelName: model,
      decoder,
      seed: request.seed,
      nPermutations: request.nPermutations,
      engine,
      gender: gender ? { column: gender.column, positive: gender.positive } : null,
      imagery: imagery ? { imagined: imagery.imagined, candidates: [...imagery.candidates] } : null,
      discriminator,
      features: features ? { name: basename(features.file), ...lookingOf(features) } : null,
      ...(request.parquet === true ? { parquet: true } : {}),
    },
    inputs: {
      decoded: workspace.entry('decoding', name),
      latents: workspace.entry('latents', latentsName(model, stimuli)),
      // What the public study left of itself may hold no pictures.
      ...(workspace.entries('faces').some(({ name }) => name === stimuli)
        ? { faces: workspace.entry('faces', stimuli) }
        : {}),
      model: workspace.entry('model', model),
      discriminator: workspace.entry('model', discriminator),
      ...(features
        ? { featuresModel: { path: resolve(features.file), hash: await hashFile(features.file) } }
        : {}),
      ...axis,
      ...decodedBy(workspace, request),
    },
    entry: { kind: 'evaluation', name },
  });
  const stale = staleNote(workspace, 'decoding', name);
  return { ...outcome, problems: [...stale, ...overlaps, ...outcome.problems] };
}

/** What the codes were decoded by, where the mapping was fitted here: halves of the runs are decoded by it too. */
function decodedBy(
  workspace: Workspace,
  { subject, model, decoder = publishedDecoder }: EvaluateRequest,
): Record<string, Input> {
  const name = mappingName(subject, model);
  if (!workspace.entries('mapping').some((entry) => entry.name === name)) return {};
  const mapping = workspace.entry('mapping', name);
  const { sql, artifactsDir } = workspace.store;
  const encoding = findAncestors(sql, mapping.key, 'fit-encoding').find(({ artifact }) => artifact !== null);
  if (encoding === undefined || encoding.artifact === null) return {};
  return {
    mapping,
    encoding: { hash: encoding.artifact, path: join(artifactsDir, encoding.artifact) },
    ...(decoder === publishedDecoder
      ? {}
      : { decoder: workspace.entry('decoder', decodingName(subject, model, decoder)) }),
  };
}

/** How a network takes pictures, as a stage's parameters: what is not said is not there. */
function lookingOf({ layer, layout, inputSize, mean, std }: OnnxOptions) {
  return {
    ...(layer === undefined ? {} : { layer }),
    ...(layout === undefined ? {} : { layout }),
    ...(inputSize === undefined ? {} : { inputSize: [...inputSize] as [number, number] }),
    ...(mean === undefined ? {} : { mean: [...mean] as [number, number, number] }),
    ...(std === undefined ? {} : { std: [...std] as [number, number, number] }),
  };
}
