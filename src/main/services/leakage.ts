import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { Overlap } from '../jobs/faces/overlap.ts';
import { readStimulusOverlap, stimulusOverlapStage } from '../jobs/stages/stimulus-overlap.ts';
import { findJob, jobInputs } from '../store/jobs.ts';
import type { Input, Workspace } from './workspace.ts';

export interface OverlapRequest {
  readonly subject: string;
  /** The face set of the pictures that were shown. */
  readonly faces: string;
  /**
   * Whether pictures that are only nearly the same are listed and not refused; default false. The same file and the same pixels
   * are refused always.
   */
  readonly allowNear?: boolean;
}

/**
 * Refuses a subject some of whose test faces were training faces too: the same file, the same pixels, or nearly the same picture.
 *
 * @returns what is allowed and listed
 * @throws FusiformError LEAKAGE_TRAIN_TEST, its details `pairs` listing every pair
 */
export async function refuseTrainTestOverlap(
  workspace: Workspace,
  { subject, faces, allowNear = false }: OverlapRequest,
): Promise<Problem[]> {
  const { path } = await workspace.run({
    stage: stimulusOverlapStage,
    label: `test faces among the training faces of subject ${subject}`,
    parameters: { tests: null, heldOut: null },
    inputs: { faces: workspace.entry('faces', faces), subject: workspace.entry('subject', subject) },
  });
  return judge((await readStimulusOverlap(path)).overlaps, allowNear, {
    code: 'LEAKAGE_TRAIN_TEST',
    what: 'test faces are training faces too',
    nearly: 'test faces are nearly the same pictures as training faces',
  });
}

/**
 * Refuses an imagined face, and candidates for it, that the subject saw as training faces.
 *
 * @param candidates as stimulus files or their bare names
 * @throws FusiformError LEAKAGE_IMAGERY_TRAIN, its details `pairs` listing every pair
 */
export async function refuseImageryOverlap(
  workspace: Workspace,
  { subject, faces, allowNear = false }: OverlapRequest,
  candidates: readonly string[],
): Promise<Problem[]> {
  const has = (kind: 'faces' | 'subject', wanted: string) =>
    workspace.entries(kind).some(({ name }) => name === wanted);
  // The public study's own results come without the pictures and the runs.
  if (!has('faces', faces) || !has('subject', subject)) return [];
  const { path } = await workspace.run({
    stage: stimulusOverlapStage,
    label: `candidates for imagery among the training faces of subject ${subject}`,
    parameters: { tests: [...candidates], heldOut: null },
    inputs: { faces: workspace.entry('faces', faces), subject: workspace.entry('subject', subject) },
  });
  return judge((await readStimulusOverlap(path)).overlaps, allowNear, {
    code: 'LEAKAGE_IMAGERY_TRAIN',
    what: 'candidates for the imagined face are training faces',
    nearly: 'candidates for the imagined face are nearly the same pictures as training faces',
  });
}

interface Wording {
  readonly code: 'LEAKAGE_TRAIN_TEST' | 'LEAKAGE_IMAGERY_TRAIN';
  readonly what: string;
  readonly nearly: string;
}

function judge(overlaps: readonly Overlap[], allowNear: boolean, { code, what, nearly }: Wording): Problem[] {
  const isSame = ({ likeness }: Overlap) => likeness === 'same file' || likeness === 'same pixels';
  const refused = overlaps.filter((overlap) => !allowNear || isSame(overlap));
  if (refused.length > 0) throw overlapError(code, refused, what);
  if (overlaps.length === 0) return [];
  return [overlapError('LEAKAGE_NEAR_ALLOWED', overlaps, nearly).toProblem()];
}

function overlapError(
  code: Wording['code'] | 'LEAKAGE_NEAR_ALLOWED' | 'LEAKAGE_MODEL_FACES' | 'LEAKAGE_LABELLED_FACES',
  pairs: readonly Overlap[],
  what: string,
): FusiformError {
  const tests = new Set(pairs.map(({ test }) => test));
  const list = pairs.map(
    ({ test, other, likeness, correlation }) =>
      `"${test}" is "${other}" (${likeness}${correlation < 1 ? `, r = ${correlation.toFixed(3)}` : ''})`,
  );
  return new FusiformError(code, `${tests.size} ${what}: ${list.join('; ')}.`, { details: { pairs } });
}

const trainingSchema = z.object({ heldOut: z.number(), seed: z.number().int() });

/** The face set that a model was trained on, and what it left out; null where the project does not know it. */
export function trainingFacesOf(
  workspace: Workspace,
  model: string,
): { faces: Input; heldOut: { share: number; seed: number } } | null {
  const { sql } = workspace.store;
  const { key } = workspace.entry('model', model);
  const { faces } = jobInputs(sql, key);
  const trained = trainingSchema.safeParse(findJob(sql, key)?.parameters);
  if (faces === undefined || !trained.success) return null;
  const { heldOut: share, seed } = trained.data;
  return {
    faces: { hash: faces, path: join(workspace.store.artifactsDir, faces) },
    heldOut: { share, seed },
  };
}

/**
 * Faces of a labelled set that are test faces of a subject: what is learnt from labels must be learnt without them.
 *
 * @returns the artefact that lists them, for `findAttributeAxes`; null where there are none, or no pictures to compare
 */
export async function labelledTestFaces(
  workspace: Workspace,
  request: {
    readonly stimuli: string;
    readonly testFaces: readonly string[];
    readonly labelled: string;
  },
): Promise<{ readonly without: Input; readonly problem: Problem } | null> {
  const { stimuli, testFaces, labelled } = request;
  if (!workspace.entries('faces').some(({ name }) => name === stimuli)) return null;
  const outcome = await workspace.run({
    stage: stimulusOverlapStage,
    label: `test faces among the labelled faces "${labelled}"`,
    parameters: { tests: [...testFaces], heldOut: null },
    inputs: { faces: workspace.entry('faces', stimuli), others: workspace.entry('faces', labelled) },
  });
  const { overlaps } = await readStimulusOverlap(outcome.path);
  if (overlaps.length === 0) return null;
  const what = `test faces are among the labelled faces "${labelled}", which are left out`;
  return { without: outcome, problem: overlapError('LEAKAGE_LABELLED_FACES', overlaps, what).toProblem() };
}

/**
 * Test faces on which the latent model itself was trained. They are listed, not refused: the model learnt what faces look like
 * without any brain data, as the published one did on the faces of which the stimuli were taken; but it may draw these better
 * than faces that it never saw.
 */
export async function listModelOverlap(
  workspace: Workspace,
  { subject, faces, model }: { readonly subject: string; readonly faces: string; readonly model: string },
): Promise<Problem[]> {
  const training = trainingFacesOf(workspace, model);
  if (training === null) return [];
  const { path } = await workspace.run({
    stage: stimulusOverlapStage,
    label: `test faces of subject ${subject} among the faces of "${model}"`,
    parameters: { tests: null, heldOut: training.heldOut },
    inputs: {
      faces: workspace.entry('faces', faces),
      subject: workspace.entry('subject', subject),
      others: training.faces,
    },
  });
  const { overlaps } = await readStimulusOverlap(path);
  const what = `test faces are among the faces that the model "${model}" was trained on`;
  return overlaps.length === 0 ? [] : [overlapError('LEAKAGE_MODEL_FACES', overlaps, what).toProblem()];
}
