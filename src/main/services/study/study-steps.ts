import { readFile } from 'node:fs/promises';
import { FusiformError } from '../../../shared/errors.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { readSubjectIndex } from '../../jobs/stages/index-subject.ts';
import { decodeSubject } from '../decode.ts';
import { evaluateSubject } from '../evaluate.ts';
import { defaultThresholds, examineSubject } from '../quality.ts';
import type { IndexOptions } from '../study-request.ts';
import { addSubject, indexAgain } from '../subjects.ts';
import { fitMap } from '../voxels.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';
import { forSubject, type StudyConfig } from './study-config.ts';

export const stepKinds = ['subject', 'quality', 'map', 'decode', 'evaluate', 'group'] as const;
export type StepKind = (typeof stepKinds)[number];

/** One use case of a study's analysis. */
export interface StudyStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly subject: string;
  /** Absent where no latent model takes part. */
  readonly model?: string;
  /** What the user reads: `01: mapping by "pca"`. */
  readonly label: string;
  /** Ids of the steps whose results it builds on. */
  readonly needs: readonly string[];
  run(): Promise<StageOutcome>;
}

/** Everything that is done with one subject, in order. */
export function subjectSteps(
  workspace: Workspace,
  config: StudyConfig,
  subject: string,
  engine: EngineKind,
): StudyStep[] {
  const step = (
    kind: StepKind,
    does: string,
    needs: readonly string[],
    run: () => Promise<StageOutcome>,
    ...detail: readonly string[]
  ): StudyStep => ({
    id: [kind, subject, ...detail].join(' '),
    kind,
    subject,
    ...(detail.length === 0 ? {} : { model: detail[0] }),
    label: `${subject}: ${does}`,
    needs,
    run,
  });
  const reading = step('subject', 'runs and roles', [], () => readSubject(workspace, config, subject));
  const quality = step('quality', 'quality of the runs', [reading.id], () =>
    examineSubject(workspace, {
      subject,
      settings: config.runs,
      thresholds: defaultThresholds,
      parquet: true,
    }),
  );
  return [
    reading,
    ...(config.analysis.quality ? [quality] : []),
    ...config.analysis.models.flatMap((model) => {
      const map = step(
        'map',
        `voxels and mapping, "${model}"`,
        [reading.id],
        () => fitMap(workspace, mapRequest(config, subject, model, engine)),
        model,
      );
      const decode = step(
        'decode',
        `decode by "${model}"`,
        [map.id],
        () => decodeSubject(workspace, { subject, model, engine }),
        model,
      );
      const evaluate = step(
        'evaluate',
        `evaluate "${model}"`,
        [decode.id],
        () => evaluate_(workspace, config, subject, model, engine),
        model,
      );
      return [map, decode, evaluate];
    }),
  ];
}

/** Reads a subject's runs. @throws FusiformError ROLES_INCOMPLETE where no faces can be learned from or decoded */
async function readSubject(
  workspace: Workspace,
  { data }: StudyConfig,
  subject: string,
): Promise<StageOutcome> {
  const { bids, task, subjects: _labels, stimuli: _pictures, ...index } = data;
  const outcome =
    bids === undefined
      ? await indexAgain(workspace, subject)
      : await addSubject(workspace, {
          bids,
          index: index as IndexOptions,
          subject,
          ...(task === undefined ? {} : { task }),
        });
  if (outcome === undefined) {
    const names = workspace.entries('subject').map(({ name }) => name);
    const message = `The project has no subject "${subject}" (it has: ${names.join(', ') || 'none'}), and the study names no dataset.`;
    throw new FusiformError('NAME_UNKNOWN', message, { file: workspace.store.dir });
  }
  const { roles } = await readSubjectIndex(outcome.path);
  if (roles.trainFace.length === 0 || roles.testFace.length === 0) {
    const message = `The trial types of subject ${subject} name no training or no test faces.`;
    throw new FusiformError('ROLES_INCOMPLETE', message, { ...(bids === undefined ? {} : { file: bids }) });
  }
  return outcome;
}

function mapRequest(
  { data, voxels, runs }: StudyConfig,
  subject: string,
  model: string,
  engine: EngineKind,
): Parameters<typeof fitMap>[1] {
  const { face, gain, gainMeasure, noise, crop, folds, maskThreshold } = voxels;
  const named = <Key extends string>(key: Key, path: string | undefined) =>
    (path === undefined ? {} : { [key]: forSubject(path, subject) }) as { [K in Key]?: string };
  const lists = <Key extends string>(key: Key, values: readonly string[] | undefined) =>
    (values === undefined ? {} : { [key]: values.map((value) => forSubject(value, subject)) }) as {
      [K in Key]?: string[];
    };
  return {
    subject,
    model,
    engine,
    settings: runs,
    noise,
    crop,
    folds,
    maskThreshold,
    faceRule: face,
    gainRule: gain,
    gainMeasure,
    ...named('stimuli', data.stimuli),
    ...named('mask', voxels.mask),
    ...named('atlas', voxels.atlas),
    ...named('atlasLabels', voxels.atlasLabels),
    ...lists('regions', voxels.regions),
    ...lists('regionMasks', voxels.regionMasks),
  };
}

async function evaluate_(
  workspace: Workspace,
  { analysis, gender, imagery }: StudyConfig,
  subject: string,
  model: string,
  engine: EngineKind,
): Promise<StageOutcome> {
  const imagined = imagery[subject];
  return evaluateSubject(workspace, {
    subject,
    model,
    engine,
    seed: analysis.seed,
    nPermutations: analysis.permutations,
    parquet: true,
    ...(gender === undefined ? {} : { gender }),
    ...(imagined === undefined
      ? {}
      : {
          imagery: {
            imagined: imagined.imagined,
            candidates: await candidatesOf(imagined.candidates, subject),
          },
        }),
  });
}

/** @throws FusiformError FILE_NOT_FOUND */
async function candidatesOf(given: string | readonly string[], subject: string): Promise<readonly string[]> {
  if (typeof given !== 'string') return given;
  const file = forSubject(given, subject);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FusiformError('FILE_NOT_FOUND', 'The list of candidates cannot be read.', { file, cause });
  });
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
