import { join } from 'node:path';
import { rowFinder } from '../../jobs/stages/face-rows.ts';
import { readSubjectIndex } from '../../jobs/stages/index-subject.ts';
import { readLatents } from '../../jobs/stages/latents.ts';
import { jobInputs } from '../../store/jobs.ts';
import { findAncestors } from '../../store/lineage.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';

/** Where the codes of a subject's training faces lie. */
export interface TrainingCodes {
  readonly latentDim: number;
  /** [latentDim] each. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Root mean square of their distances from the mean. */
  readonly distance: number;
}

/**
 * The codes that a mapping was fitted to.
 *
 * @returns null where the mapping was made of no codes of the project
 */
export async function trainingCodes(
  workspace: Workspace,
  subject: string,
  mapping: StageOutcome,
): Promise<TrainingCodes | null> {
  const { sql } = workspace.store;
  const [encoding] = findAncestors(sql, mapping.key, 'fit-encoding');
  const hash = encoding === undefined ? undefined : jobInputs(sql, encoding.key).latents;
  if (hash === undefined) return null;
  const known = `${workspace.entry('subject', subject).hash} ${hash}`;
  if (last?.key !== known) last = { key: known, codes: await readTrainingCodes(workspace, subject, hash) };
  return last.codes;
}

/** Those that were looked at last: a slider asks for them at every step. */
let last: { readonly key: string; readonly codes: TrainingCodes } | null = null;

async function readTrainingCodes(
  workspace: Workspace,
  subject: string,
  hash: string,
): Promise<TrainingCodes> {
  const { files, codes, latentDim } = await readLatents(join(workspace.store.artifactsDir, hash));
  const { trainFaces } = await readSubjectIndex(workspace.entry('subject', subject).path);
  const rowOf = rowFinder(files);
  const rows = trainFaces.map(rowOf).filter((row) => row !== undefined);
  const mean = new Float64Array(latentDim);
  const squares = new Float64Array(latentDim);
  for (const row of rows) {
    for (let at = 0; at < latentDim; at += 1) mean[at] += codes[row * latentDim + at] / rows.length;
  }
  for (const row of rows) {
    for (let at = 0; at < latentDim; at += 1) squares[at] += (codes[row * latentDim + at] - mean[at]) ** 2;
  }
  const variance = squares.map((sum) => sum / Math.max(1, rows.length));
  return {
    latentDim,
    mean,
    sd: variance.map(Math.sqrt),
    distance: Math.sqrt(variance.reduce((sum, value) => sum + value, 0)),
  };
}
