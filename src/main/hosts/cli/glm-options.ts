import { type Command, InvalidArgumentError, Option } from 'commander';
import { FusiformError } from '../../../shared/errors.ts';
import { type GlmSettingsInput, hrfModels } from '../../services/glm.ts';
import { confoundColumns, integer, number, positiveInteger, positiveNumber } from './options.ts';

/** How a run is modelled, as the command line says it. */
export interface GlmOptions {
  readonly hrf: NonNullable<GlmSettingsInput['hrfModel']>;
  readonly firDelays?: number[];
  readonly hrfParameters?: NonNullable<GlmSettingsInput['hrfShape']>;
  readonly convention: NonNullable<GlmSettingsInput['convention']>;
  readonly microtimeResolution: number;
  readonly microtimeOnset: number;
  readonly sliceTimeRef: number;
  readonly drift: NonNullable<GlmSettingsInput['driftModel']>;
  readonly highPass: number;
  readonly driftOrder: number;
  readonly confounds?: string;
  readonly motion: NonNullable<GlmSettingsInput['motion']>;
  readonly motionModel: NonNullable<GlmSettingsInput['motionModel']>;
  readonly compcor: number;
  readonly compcorMask: NonNullable<GlmSettingsInput['compCorMask']>;
  readonly censorFd?: number;
  readonly censorDvars?: number;
  readonly censorOutliers: boolean;
  readonly censorBefore: number;
  readonly censorAfter: number;
  readonly censorShortest: number;
  readonly missingConfounds: NonNullable<GlmSettingsInput['missingConfounds']>;
}

/** Adds the options of a run's model, with their defaults, to a command. */
export function withGlmOptions(command: Command): Command {
  return command
    .addOption(new Option('--hrf <model>', 'haemodynamic response').choices(hrfModels).default('spm'))
    .option('--fir-delays <volumes>', 'delays of the model "fir": 0-9, or 0,1,2,4 (default: 0)', delays)
    .option(
      '--hrf-parameters <p>',
      "own shape as SPM's p(1) to p(5): delays of peak and undershoot, their dispersions (s), ratio, such as 6,16,1,1,6",
      hrfShape,
    )
    .addOption(
      new Option('--convention <whose>', 'whose way of building a design')
        .choices(['nilearn', 'spm'])
        .default('nilearn'),
    )
    .option('--microtime-resolution <bins>', "bins a volume in SPM's convention", positiveInteger, 16)
    .option('--microtime-onset <bin>', "bin, from 1, that is sampled in SPM's convention", positiveInteger, 8)
    .option(
      '--slice-time-ref <share>',
      "when in a volume its data were taken, 0 to 1, in nilearn's convention",
      number,
      0,
    )
    .addOption(
      new Option('--drift <model>', 'drift model')
        .choices(['cosine', 'polynomial', 'none'])
        .default('cosine'),
    )
    .option('--high-pass <hz>', 'cut-off of the cosine drift model', number, 0.01)
    .option('--drift-order <n>', 'order of the polynomial drift model', integer, 1)
    .option(
      '--confounds <columns>',
      'columns of the confounds tables, by commas; * stands for any characters; "motion" for the six of motion',
    )
    .addOption(
      new Option('--motion <n>', 'parameters of head motion: 6, 12 with their changes, 24 with squares')
        .choices(['0', '6', '12', '24'])
        .default(0)
        .argParser(motionCount),
    )
    .addOption(
      new Option('--motion-model <kind>', 'what stands beside the six: changes, or the volume before')
        .choices(['derivatives', 'shifts'])
        .default('derivatives'),
    )
    .option('--compcor <n>', 'components of CompCor', integer, 0)
    .addOption(
      new Option('--compcor-mask <mask>', 'where the components come from')
        .choices(['combined', 'csf', 'white-matter', 'csf-and-white-matter', 'temporal'])
        .default('combined'),
    )
    .option('--censor-fd <mm>', 'leave out volumes of larger framewise displacement', positiveNumber)
    .option('--censor-dvars <x>', 'leave out volumes of larger standardised DVARS', positiveNumber)
    .option('--censor-outliers', "leave out fMRIPrep's motion_outlier and non_steady_state volumes", false)
    .option('--censor-before <n>', 'volumes left out before each', integer, 0)
    .option('--censor-after <n>', 'volumes left out after each', integer, 0)
    .option('--censor-shortest <n>', 'leave out kept stretches shorter than this', integer, 0)
    .addOption(
      new Option(
        '--missing-confounds <policy>',
        'first value of differences: zero or mean; censor: leave out volumes with other missing values too',
      )
        .choices(['zero', 'mean', 'censor'])
        .default('zero'),
    );
}

/** @throws FusiformError USAGE where an option needs another that was not given */
export function glmSettingsOf(options: GlmOptions): GlmSettingsInput {
  if (options.firDelays !== undefined && options.hrf !== 'fir') {
    throw new FusiformError('USAGE', '--fir-delays are those of the model "fir": give --hrf fir.');
  }
  return {
    hrfModel: options.hrf,
    ...(options.firDelays === undefined ? {} : { firDelays: options.firDelays }),
    ...(options.hrfParameters === undefined ? {} : { hrfShape: options.hrfParameters }),
    convention: options.convention,
    microtimeResolution: options.microtimeResolution,
    microtimeOnset: options.microtimeOnset,
    sliceTimeReference: options.sliceTimeRef,
    driftModel: options.drift,
    highPass: options.highPass,
    driftOrder: options.driftOrder,
    confounds: confoundColumns(options.confounds),
    motion: options.motion,
    motionModel: options.motionModel,
    compCor: options.compcor,
    compCorMask: options.compcorMask,
    censor: {
      framewiseDisplacement: options.censorFd ?? null,
      stdDvars: options.censorDvars ?? null,
      outlierColumns: options.censorOutliers,
      before: options.censorBefore,
      after: options.censorAfter,
      shortest: options.censorShortest,
    },
    missingConfounds: options.missingConfounds,
  };
}

function motionCount(text: string): 0 | 6 | 12 | 24 {
  const value = Number(text);
  if (value !== 0 && value !== 6 && value !== 12 && value !== 24) {
    throw new InvalidArgumentError('0, 6, 12 or 24 is needed.');
  }
  return value;
}

/** `0-9` or `0,1,2,4`. */
function delays(text: string): number[] {
  const result = text.split(',').flatMap((part) => {
    const range = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part);
    if (range === null) return [integer(part)];
    const [first, last] = [Number(range[1]), Number(range[2])];
    if (last < first || last - first > 1000) throw new InvalidArgumentError('A range such as 0-9 is needed.');
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (result.some((delay) => delay < 0)) throw new InvalidArgumentError('Delays are not negative.');
  return [...new Set(result)];
}

function hrfShape(text: string): NonNullable<GlmSettingsInput['hrfShape']> {
  const values = text.split(',').map(number);
  if (values.length !== 5 || values.some((value) => value <= 0)) {
    throw new InvalidArgumentError('Five numbers above 0 are needed, such as 6,16,1,1,6.');
  }
  const [delay, undershootDelay, dispersion, undershootDispersion, ratio] = values;
  return { delay, undershootDelay, dispersion, undershootDispersion, undershootRatio: 1 / ratio };
}
