import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DecoderKind, publishedDecoder } from '../../../shared/decoders.ts';
import type { OnJobEvent } from '../../../shared/job-events.ts';
import { type LearningCurve, type PointSelection, pointSelections } from '../../../shared/learning-curve.ts';
import { chooseEngine, type EngineRequest } from '../engines.ts';
import { learningCurveOf, readLearningCurve } from '../learning-curve.ts';
import { trainModel } from '../models.ts';
import { runStudy, type StudyProgress, type StudyResult } from '../study/index.ts';
import { parseStudyConfig, type StudyConfig } from '../study/study-config.ts';
import { Workspace } from '../workspace.ts';
import { calibrateNoise, type NoiseCalibration } from './calibrate-noise.ts';
import { readRecordedStudy } from './recorded-study.ts';
import { writeResults } from './results.ts';
import { type Computing, kinds, modelConfig, portraits, runSettings, size, voxelRules } from './settings.ts';
import { preparePortraits, type SimulatedSubject, simulateSubject } from './simulated-subject.ts';

export interface ReproductionRequest {
  /** OpenNeuro ds001761, of which the events alone are read. */
  readonly dataset: string;
  /** Folder for the project and the results. */
  readonly outDir: string;
  readonly engine: EngineRequest;
  readonly seed: number;
  /** Decoders beside the published one. */
  readonly decoders: readonly DecoderKind[];
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
  readonly onStep: (progress: StudyProgress) => void;
}

export interface ReproductionResult {
  readonly outDir: string;
  readonly calibration: NoiseCalibration;
  readonly study: StudyResult;
  readonly curves: readonly LearningCurve[];
}

/** As many pilots as subjects, with the same timing, and other people with other brains than those that are reported. */
const firstPilotSeed = 100;

/**
 * The published study on simulated people with the timing of the real ones: the noise calibrated on pilots, both latent
 * models trained, every subject scanned, mapped, decoded and scored, and the group put beside the published figures. The
 * same call goes on after a stop.
 */
export async function runReproduction(request: ReproductionRequest): Promise<ReproductionResult> {
  const outDir = resolve(request.outDir);
  const recorded = await readRecordedStudy(request.dataset);
  const { kind: engine } = await chooseEngine(request.engine);
  const { seed, signal, onEvent } = request;
  await mkdir(outDir, { recursive: true });
  const pilots = recorded.map((subject, at) => ({ recorded: subject, seed: firstPilotSeed + seed + at }));
  const calibration = await calibrateNoise(outDir, pilots, { engine, seed }, { signal, onEvent });
  const { noiseLevel } = calibration;
  const options = { signal, onEvent };
  return Workspace.useOrCreate(join(outDir, 'project'), 'Reproduction', options, async (workspace) => {
    const training = await preparePortraits(workspace, { engine, seed });
    await trainModel(workspace, { ...training, name: 'vaegan', config: modelConfig });
    const simulated: SimulatedSubject[] = [];
    const curves: LearningCurve[] = [];
    let study: StudyResult | undefined;
    // One subject after the other, so that a run that is looked at early shows whole subjects.
    for (const [at, subject] of recorded.entries()) {
      simulated.push(await simulateSubject(workspace, subject, { seed: seed + at, noiseLevel }));
      const config = await studyOf(outDir, simulated, request);
      study = await runStudy(workspace, { config, engine, onStep: request.onStep });
      for (const model of kinds) {
        for (const selection of pointSelections) {
          curves.push(
            await learn(workspace, outDir, { subject: subject.label, model, selection }, { engine, seed }),
          );
        }
      }
      if (study.group !== null)
        await writeResults(workspace, outDir, { calibration, group: study.group, curves });
    }
    if (study === undefined) throw new Error('The dataset has no subject.');
    return { outDir, calibration, study, curves };
  });
}

/** With the settings of the study, so that its encoding models are used. */
async function learn(
  workspace: Workspace,
  outDir: string,
  which: { readonly subject: string; readonly model: string; readonly selection: PointSelection },
  computing: Computing,
): Promise<LearningCurve> {
  const { path } = await learningCurveOf(workspace, {
    ...computing,
    ...voxelRules,
    ...which,
    crop: size.crop,
    folds: size.folds,
    allowNear: true,
    settings: runSettings,
    stimuli: join(outDir, 'stimuli', which.subject),
  });
  return readLearningCurve(path);
}

async function studyOf(
  outDir: string,
  simulated: readonly SimulatedSubject[],
  { seed, decoders }: Pick<ReproductionRequest, 'seed' | 'decoders'>,
): Promise<StudyConfig> {
  const stimuli = join(outDir, 'stimuli');
  await mkdir(stimuli, { recursive: true });
  for (const { label, stimuli: target } of simulated) {
    const place = join(stimuli, label);
    if (!existsSync(place)) await symlink(target, place, 'junction');
  }
  const { faceRule, gainRule, gainMeasure, noise } = voxelRules;
  return parseStudyConfig({
    name: 'reproduction',
    data: { subjects: simulated.map(({ label }) => label), stimuli: join(stimuli, '{subject}') },
    // Among 8,000 drawn faces some other person looks nearly like a candidate: it is listed.
    analysis: {
      models: [...kinds],
      decoders: [publishedDecoder, ...decoders],
      seed,
      quality: false,
      allowNear: true,
    },
    voxels: { noise, crop: size.crop, face: faceRule, gain: gainRule, gainMeasure, folds: size.folds },
    runs: runSettings,
    gender: { faces: portraits, column: 'Male', positive: '1' },
    imagery: Object.fromEntries(
      simulated.map(({ label, imagined, candidates }) => [label, { imagined, candidates: [...candidates] }]),
    ),
  });
}
