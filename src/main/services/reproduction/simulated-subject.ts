import { join } from 'node:path';
import { simulateFacesStage } from '../../jobs/stages/simulate-faces.ts';
import { simulateScansStage } from '../../jobs/stages/simulate-scans.ts';
import { simulateStimuliStage } from '../../jobs/stages/simulate-stimuli.ts';
import { importFaces } from '../faces.ts';
import { fitPcaModel } from '../models.ts';
import { addSubject } from '../subjects.ts';
import type { Workspace } from '../workspace.ts';
import type { RecordedSubject } from './recorded-study.ts';
import { type Computing, modelConfig, portraits, size } from './settings.ts';

/** A simulated person in the place of a real one. */
export interface SimulatedSubject {
  readonly label: string;
  /** Folders. */
  readonly bids: string;
  readonly stimuli: string;
  /** Stimulus files. */
  readonly imagined: string;
  readonly candidates: readonly string[];
}

/** Draws a subject's stimuli, scans the subject, and enters it in the project. */
export async function simulateSubject(
  workspace: Workspace,
  { label, runs, events }: RecordedSubject,
  { seed, noiseLevel }: { readonly seed: number; readonly noiseLevel: number },
): Promise<SimulatedSubject> {
  const replay = { subject: label, seed, runs };
  const pictures = await workspace.run({
    stage: simulateStimuliStage,
    label: `draw the stimuli of subject ${label}`,
    parameters: { replay, imageSize: size.imageSize },
    inputs: events,
  });
  const scans = await workspace.run({
    stage: simulateScansStage,
    label: `scan subject ${label}, noise x ${noiseLevel}`,
    parameters: { replay, seed, noiseLevel },
    inputs: events,
  });
  const bids = join(scans.path, 'bids');
  await addSubject(workspace, { bids, subject: label });
  const { imagined, candidates } = pictures.summary as { imagined: string; candidates: string[] };
  return { label, bids, stimuli: pictures.path, imagined, candidates };
}

/** Draws the portraits that latent models learn from, and fits the baseline to them. */
export async function preparePortraits(
  workspace: Workspace,
  { engine, seed }: Computing,
): Promise<{ faces: string; engine: Computing['engine']; seed: number; heldOut: number }> {
  const { path } = await workspace.run({
    stage: simulateFacesStage,
    label: 'draw portraits',
    parameters: { seed, count: size.portraits, imageSize: size.imageSize },
    inputs: {},
  });
  const { imageSize, latentDim } = modelConfig;
  await importFaces(workspace, {
    dir: path,
    labels: [join(path, 'labels.tsv')],
    name: portraits,
    imageSize,
    crop: size.crop,
  });
  const training = { faces: portraits, engine, seed, heldOut: size.heldOut };
  await fitPcaModel(workspace, { ...training, name: 'pca', imageSize, latentDim });
  return training;
}
