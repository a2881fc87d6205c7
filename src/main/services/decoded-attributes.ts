import { resolve } from 'node:path';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import type { Problem } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import { hashFile } from '../formats/files/read.ts';
import { allVoxels, readDecoded } from '../jobs/stages/decode-patterns.ts';
import { decodedAttributesStage } from '../jobs/stages/decoded-attributes.ts';
import { moveDecodedStage } from '../jobs/stages/move-decoded.ts';
import { findAttributeAxes } from './attributes.ts';
import { latentsName } from './latents.ts';
import { labelledTestFaces } from './leakage.ts';
import { describeModel } from './models.ts';
import { staleNote } from './staleness.ts';
import { decodingName, stimuliName } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

/** From what attributes are learnt. */
export interface LearningRequest {
  readonly model: string;
  /** The labelled face set. */
  readonly faces: string;
  /** The columns to read; default all. */
  readonly columns?: readonly string[];
  readonly numbers: readonly string[];
  readonly classes: readonly string[];
  /** Column of what must not be divided between folds, such as who is shown. */
  readonly group?: string;
  /** Folds of the labelled set, over which the classifier's penalty is chosen. */
  readonly folds: number;
  readonly seed: number;
  readonly engine: EngineKind;
}

export interface DecodedAttributesRequest extends LearningRequest {
  readonly subject: string;
  /** Default: the article's. */
  readonly decoder?: DecoderKind;
  /** Labels of the test faces, with the columns of the labelled set; default: those of the stimuli. */
  readonly labels?: string;
  /** Permutations for numbers. */
  readonly nPermutations: number;
  readonly parquet?: boolean;
}

/** Reads the attributes of a table of labels from a subject's true and decoded codes, region by region. */
export async function readDecodedAttributes(
  workspace: Workspace,
  request: DecodedAttributesRequest,
): Promise<StageOutcome> {
  const { subject, model, decoder = publishedDecoder, seed, nPermutations, parquet = false } = request;
  const name = decodingName(subject, model, decoder);
  const { decoded, stimuli, axes, problems } = await decodedAndAxes(workspace, request);
  const labels =
    request.labels === undefined
      ? workspace.entry('faces', stimuli)
      : { path: resolve(request.labels), hash: await hashFile(request.labels) };
  const outcome = await workspace.run({
    stage: decodedAttributesStage,
    label: `attributes of subject ${subject}, "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`,
    parameters: { modelName: model, decoder, seed, nPermutations, parquet },
    inputs: { decoded, latents: workspace.entry('latents', latentsName(model, stimuli)), labels, axes },
    entry: { kind: 'attributes', name },
  });
  const stale = staleNote(workspace, 'decoding', name);
  return { ...outcome, problems: [...stale, ...problems, ...outcome.problems] };
}

export interface MoveDecodedRequest extends DecodedAttributesRequest {
  /** As `COLUMN=VALUE`. */
  readonly attribute: string;
  readonly direction: 'axis' | 'classifier';
  /** Default: all voxels. */
  readonly region?: string;
  /** Test faces to move; default all. */
  readonly testFaces?: readonly string[];
  readonly steps: number;
  readonly range: number;
}

/** Pictures of a subject's decoded faces, moved along an attribute. */
export async function moveDecodedFaces(
  workspace: Workspace,
  request: MoveDecodedRequest,
): Promise<StageOutcome> {
  const {
    subject,
    model,
    engine,
    attribute,
    direction,
    region = allVoxels,
    testFaces,
    steps,
    range,
  } = request;
  const { decoded, axes, problems } = await decodedAndAxes(workspace, request);
  const outcome = await workspace.run({
    stage: moveDecodedStage,
    label: `decoded faces of subject ${subject} along ${attribute}`,
    parameters: {
      engine,
      attribute,
      direction,
      region,
      faces: testFaces === undefined ? null : [...testFaces],
      steps,
      range,
    },
    inputs: { decoded, axes, model: workspace.entry('model', model) },
  });
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

/** A subject's decoded codes, and what the labelled set teaches of attributes without the subject's test faces. */
async function decodedAndAxes(workspace: Workspace, request: DecodedAttributesRequest) {
  const { subject, model, decoder } = request;
  const decoded = workspace.entry('decoding', decodingName(subject, model, decoder));
  const stimuli = stimuliName(subject, (await describeModel(workspace, model)).imageSize);
  const { testFaces } = (await readDecoded(decoded.path)).description;
  return { decoded, stimuli, ...(await axesWithoutTestFaces(workspace, request, testFaces, stimuli)) };
}

/** What the labelled set teaches without those of its faces that are the subject's test faces. */
export async function axesWithoutTestFaces(
  workspace: Workspace,
  request: LearningRequest,
  testFaces: readonly string[],
  stimuli: string,
): Promise<{ axes: StageOutcome; problems: readonly Problem[] }> {
  const overlap = await labelledTestFaces(workspace, { stimuli, testFaces, labelled: request.faces });
  const { model, faces, engine, folds, seed, group, columns, numbers, classes } = request;
  const axes = await findAttributeAxes(workspace, {
    model,
    faces,
    engine,
    folds,
    seed,
    numbers,
    classes,
    ...(group === undefined ? {} : { group }),
    ...(columns === undefined ? {} : { columns }),
    ...(overlap === null ? {} : { without: overlap.without }),
  });
  return { axes, problems: overlap === null ? [] : [overlap.problem] };
}
