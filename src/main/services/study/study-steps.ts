import { readFile } from 'node:fs/promises';
import { type DecoderKind, publishedDecoder } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { maximumFolds } from '../../jobs/stages/encoding-sums.ts';
import { readSubjectIndex } from '../../jobs/stages/index-subject.ts';
import { decodeSubject } from '../decode.ts';
import { readDecodedAttributes } from '../decoded-attributes.ts';
import { defaultFolds, fitDecoders } from '../decoders.ts';
import { evaluateSubject } from '../evaluate.ts';
import { readImagery } from '../imagery.ts';
import { learningCurveOf } from '../learning-curve.ts';
import { defaultThresholds, examineSubject } from '../quality.ts';
import type { IndexOptions } from '../study-request.ts';
import { addSubject, indexAgain } from '../subjects.ts';
import { fitMap } from '../voxels.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';
import { forSubject, type StudyConfig } from './study-config.ts';

export const stepKinds = [
  'subject',
  'quality',
  'map',
  'decoder',
  'decode',
  'evaluate',
  'attributes',
  'imagery',
  'learning-curve',
  'group',
] as const;
export type StepKind = (typeof stepKinds)[number];

/** One use case of a study's analysis. */
export interface StudyStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly subject: string;
  /** Absent where no latent model takes part. */
  readonly model?: string;
  readonly decoder?: DecoderKind;
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
  const { models, decoders, quality } = config.analysis;
  const reading: StudyStep = {
    id: `subject ${subject}`,
    kind: 'subject',
    subject,
    label: `${subject}: runs and roles`,
    needs: [],
    run: () => readSubject(workspace, config, subject),
  };
  const examination: StudyStep = {
    id: `quality ${subject}`,
    kind: 'quality',
    subject,
    label: `${subject}: quality of the runs`,
    needs: [reading.id],
    run: () =>
      examineSubject(workspace, {
        subject,
        settings: config.runs,
        thresholds: defaultThresholds,
        parquet: true,
      }),
  };
  const ofModels = models.flatMap((model): StudyStep[] => {
    const map: StudyStep = {
      id: `map ${subject} ${model}`,
      kind: 'map',
      subject,
      model,
      label: `${subject}: voxels and mapping, "${model}"`,
      needs: [reading.id],
      run: () => fitMap(workspace, mapRequest(config, subject, model, engine)),
    };
    const decoded = decoders.flatMap((decoder) =>
      decoderSteps(workspace, config, { subject, model, decoder, engine }, map.id),
    );
    return [map, ...decoded, ...learningSteps(workspace, config, { subject, model, engine }, map.id)];
  });
  return [reading, ...(quality ? [examination] : []), ...ofModels];
}

/** The learning curve where the study asks for it. */
function learningSteps(
  workspace: Workspace,
  config: StudyConfig,
  { subject, model, engine }: Omit<DecoderChoice, 'decoder'>,
  mapping: string,
): StudyStep[] {
  const { learningCurve, analysis } = config;
  if (learningCurve === undefined) return [];
  const curve: StudyStep = {
    id: `learning-curve ${subject} ${model}`,
    kind: 'learning-curve',
    subject,
    model,
    label: `${subject}: learning curve, "${model}"`,
    needs: [mapping],
    run: () =>
      learningCurveOf(workspace, {
        ...mapRequest(config, subject, model, engine),
        ...learningCurve,
        seed: analysis.seed,
      }),
  };
  return [curve];
}

interface DecoderChoice {
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly engine: EngineKind;
}

/** What is done with one latent model and decoder. */
function decoderSteps(
  workspace: Workspace,
  config: StudyConfig,
  choice: DecoderChoice,
  mapping: string,
): StudyStep[] {
  const { subject, model, decoder } = choice;
  const how = decoder === publishedDecoder ? `"${model}"` : `"${model}", ${decoder}`;
  const step = (
    kind: StepKind,
    does: string,
    needs: readonly string[],
    run: () => Promise<StageOutcome>,
  ): StudyStep => ({
    id: `${kind} ${subject} ${model} ${decoder}`,
    kind,
    subject,
    model,
    decoder,
    label: `${subject}: ${does} ${how}`,
    needs,
    run,
  });
  const fit = step('decoder', 'fit the decoder of', [mapping], () => fitDecoder(workspace, config, choice));
  // The paper's decoder follows from the mapping alone.
  const own = decoder === publishedDecoder ? [] : [fit];
  const decode = step('decode', 'decode by', [mapping, ...own.map(({ id }) => id)], () =>
    decodeSubject(workspace, choice),
  );
  const steps = [
    ...own,
    decode,
    step('evaluate', 'evaluate', [decode.id], () => scoreSubject(workspace, config, choice)),
  ];
  const { attributes } = config;
  if (attributes !== undefined) {
    const { permutations: nPermutations, ...wanted } = attributes;
    const { seed } = config.analysis;
    steps.push(
      step('attributes', 'attributes,', [decode.id], () =>
        readDecodedAttributes(workspace, { ...choice, ...wanted, seed, nPermutations, parquet: true }),
      ),
    );
  }
  const imagined = config.imagery[subject];
  if (imagined !== undefined) {
    steps.push(
      step('imagery', 'imagery,', [decode.id], async () =>
        readImagery(workspace, {
          ...choice,
          imagined: imagined.imagined,
          candidates: await candidatesOf(imagined.candidates, subject),
          seed: config.analysis.seed,
          allowNear: config.analysis.allowNear,
          parquet: true,
        }),
      ),
    );
  }
  return steps;
}

async function fitDecoder(
  workspace: Workspace,
  config: StudyConfig,
  { subject, model, decoder, engine }: DecoderChoice,
): Promise<StageOutcome> {
  const request = mapRequest(config, subject, model, engine);
  const { seed } = config.analysis;
  const { mapping, decoders } = await fitDecoders(workspace, { ...request, decoders: [decoder], seed });
  const [outcome] = decoders;
  return { ...outcome, problems: [...mapping.problems, ...outcome.problems] };
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

/** Decoders are tuned over folds of runs, and learning curves made of them: one mapping serves them all. */
function foldsFor(
  { decoders }: StudyConfig['analysis'],
  learningCurve: StudyConfig['learningCurve'],
): number {
  if (decoders.some((kind) => kind !== publishedDecoder)) return defaultFolds;
  return learningCurve === undefined ? 0 : maximumFolds;
}

function mapRequest(
  { data, voxels, runs, analysis, learningCurve }: StudyConfig,
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
    folds: folds === 0 ? foldsFor(analysis, learningCurve) : folds,
    maskThreshold,
    faceRule: face,
    gainRule: gain,
    gainMeasure,
    allowNear: analysis.allowNear,
    ...named('stimuli', data.stimuli),
    ...named('mask', voxels.mask),
    ...named('atlas', voxels.atlas),
    ...named('atlasLabels', voxels.atlasLabels),
    ...lists('regions', voxels.regions),
    ...lists('regionMasks', voxels.regionMasks),
  };
}

async function scoreSubject(
  workspace: Workspace,
  { analysis, gender, imagery }: StudyConfig,
  choice: DecoderChoice,
): Promise<StageOutcome> {
  const { subject } = choice;
  const imagined = imagery[subject];
  return evaluateSubject(workspace, {
    ...choice,
    seed: analysis.seed,
    nPermutations: analysis.permutations,
    parquet: true,
    allowNear: analysis.allowNear,
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
