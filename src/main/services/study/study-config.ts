import { dirname, isAbsolute, resolve } from 'node:path';
import { parse, stringify, TomlError } from 'smol-toml';
import { z } from 'zod';
import { decoderKinds, publishedDecoder } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { pointSelections } from '../../../shared/learning-curve.ts';
import { layouts } from '../../bids/dataset.ts';
import { readFileChecked } from '../../formats/files/read.ts';
import { glmSettingsSchema } from '../../jobs/stages/glm-settings.ts';
import { gainMeasureSchema, ruleSchema } from '../../jobs/stages/selection-schema.ts';

const dataSchema = z.strictObject({
  /** The study: a folder, or a table of runs; absent: the subjects that the project has. */
  bids: z.string().exactOptional(),
  /** Labels; empty: all there are. */
  subjects: z.array(z.string()).default([]),
  task: z.string().exactOptional(),
  /** Folder of the pictures that were shown; default `stimuli` of the dataset. */
  stimuli: z.string().exactOptional(),
  layout: z.enum(layouts).exactOptional(),
  derivatives: z.array(z.string()).exactOptional(),
  space: z.string().exactOptional(),
  resolution: z.string().exactOptional(),
  prefix: z.string().exactOptional(),
});

const analysisSchema = z.strictObject({
  /** Latent models of the project. */
  models: z.array(z.string()).min(1),
  /** How patterns become codes. */
  decoders: z.array(z.enum(decoderKinds)).min(1).default([publishedDecoder]),
  seed: z.number().int().default(1),
  /** Permutations of the test faces. */
  permutations: z.number().int().min(1).default(10_000),
  /** Whether test pictures may nearly, not exactly, be training pictures; they are listed. */
  allowNear: z.boolean().default(false),
  /** Whether every subject's runs are examined. */
  quality: z.boolean().default(true),
});

const voxelsSchema = z.strictObject({
  /** `{subject}` stands for the label, here as in every path below. */
  mask: z.string().exactOptional(),
  maskThreshold: z.number().min(0).max(1).default(0.5),
  noise: z.enum(['ols', 'ar1']).default('ar1'),
  /** Share of the centre square of a picture that is kept. */
  crop: z.number().gt(0).max(1).default(0.8),
  /** Voxels that respond to faces. */
  face: ruleSchema.default({ kind: 'fdr', q: 0.05 }),
  /** Voxels whose variance the latents explain. */
  gain: ruleSchema.default({ kind: 'fraction', keep: 2 / 3 }),
  gainMeasure: gainMeasureSchema.default('f'),
  folds: z.number().int().min(0).default(0),
  atlas: z.string().exactOptional(),
  atlasLabels: z.string().exactOptional(),
  /** `name=label,label`, of the atlas. */
  regions: z.array(z.string()).exactOptional(),
  /** `name=file` */
  regionMasks: z.array(z.string()).exactOptional(),
});

const genderSchema = z.strictObject({
  /** Labelled face set of the project, from which the axis is taken. */
  faces: z.string(),
  /** Column of the labels, both of that set and of the stimuli. */
  column: z.string().default('Male'),
  positive: z.string().default('1'),
});

const attributesSchema = z.strictObject({
  /** Labelled face set of the project, from which the attributes are learnt. */
  faces: z.string(),
  /** Default: every column that both sets have. */
  columns: z.array(z.string()).exactOptional(),
  numbers: z.array(z.string()).default([]),
  classes: z.array(z.string()).default([]),
  /** Column of what stays in one fold, such as who is shown. */
  group: z.string().exactOptional(),
  folds: z.number().int().min(3).default(10),
  permutations: z.number().int().min(1).default(10_000),
});

const learningCurveSchema = z.strictObject({
  /** Numbers of training faces; default 1000, 2000 and so on. All of them always come last. */
  points: z.array(z.number().int().min(1)).exactOptional(),
  /** Which runs the voxels of a point are selected on. */
  selection: z.enum(pointSelections).default('own-runs'),
});

const imagerySchema = z.strictObject({
  /** The face that was imagined, as a path below the stimuli; the events do not name it. */
  imagined: z.string(),
  /** The faces that it could have been, or a text file with one a line. */
  candidates: z.union([z.array(z.string()).min(2), z.string()]),
});

export const studyConfigSchema = z.strictObject({
  /** Under which the results of the group are found in the project. */
  name: z.string().default('study'),
  data: dataSchema.prefault({}),
  analysis: analysisSchema,
  voxels: voxelsSchema.prefault({}),
  /** How a run is modelled: the settings of `map fit`. */
  runs: glmSettingsSchema.prefault({}),
  gender: genderSchema.exactOptional(),
  attributes: attributesSchema.exactOptional(),
  /** Identification against the number of training faces, of the published decoder. */
  learningCurve: learningCurveSchema.exactOptional(),
  /** By label of the subject. */
  imagery: z.record(z.string(), imagerySchema).default({}),
});

/** What is done with every subject of a study, defaults filled in. */
export type StudyConfig = z.output<typeof studyConfigSchema>;
export type StudyConfigInput = z.input<typeof studyConfigSchema>;

/** @throws FusiformError PARAMETERS_INVALID with the place of each fault */
export function parseStudyConfig(given: unknown, file?: string): StudyConfig {
  const parsed = studyConfigSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FusiformError('PARAMETERS_INVALID', `The study: ${z.prettifyError(parsed.error)}`, {
    ...(file === undefined ? {} : { file }),
  });
}

/**
 * Reads a study's file. Paths in it count from its own folder.
 *
 * @throws FusiformError STUDY_FILE_INVALID with the line, PARAMETERS_INVALID, FILE_NOT_FOUND
 */
export async function readStudyConfig(path: string): Promise<StudyConfig> {
  const file = resolve(path);
  const text = (await readFileChecked(file)).toString('utf8');
  const config = parseStudyConfig(parseToml(text, file), file);
  const { data, voxels, imagery } = config;
  const folder = dirname(file);
  return {
    ...config,
    data: fromFolder(data, folder),
    voxels: fromFolder(voxels, folder),
    imagery: Object.fromEntries(
      Object.entries(imagery).map(([label, { imagined, candidates }]) => [
        label,
        {
          imagined,
          candidates: typeof candidates === 'string' ? resolve(folder, candidates) : candidates,
        },
      ]),
    ),
  };
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const message = `This is not valid TOML: ${cause.message.split('\n')[0]} (column ${cause.column}).`;
    throw new FusiformError('STUDY_FILE_INVALID', message, { file, line: cause.line, cause });
  }
}

const paths = new Set(['bids', 'stimuli', 'derivatives', 'mask', 'atlas', 'atlasLabels']);

function fromFolder<Section extends object>(section: Section, folder: string): Section {
  const whole = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(whole);
    return typeof value === 'string' && !isAbsolute(value) ? resolve(folder, value) : value;
  };
  return Object.fromEntries(
    Object.entries(section).map(([key, value]) => [key, paths.has(key) ? whole(value) : value]),
  ) as Section;
}

/** The whole configuration as a study's file, every default written out. */
export function studyConfigText(config: StudyConfig): string {
  return stringify(withoutNulls(config));
}

/** TOML has no null: a setting that is off is left out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([key, part]) => [key, withoutNulls(part)]),
  );
}

/** The label in place of `{subject}`. */
export function forSubject(path: string, subject: string): string {
  return path.replaceAll('{subject}', subject);
}
