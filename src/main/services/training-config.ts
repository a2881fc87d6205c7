import { z } from 'zod';
import { FusiformError } from '../../shared/errors.ts';
import { readJsonFile } from '../formats/json/json.ts';
import { totalSteps, type VaeGanConfig, vaeGanConfigSchema } from '../generative/vaegan/config.ts';
import { type ConfigField, configFields, configLeaves } from '../generative/vaegan/config-fields.ts';
import { vaeGanPresets } from '../generative/vaegan/presets.ts';

export type PresetName = keyof typeof vaeGanPresets;

/** What a user may change of a preset, in the order in which it is applied. */
export interface ConfigChanges {
  /** A JSON file with some of the values. */
  readonly file?: string;
  /** `path=value` each, such as `loss.kl=0.5`; values are JSON, or text. */
  readonly set?: readonly string[];
  /** `vae`: all steps without a discriminator. */
  readonly kind?: 'vaegan' | 'vae';
  readonly latents?: number;
  /** Steps in all: each phase keeps its share. */
  readonly steps?: number;
  /** The same by passes through the training faces. */
  readonly epochs?: { readonly count: number; readonly trainingFaces: number };
}

export function presetConfig(preset: PresetName): VaeGanConfig {
  return vaeGanPresets[preset];
}

/**
 * A configuration with changes.
 * @throws FusiformError `PARAMETERS_INVALID` with the path of each fault, `JSON_SYNTAX`, `FILE_NOT_FOUND`.
 */
export async function changedConfig(base: VaeGanConfig, changes: ConfigChanges): Promise<VaeGanConfig> {
  const { file, set = [], latents } = changes;
  let values: unknown = base;
  if (file !== undefined) {
    values = merged(values, await readJsonFile(file));
    parseConfig(values, file);
  }
  for (const assignment of set) values = merged(values, valueAt(assignment));
  if (latents !== undefined) values = merged(values, { latentDim: latents });
  const config = parseConfig(values);
  return parseConfig({ ...config, schedule: scheduleOf(config, changes) });
}

/** A preset with what the user changed: fewer steps keep the preset's shares of the two phases. */
export function vaeGanConfigFor(
  preset: PresetName,
  changes: { readonly latents?: number; readonly steps?: number } = {},
): VaeGanConfig {
  const config = vaeGanPresets[preset];
  const latentDim = changes.latents ?? config.latentDim;
  return parseConfig({ ...config, latentDim, schedule: scheduleOf(config, changes) });
}

/** Steps that show every training face about once; a last incomplete batch is left out. */
export function stepsAnEpoch({ schedule }: VaeGanConfig, trainingFaces: number): number {
  return Math.max(1, Math.floor(trainingFaces / schedule.batchSize));
}

export interface PresetRow extends ConfigField {
  /** The value of the preset asked for. */
  readonly value: unknown;
  /** The default, which is the paper's where it or its code states one. */
  readonly paper: unknown;
}

/** All values of a preset, with what they mean and where the default is from. */
export function presetTable(preset: PresetName): PresetRow[] {
  const values = new Map(configLeaves(vaeGanPresets[preset]));
  const paper = new Map(configLeaves(vaeGanPresets.paper));
  return configFields.map((field) => ({
    ...field,
    value: values.get(field.path),
    paper: paper.get(field.path),
  }));
}

function scheduleOf(config: VaeGanConfig, { kind, steps, epochs }: ConfigChanges): VaeGanConfig['schedule'] {
  const { schedule } = config;
  const total =
    steps ??
    (epochs === undefined
      ? totalSteps(config)
      : Math.max(1, Math.round(epochs.count * stepsAnEpoch(config, epochs.trainingFaces))));
  const share = kind === 'vae' ? 1 : schedule.warmupSteps / totalSteps(config);
  const warmupSteps = Math.round(total * share);
  return { ...schedule, warmupSteps, adversarialSteps: total - warmupSteps };
}

function parseConfig(values: unknown, file?: string): VaeGanConfig {
  const parsed = vaeGanConfigSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const place = file === undefined ? {} : { file };
  const faults = `${z.prettifyError(parsed.error)}\n\`fusiform model presets\` lists every value with its path, meaning and default.`;
  throw new FusiformError('PARAMETERS_INVALID', faults, place);
}

/** Objects are merged, all else is replaced. */
function merged(base: unknown, changes: unknown): unknown {
  if (!isPlain(base) || !isPlain(changes)) return changes;
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(changes)) result[name] = merged(base[name], value);
  return result;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(assignment: string): unknown {
  const at = assignment.indexOf('=');
  if (at < 1) {
    throw new FusiformError(
      'PARAMETERS_INVALID',
      `"${assignment}" is not of the form path=value, such as loss.kl=0.5`,
    );
  }
  const [path, text] = [assignment.slice(0, at), assignment.slice(at + 1)];
  return path.split('.').reduceRight((value: unknown, name) => ({ [name]: value }), jsonOrText(text));
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
