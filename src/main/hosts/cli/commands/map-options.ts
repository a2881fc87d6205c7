import { type Command, Option } from 'commander';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import type { GainMeasure, SelectionRule, VoxelRequest } from '../../../services/voxels.ts';
import { type GlmOptions, glmSettingsOf, withGlmOptions } from '../glm-options.ts';
import { collect, fraction, integer, number, positiveInteger } from '../options.ts';
import { subjectAndModel } from './subject-and-model.ts';

/** Options of every command that models a subject's runs. */
export interface RunModelOptions extends GlmOptions {
  readonly project: string;
  readonly subject: string;
  readonly mask?: string;
  readonly maskThreshold: number;
  readonly noise: 'ols' | 'ar1';
}

export interface RegionOptions {
  readonly atlas?: string;
  readonly atlasLabels?: string;
  readonly region?: string[];
  readonly regionMask?: string[];
}

/** Options of every command that needs a subject's encoding model and a choice of its voxels. */
export interface MapOptions extends RunModelOptions, RegionOptions {
  readonly engine: EngineRequest;
  readonly model: string;
  readonly stimuli?: string;
  readonly crop: number;
  readonly faceFdr: number;
  readonly faceP?: number;
  readonly faceKeep?: number;
  readonly faceCount?: number;
  readonly faceAll?: true;
  readonly gainKeep: number;
  readonly gainFdr?: number;
  readonly gainP?: number;
  readonly gainCount?: number;
  readonly gainAll?: true;
  readonly gainMeasure: GainMeasure;
  readonly folds: number;
  readonly allowNear: boolean;
}

export function withRunModelOptions(command: Command): Command {
  const withMask = command
    .option('--mask <file>', 'voxels to consider (default: grey matter, else brain, of the dataset)')
    .option(
      '--mask-threshold <p>',
      'of a probability map (fMRIPrep probseg, SPM c1) the least probability that counts',
      fraction,
      0.5,
    )
    .addOption(
      new Option('--noise <model>', 'white noise, or correlated from volume to volume')
        .choices(['ols', 'ar1'])
        .default('ar1'),
    );
  return withGlmOptions(withMask);
}

export function withMapOptions(command: Command): Command {
  return withRegionOptions(
    withRunModelOptions(subjectAndModel(command))
      .option('--stimuli <dir>', 'folder of the pictures shown (default: stimuli/ of the dataset)')
      .option(
        '--crop <share>',
        'share of the centre square of a picture to keep (the paper: 0.8)',
        fraction,
        0.8,
      )
      .option('--face-fdr <q>', 'false discovery rate of voxels that respond to faces', number, 0.05)
      .option('--face-p <p>', 'instead: uncorrected p-value of that response', number)
      .option(
        '--face-keep <share>',
        'instead: share of the voxels to keep, those that respond most',
        fraction,
      )
      .option(
        '--face-count <n>',
        'instead: number of voxels to keep, those that respond most',
        positiveInteger,
      )
      .option('--face-all', 'instead: whether voxels respond to faces does not count')
      .option(
        '--gain-keep <share>',
        'share of the voxels to keep, those whose variance the latents explain best',
        fraction,
        2 / 3,
      )
      .option('--gain-fdr <q>', 'instead: false discovery rate of that gain', number)
      .option('--gain-p <p>', 'instead: uncorrected p-value of that gain', number)
      .option('--gain-count <n>', 'instead: number of voxels to keep, those that gain most', positiveInteger)
      .option('--gain-all', 'instead: the gain does not count')
      .addOption(
        new Option('--gain-measure <kind>', 'the gain as F over all runs, or in runs that were left out')
          .choices(['f', 'cross-validated'])
          .default('f'),
      )
      .option(
        '--folds <n>',
        'folds of runs to leave out in turn, for the cross-validated gain (0: none)',
        integer,
        0,
      )
      .option(
        '--allow-near',
        'go on where test pictures are nearly, not exactly, training pictures; they are listed',
        false,
      ),
  );
}

export function withRegionOptions(command: Command): Command {
  return command
    .option('--atlas <image>', 'draw regions by the labels of this image (default: thirds by position)')
    .option('--atlas-labels <table>', 'its labels: BIDS TSV, FSL XML, FreeSurfer or AAL text, JSON')
    .option(
      '--region <name=labels>',
      'a region as labels of the atlas, by commas; may be given again (default: the three of the paper, by name)',
      collect,
    )
    .option('--region-mask <name=image>', 'a region as a mask; may be given again', collect);
}

export async function mapRequest(options: MapOptions): Promise<VoxelRequest> {
  const { kind: engine } = await chooseEngine(options.engine);
  return {
    model: options.model,
    engine,
    crop: options.crop,
    ...runModelRequest(options),
    faceRule: faceRule(options),
    gainRule: gainRule(options),
    gainMeasure: options.gainMeasure,
    folds: options.folds,
    allowNear: options.allowNear,
    ...regionRequest(options),
    ...(options.stimuli === undefined ? {} : { stimuli: options.stimuli }),
  };
}

export function runModelRequest(options: RunModelOptions) {
  return {
    subject: options.subject,
    settings: glmSettingsOf(options),
    noise: options.noise,
    maskThreshold: options.maskThreshold,
    ...(options.mask === undefined ? {} : { mask: options.mask }),
  } as const;
}

export function regionRequest({ atlas, atlasLabels, region, regionMask }: RegionOptions) {
  return {
    ...(atlas === undefined ? {} : { atlas }),
    ...(atlasLabels === undefined ? {} : { atlasLabels }),
    ...(region === undefined ? {} : { regions: region }),
    ...(regionMask === undefined ? {} : { regionMasks: regionMask }),
  };
}

function faceRule({ faceAll, faceP, faceKeep, faceCount, faceFdr }: MapOptions): SelectionRule {
  if (faceAll) return { kind: 'all' };
  if (faceP !== undefined) return { kind: 'p', p: faceP };
  if (faceKeep !== undefined) return { kind: 'fraction', keep: faceKeep };
  if (faceCount !== undefined) return { kind: 'count', keep: faceCount };
  return { kind: 'fdr', q: faceFdr };
}

function gainRule({ gainAll, gainP, gainFdr, gainCount, gainKeep }: MapOptions): SelectionRule {
  if (gainAll) return { kind: 'all' };
  if (gainP !== undefined) return { kind: 'p', p: gainP };
  if (gainFdr !== undefined) return { kind: 'fdr', q: gainFdr };
  if (gainCount !== undefined) return { kind: 'count', keep: gainCount };
  return { kind: 'fraction', keep: gainKeep };
}
