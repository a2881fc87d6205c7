import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GallerySource } from '../../../shared/contract/gallery.ts';
import { publishedDecoder } from '../../../shared/decoders.ts';
import type { Evaluation } from '../../../shared/evaluation.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { type Decoded, allVoxels, readDecoded } from '../../jobs/stages/decode-patterns.ts';
import { readEvaluation } from '../../jobs/stages/evaluate.ts';
import { rowsOf } from '../../jobs/stages/face-rows.ts';
import { pickCodes, readLatents } from '../../jobs/stages/latents.ts';
import { type NearestTrainingFace, readNearest } from '../../jobs/stages/nearest-training.ts';
import type { EntryKind } from '../../store/entries.ts';
import { jobInputs } from '../../store/jobs.ts';
import { modelTitle } from '../report/gather.ts';
import type { Workspace } from '../workspace.ts';
import { evaluatedScores, regionScores, type ScoreColumns, similarities } from './score-columns.ts';

/** Decoded codes and the true ones of the same faces, [faces, latentDim]. */
export interface DecodedCodes {
  readonly decoded: Decoded;
  readonly targets: Float32Array;
  readonly latentDim: number;
}

/** What one latent model and decoder made of one subject. */
export interface SubjectSource {
  readonly subject: string;
  /** The entry of its evaluation: `01/vaegan/ridge`. */
  readonly name: string;
  readonly id: string;
  readonly facts: Omit<GallerySource, 'chance' | 'withoutNearest' | 'attributes' | 'id'>;
  readonly evaluation: Evaluation;
  readonly evaluationHash: string;
  /** Artefacts of the codes, their model and the true codes; null where the project no longer holds them. */
  readonly decodingHash: string | null;
  readonly modelHash: string | null;
  readonly latentsHash: string | null;
  /** Row of each face in the evaluation. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Attributes read from codes decoded from all voxels: [faces] each, NaN where unknown. */
  readonly attributes: ReadonlyMap<string, Float64Array>;
  readonly nearest: ReadonlyMap<string, NearestTrainingFace>;
  /** The face set of `nearest`. */
  readonly nearestFaces: string | null;
  /** Scores by region; computed when they are first asked for. @throws FusiformError as reading the codes */
  scores(region: string): Promise<ScoreColumns | null>;
  codes(): Promise<DecodedCodes>;
}

export async function readSubjectSource(workspace: Workspace, name: string): Promise<SubjectSource> {
  const outcome = workspace.entry('evaluation', name);
  const evaluation = await readEvaluation(outcome.path);
  const inputs = jobInputs(workspace.store.sql, outcome.key);
  const held = (input: string): string | null => {
    const hash = inputs[input];
    return hash !== undefined && existsSync(join(workspace.store.artifactsDir, hash)) ? hash : null;
  };
  const { subject, decoder, model } = evaluation;
  const rowOf = new Map(evaluation.faces.map(({ stimulus }, row) => [stimulus, row]));
  const [decodingHash, latentsHash] = [held('decoded'), held('latents')];
  const folderOf = (hash: string) => join(workspace.store.artifactsDir, hash);
  const codes = async (): Promise<DecodedCodes> => {
    // What is gone is named by the reader.
    const decoded = await readDecoded(folderOf(inputs.decoded ?? ''));
    const latentsFolder = folderOf(inputs.latents ?? '');
    const latents = await readLatents(latentsFolder);
    const rows = rowsOf(decoded.description.testFaces, latents.files, latentsFolder);
    return { decoded, targets: pickCodes(latents, rows), latentDim: latents.latentDim };
  };
  const known = new Map<string, Promise<ScoreColumns | null>>();
  const compute = async (region: string): Promise<ScoreColumns | null> => {
    const unknown = () => new Float64Array(evaluation.faces.length).fill(Number.NaN);
    if (region === allVoxels && (decodingHash === null || latentsHash === null))
      return evaluatedScores(evaluation.faces, unknown());
    const { decoded, targets, latentDim } = await codes();
    const found = decoded.regions.find((candidate) => candidate.name === region);
    if (found === undefined) return null;
    return region === allVoxels
      ? evaluatedScores(evaluation.faces, similarities(found.test, targets, latentDim))
      : regionScores(found.test, targets, latentDim);
  };
  const nearest = await nearestOf(workspace, name, decodingHash);
  return {
    subject,
    name,
    id: decoder === publishedDecoder ? model.name : `${model.name}/${decoder}`,
    facts: {
      title: modelTitle(model, decoder),
      model: model.name,
      decoder,
      kind: model.kind,
      latentDim: model.latentDim,
      imageSize: model.imageSize,
      regions: evaluation.regions.map((region) => region.name),
    },
    evaluation,
    evaluationHash: outcome.hash,
    decodingHash,
    modelHash: held('model'),
    latentsHash,
    rowOf,
    attributes: await attributesOf(workspace, name, rowOf),
    ...nearest,
    scores(region) {
      const scores = known.get(region) ?? compute(region);
      known.set(region, scores);
      scores.catch(() => known.delete(region));
      return scores;
    },
    codes,
  };
}

const holds = (workspace: Workspace, kind: EntryKind, name: string): boolean =>
  workspace.entries(kind).some((entry) => entry.name === name);

/** Where each decoded code lies on each attribute that was read from it. */
async function attributesOf(
  workspace: Workspace,
  name: string,
  rowOf: ReadonlyMap<string, number>,
): Promise<Map<string, Float64Array>> {
  const columns = new Map<string, Float64Array>();
  if (!holds(workspace, 'attributes', name)) return columns;
  const { path } = workspace.entry('attributes', name);
  for (const { values } of (await readTable(join(path, 'positions.tsv'))).rows) {
    if (values.codes !== 'decoded' || values.region !== allVoxels) continue;
    if (!values.rule.startsWith('axis')) continue;
    const row = rowOf.get(values.face);
    if (row === undefined) continue;
    const column = columns.get(values.attribute) ?? new Float64Array(rowOf.size).fill(Number.NaN);
    column[row] = Number(values.position);
    columns.set(values.attribute, column);
  }
  return columns;
}

/** The nearest training faces of these very codes, where they were looked for. */
async function nearestOf(
  workspace: Workspace,
  name: string,
  decodingHash: string | null,
): Promise<Pick<SubjectSource, 'nearest' | 'nearestFaces'>> {
  const none = { nearest: new Map(), nearestFaces: null };
  if (!holds(workspace, 'nearest', name)) return none;
  const { key, path } = workspace.entry('nearest', name);
  const { decoded, faces } = jobInputs(workspace.store.sql, key);
  if (decoded !== decodingHash || faces === undefined) return none;
  return { nearest: await readNearest(path), nearestFaces: faces };
}
