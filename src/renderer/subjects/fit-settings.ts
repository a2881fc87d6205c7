import type { FittedWith } from '../../shared/contract/decoding.ts';
import type { FitParameter } from '../../shared/contract/subjects.ts';

export type Rule = FittedWith['faceRule'];

/** Everything that a fit can be told, as the form holds it. */
export interface FitSettings {
  readonly settings: Readonly<Record<string, JsonValue>>;
  readonly noise: 'ols' | 'ar1';
  readonly faceRule: Rule;
  readonly gainRule: Rule;
  readonly gainMeasure: 'f' | 'cross-validated';
  readonly folds: number;
  readonly mask: string;
  readonly maskThreshold: number;
  readonly stimuli: string;
  readonly crop: number;
  readonly allowNear: boolean;
  readonly atlas: string;
  readonly atlasLabels: string;
}

type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

export const defaultFit: FitSettings = {
  settings: {},
  noise: 'ar1',
  faceRule: { kind: 'fdr', q: 0.05 },
  gainRule: { kind: 'fraction', keep: 2 / 3 },
  gainMeasure: 'f',
  folds: 0,
  mask: '',
  maskThreshold: 0.5,
  stimuli: '',
  crop: 0.8,
  allowNear: false,
  atlas: '',
  atlasLabels: '',
};

/** The form as the mapping that is there was fitted. Files (mask, atlas, pictures) are not known by their names any more. */
export function settingsOf(fitted: FittedWith): FitSettings {
  const { runs: _, ...known } = fitted;
  return { ...defaultFit, ...known };
}

/** The request for a job; what is empty is left to its default. */
export function mapRequest(subject: string, model: string, fit: FitSettings) {
  const { mask, stimuli, atlas, atlasLabels, settings, ...rest } = fit;
  const named = Object.entries({ mask, stimuli, atlas, atlasLabels }).filter(([, path]) => path !== '');
  return { subject, model, ...rest, settings: { ...settings }, ...Object.fromEntries(named) };
}

/** A setting by its place; what is not set has its default. */
export function settingOf(
  settings: FitSettings['settings'],
  { key, default: value }: FitParameter,
): JsonValue {
  const found = key
    .split('.')
    .reduce<JsonValue | undefined>(
      (at, name) => (at !== null && typeof at === 'object' && !Array.isArray(at) ? at[name] : undefined),
      { ...settings },
    );
  return found === undefined ? value : found;
}

/** The settings with one of them changed. */
export function withSetting(
  settings: FitSettings['settings'],
  key: string,
  value: JsonValue,
): FitSettings['settings'] {
  const [first, second] = key.split('.');
  if (first === undefined) return settings;
  if (second === undefined) return { ...settings, [first]: value };
  const inner = settings[first];
  const known = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner : {};
  return { ...settings, [first]: { ...known, [second]: value } };
}
