import { designConventions } from '../glm/convolver.ts';
import { driftModels } from '../glm/drift.ts';
import { hrfModels } from '../glm/hrf.ts';
import { defaultGlmSettings } from '../jobs/stages/glm-settings.ts';

export interface FitParameter {
  /** Its place in the settings, by dots. */
  readonly key: string;
  readonly group: 'response' | 'drift' | 'confounds' | 'censoring';
  readonly name: string;
  readonly description: string;
  readonly unit: string | null;
  readonly control:
    | { readonly kind: 'choice'; readonly options: readonly string[]; readonly isNumber: boolean }
    | { readonly kind: 'number'; readonly min: number; readonly step: number; readonly optional: boolean }
    | { readonly kind: 'words' };
  readonly default: string | number | readonly string[] | null;
  /** What VanRullen & Reddy (2019) did; null where they do not say. */
  readonly paper: string | null;
  /** Where the default, or the article's value, comes from. */
  readonly source: string;
}

const article = 'VanRullen & Reddy (2019), Methods';

const choice = (options: readonly (string | number)[]): FitParameter['control'] => ({
  kind: 'choice',
  options: options.map(String),
  isNumber: typeof options[0] === 'number',
});
const number = (min: number, step: number, optional = false): FitParameter['control'] => ({
  kind: 'number',
  min,
  step,
  optional,
});

const described: readonly Omit<FitParameter, 'default'>[] = [
  {
    key: 'hrfModel',
    group: 'response',
    name: 'Haemodynamic response',
    description: 'Shape that events are convolved with.',
    unit: null,
    control: choice(hrfModels.filter((model) => model !== 'fir')),
    paper: 'canonical (SPM)',
    source: article,
  },
  {
    key: 'convention',
    group: 'response',
    name: 'Convention',
    description: 'Whose way of sampling the convolved events.',
    unit: null,
    control: choice(designConventions),
    paper: 'spm',
    source: 'the article used SPM12; nilearn samples at the start of a volume',
  },
  {
    key: 'sliceTimeReference',
    group: 'response',
    name: 'Slice time',
    description: 'When in a volume its data were taken, as a share of the repetition time.',
    unit: 'of TR',
    control: number(0, 0.05),
    paper: null,
    source: '0: the start of the volume, as nilearn; 0.5 after slice timing to the middle slice',
  },
  {
    key: 'driftModel',
    group: 'drift',
    name: 'Drift',
    description: 'What slow changes of the signal are modelled by.',
    unit: null,
    control: choice(driftModels),
    paper: null,
    source: 'SPM and nilearn take cosines',
  },
  {
    key: 'highPass',
    group: 'drift',
    name: 'High-pass',
    description: 'Changes slower than this are taken out by the cosines.',
    unit: 'Hz',
    control: number(0.001, 0.001),
    paper: null,
    source: 'nilearn 0.01; SPM 1/128 = 0.0078',
  },
  {
    key: 'driftOrder',
    group: 'drift',
    name: 'Polynomial order',
    description: 'Of the polynomial drift model.',
    unit: null,
    control: number(0, 1),
    paper: null,
    source: 'nilearn',
  },
  {
    key: 'motion',
    group: 'confounds',
    name: 'Head motion',
    description: 'Parameters: none, the six, with their changes (12), with the squares of both (24).',
    unit: null,
    control: choice([0, 6, 12, 24]),
    paper: '6',
    source: `${article}: motion parameters as nuisance; the six are assumed`,
  },
  {
    key: 'compCor',
    group: 'confounds',
    name: 'CompCor components',
    description: 'Of the noise that white matter and fluid share, as fMRIPrep lists it.',
    unit: null,
    control: number(0, 1),
    paper: '0',
    source: article,
  },
  {
    key: 'confounds',
    group: 'confounds',
    name: 'Other confounds',
    description: 'Columns of the tables of confounds, by commas; * stands for any characters.',
    unit: null,
    control: { kind: 'words' },
    paper: 'none',
    source: article,
  },
  {
    key: 'missingConfounds',
    group: 'confounds',
    name: 'Missing values',
    description:
      'What the first value of a difference becomes; censor leaves out other volumes without a value too.',
    unit: null,
    control: choice(['zero', 'mean', 'censor']),
    paper: null,
    source: 'nilearn takes the mean; 0 is what did not change',
  },
  {
    key: 'censor.framewiseDisplacement',
    group: 'censoring',
    name: 'Framewise displacement above',
    description: 'Volumes that moved more are left out; empty: none.',
    unit: 'mm',
    control: number(0.05, 0.05, true),
    paper: 'none',
    source: 'Power et al. (2012) take 0.5 mm',
  },
  {
    key: 'censor.stdDvars',
    group: 'censoring',
    name: 'Standardised DVARS above',
    description: 'Volumes that changed more are left out; empty: none.',
    unit: null,
    control: number(0.1, 0.1, true),
    paper: 'none',
    source: 'fMRIPrep marks 1.5',
  },
];

/** The settings of the model of a run, as a form shows them: each with its default, the article's value and the source. */
export const fitParameters: readonly FitParameter[] = described.map((parameter) => ({
  ...parameter,
  default: valueAt(defaultGlmSettings, parameter.key),
}));

function valueAt(settings: object, key: string): FitParameter['default'] {
  const value = key
    .split('.')
    .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], settings);
  return value as FitParameter['default'];
}
