import { join } from 'node:path';
import type { DecodedAttributes } from '../../../shared/decoded-attributes.ts';
import { publishedDecoder } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { Evaluation, Metric } from '../../../shared/evaluation.ts';
import type { LearningCurve } from '../../../shared/learning-curve.ts';
import { type DecoderDescription, readDecoderDescription } from '../../jobs/decoders/decoder-files.ts';
import { readDecodedAttributes } from '../../jobs/stages/decoded-attributes-result.ts';
import { readEvaluation } from '../../jobs/stages/evaluate.ts';
import { readSubjectIndex, type SubjectIndex } from '../../jobs/stages/index-subject.ts';
import { readLearningCurve } from '../../jobs/stages/learning-curve.ts';
import type { EntryKind } from '../../store/entries.ts';
import { jobInputs, listMetrics } from '../../store/jobs.ts';
import { type LineageJob, lineageOf } from '../../store/lineage.ts';
import { readCorrelations } from '../identification-matrix.ts';
import { latestQuality } from '../quality.ts';
import { outdatedEntries, staleEntries } from '../staleness.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';

/** What one latent model and decoder made of a subject. */
export interface ModelResults {
  /** Of the entries: `01/vaegan`. */
  readonly name: string;
  /** As readers are told: `VAE-GAN`, `PCA, ridge`. */
  readonly title: string;
  readonly model: string;
  readonly decoder: string;
  readonly evaluation: Evaluation;
  /** Where its files lie: pictures of the originals and the model's own reconstructions. */
  readonly evaluationPath: string;
  /** Where the decoded pictures lie; null where the project no longer holds them. */
  readonly decodingPath: string | null;
  /** Every score with its definition. */
  readonly metrics: readonly Metric[];
  /** [nTestFaces, nTestFaces]: r of decoded with true codes, all voxels; null where the codes are gone. */
  readonly correlations: Float64Array | null;
  readonly attributes: DecodedAttributes | null;
  /** How the decoder was tuned; null for the paper's where it was not fitted for comparison. */
  readonly fit: DecoderDescription | null;
  readonly learning: LearningCurve | null;
}

export interface SubjectResults {
  readonly subject: string;
  readonly source: string | null;
  readonly index: SubjectIndex;
  readonly models: readonly ModelResults[];
  readonly quality: StageOutcome | null;
  /** Every job behind the results, in order of time. */
  readonly jobs: readonly LineageJob[];
  /** Names of results that were computed from what holds no longer. */
  readonly stale: readonly string[];
}

const kindTitles = { vaegan: 'VAE-GAN', vae: 'VAE', pca: 'PCA' } as const;

export function modelTitle({ name, kind }: Evaluation['model'], decoder: string): string {
  const own = name === kind ? '' : ` "${name}"`;
  return `${kindTitles[kind]}${own}${decoder === publishedDecoder ? '' : `, ${decoder}`}`;
}

/**
 * Everything that a project holds of a subject's analysis.
 *
 * @throws FusiformError NAME_UNKNOWN where it has no such subject, or nothing of it was evaluated
 */
export async function gatherSubject(workspace: Workspace, subject: string): Promise<SubjectResults> {
  const { sql } = workspace.store;
  const entry = workspace.entry('subject', subject);
  const names = workspace
    .entries('evaluation')
    .filter(({ name }) => name.startsWith(`${subject}/`))
    .map(({ name }) => name);
  if (names.length === 0) {
    const message = `Nothing of subject ${subject} has been evaluated yet.`;
    throw new FusiformError('NAME_UNKNOWN', message, { file: workspace.store.dir });
  }
  const models = await Promise.all(names.map((name) => gatherModel(workspace, name)));
  const quality = latestQuality(workspace, subject);
  const keys = [
    ...names.map((name) => workspace.entry('evaluation', name).key),
    ...(['attributes', 'imagery', 'learning-curve'] as const).flatMap((kind) =>
      workspace
        .entries(kind)
        .filter(({ name }) => names.includes(name))
        .map(({ jobKey }) => jobKey),
    ),
    ...(quality === null ? [] : [quality.key]),
  ];
  const mine = new Set([`subject ${subject}`, ...names.flatMap(entryNames)]);
  return {
    subject,
    source: entry.source,
    index: await readSubjectIndex(entry.path),
    models: models.sort((a, b) => rankOf(a) - rankOf(b)),
    quality,
    jobs: lineageOf(sql, keys),
    stale: [...new Set([...staleEntries(workspace, subject), ...outdatedEntries(workspace)])].filter((name) =>
      mine.has(name),
    ),
  };
}

function entryNames(name: string): string[] {
  return ['mapping', 'decoder', 'decoding', 'evaluation', 'attributes'].map((kind) => `${kind} ${name}`);
}

/** The article's own model and decoder first. */
function rankOf({ evaluation, decoder }: ModelResults): number {
  const kinds = ['vaegan', 'vae', 'pca'];
  return kinds.indexOf(evaluation.model.kind) + (decoder === publishedDecoder ? 0 : 10);
}

async function gatherModel(workspace: Workspace, name: string): Promise<ModelResults> {
  const outcome = workspace.entry('evaluation', name);
  const evaluation = await readEvaluation(outcome.path);
  const decoder = decoderOf(name, evaluation);
  const inputs = jobInputs(workspace.store.sql, outcome.key);
  const folder = (input: string) => join(workspace.store.artifactsDir, inputs[input] ?? '');
  const has = (kind: EntryKind, of: string) => workspace.entries(kind).some((entry) => entry.name === of);
  const hasAttributes = has('attributes', name);
  const fitName = decoder === publishedDecoder ? `${name}/${decoder}` : name;
  return {
    name,
    title: modelTitle(evaluation.model, decoder),
    model: evaluation.model.name,
    decoder,
    evaluation,
    evaluationPath: outcome.path,
    decodingPath: inputs.decoded === undefined ? null : folder('decoded'),
    metrics: listMetrics(workspace.store.sql, outcome.key),
    correlations: await readCorrelations(folder('decoded'), folder('latents')).then(
      ({ correlations }) => correlations,
      () => null,
    ),
    attributes: hasAttributes ? await readDecodedAttributes(workspace.entry('attributes', name).path) : null,
    fit: has('decoder', fitName)
      ? await readDecoderDescription(workspace.entry('decoder', fitName).path)
      : null,
    learning:
      decoder === publishedDecoder && has('learning-curve', name)
        ? await readLearningCurve(workspace.entry('learning-curve', name).path)
        : null,
  };
}

/** The last part of an entry's name, where it has three; the paper's bears none. */
export function decoderOf(name: string, { model }: Evaluation): string {
  const rest = name.slice(name.indexOf('/') + 1 + model.name.length + 1);
  return rest === '' ? publishedDecoder : rest;
}
