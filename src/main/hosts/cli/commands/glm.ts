import type { Command } from 'commander';
import { Option } from 'commander';
import { FusiformError } from '../../../../shared/errors.ts';
import { identifyCategories } from '../../../services/categories.ts';
import {
  type ContrastRequest,
  estimatePatterns,
  type FixedEffectsKind,
  fitGlm,
  type ModulatorScaling,
  type NoiseModel,
  type SingleTrialKind,
} from '../../../services/glm.ts';
import { type GlmOptions, glmSettingsOf, withGlmOptions } from '../glm-options.ts';
import { collect, list, parquetOption, positiveInteger, seedOption } from '../options.ts';
import { indexOptions, type StudyOptions, withStudyOptions } from '../study-options.ts';
import { type MakeTerminal, table } from '../terminal.ts';

interface RunOptions extends GlmOptions, StudyOptions {
  readonly bids: string;
  readonly subject: string;
  readonly task?: string;
  readonly session?: string;
  readonly run?: string;
  readonly mask?: string;
  readonly parquet: boolean;
  readonly out: string;
}

interface FitOptions {
  readonly contrast?: string[];
  readonly fContrast?: string[];
  readonly noise: NoiseModel;
  readonly fixedEffects: FixedEffectsKind;
  readonly modulators?: string[];
  readonly modulatorScaling: ModulatorScaling;
  readonly modelMaps: boolean;
}

interface PatternOptions {
  readonly noise: NoiseModel;
  readonly condition?: string[];
  readonly singleTrial?: SingleTrialKind;
  readonly estimate: 't' | 'effect';
}

export function addGlmCommands(program: Command, makeTerminal: MakeTerminal): void {
  const glm = program.command('glm').description('general linear models of a BIDS subject');

  withRunOptions(glm.command('fit'))
    .description('fit the runs of a subject and write maps of contrasts (effect, variance, t or F, z, p)')
    .option('--contrast <expression>', 't contrast, such as "face - house"; may be given again', collect)
    .option(
      '--f-contrast <rows>',
      'F contrast: expressions separated by ";", such as "face - house; cat - house"; may be given again',
      collect,
    )
    .addOption(noiseOption())
    .addOption(
      new Option('--fixed-effects <kind>', 'how runs are combined: mean of effects, or weighted by precision')
        .choices(['mean', 'precision'])
        .default('mean'),
    )
    .option(
      '--modulators <columns>',
      'numeric columns of the events files, by commas, that modulate their conditions',
      list,
    )
    .addOption(
      new Option(
        '--modulator-scaling <kind>',
        'values of modulators: as they are, less their mean, or orthogonal in order',
      )
        .choices(['raw', 'centred', 'orthogonal'])
        .default('centred'),
    )
    .option('--model-maps', 'write residual variance and R2 too', false)
    .addHelpText(
      'after',
      `
One model a run; several runs are combined as fixed effects. Effects are in the units of the images.
A contrast is a weighted sum of columns, or a row of numbers "[1 -1 0]" in their order; "name = face - house" names its
maps. In an F contrast "face_delay_*" stands for a row a column that begins so.
A run whose data are refused is listed and left out; a lone run that is refused ends the command.

Example:
  fusiform glm fit --bids haxby --subject 01 --task objectviewing --mask brain.nii.gz \\
    --hrf spm --drift cosine --high-pass 0.01 --noise ar1 --contrast "face - house" --out maps`,
    )
    .action(async (options: RunOptions & FitOptions) => {
      const contrasts = [
        ...(options.contrast ?? []).map((text) => contrastOf(text, 't')),
        ...(options.fContrast ?? []).map((text) => contrastOf(text, 'F')),
      ];
      if (contrasts.length === 0) {
        throw new FusiformError('USAGE', 'Give a contrast with --contrast or --f-contrast.');
      }
      const terminal = makeTerminal();
      const outcome = await fitGlm({
        ...glmRequest(options),
        noise: options.noise,
        contrasts,
        fixedEffects: options.fixedEffects,
        ...(options.modulators === undefined ? {} : { modulators: options.modulators }),
        modulatorScaling: options.modulatorScaling,
        modelMaps: options.modelMaps,
        signal: terminal.signal,
        onEvent: (event) => terminal.progress.show(event),
      });
      terminal.outcome(outcome, ({ summary }) =>
        [
          `${(summary.runs as string[]).length} runs, ${summary.voxels} voxels, ${summary.dof} degrees of freedom, noise ${summary.noise}`,
          table(
            Object.entries(summary.maps as Record<string, Record<string, string>>).flatMap(
              ([contrast, maps]) => Object.entries(maps).map(([stat, file]) => [contrast, stat, file]),
            ),
          ),
        ].join('\n'),
      );
    });

  withRunOptions(glm.command('patterns'))
    .description('estimate one pattern a condition and run, or one a trial')
    .addOption(noiseOption())
    .addOption(
      new Option('--single-trial <kind>', 'a pattern a trial: all in one model, or a model a trial').choices([
        'lsa',
        'lss',
      ]),
    )
    .option(
      '--condition <name>',
      'a trial type (default: all that every run has); may be given again',
      collect,
    )
    .addOption(
      new Option('--estimate <kind>', 'what stands for a response: its t value, or the effect itself')
        .choices(['t', 'effect'])
        .default('t'),
    )
    .addHelpText(
      'after',
      `
Example:
  fusiform glm patterns --bids haxby --subject 01 --task objectviewing --mask vt.nii.gz --out patterns`,
    )
    .action(async (options: RunOptions & PatternOptions) => {
      const terminal = makeTerminal();
      const outcome = await estimatePatterns({
        ...glmRequest(options),
        noise: options.noise,
        conditions: options.condition ?? [],
        ...(options.singleTrial === undefined ? {} : { singleTrial: options.singleTrial }),
        estimate: options.estimate,
        signal: terminal.signal,
        onEvent: (event) => terminal.progress.show(event),
      });
      terminal.outcome(outcome, ({ summary }) =>
        summary.trials === undefined
          ? `${summary.runs} runs x ${(summary.conditions as string[]).length} conditions x ${summary.voxels} voxels`
          : `${summary.trials} trials of ${summary.runs} runs x ${summary.voxels} voxels`,
      );
    });

  program
    .command('identify')
    .description('identify categories from patterns, leaving one run out at a time')
    .argument('<patterns>', 'folder that `glm patterns` wrote')
    .option('--permutations <n>', 'permutations of the labels within runs', positiveInteger, 10000)
    .addOption(seedOption())
    .addHelpText('after', '\nExample:\n  fusiform identify patterns')
    .action(async (dir: string, options: { permutations: number; seed: number }) => {
      const terminal = makeTerminal();
      const result = await identifyCategories(dir, options, {
        signal: terminal.signal,
        report: (progress) => terminal.progress.report('identify', progress),
      });
      terminal.result(result, describeIdentification);
    });
}

const noiseOption = () =>
  new Option('--noise <model>', 'noise: white, AR(1) for the whole brain as SPM, AR(1) a voxel as nilearn')
    .choices(['ols', 'ar1-global', 'ar1'])
    .default('ols');

function withRunOptions(command: Command): Command {
  const withRuns = withStudyOptions(command)
    .requiredOption('--bids <path>', 'the study: a folder, or a table of runs')
    .requiredOption('--subject <label>', 'subject, with or without sub-')
    .option('--task <label>', 'task (default: all)')
    .option('--session <label>', 'session (default: all)')
    .option('--run <label>', 'run (default: all)')
    .option('--mask <file>', 'mask on the grid of the runs (default: the brain found in the mean image)');
  return withGlmOptions(withRuns)
    .addOption(parquetOption())
    .requiredOption('--out <dir>', 'folder for the results');
}

function glmRequest(options: RunOptions) {
  const { bids, subject, task, session, run, mask, out } = options;
  return {
    bids,
    subject,
    ...(task === undefined ? {} : { task }),
    ...(session === undefined ? {} : { session }),
    ...(run === undefined ? {} : { run }),
    ...(mask === undefined ? {} : { mask }),
    outDir: out,
    settings: glmSettingsOf(options),
    parquet: options.parquet,
    ...indexOptions(options),
  };
}

/** `name = expression`, or the expression alone. */
function contrastOf(text: string, kind: ContrastRequest['kind']): ContrastRequest {
  const named = /^\s*([A-Za-z]\w*)\s*=\s*(.+)$/s.exec(text);
  return named === null
    ? { label: null, kind, expression: text.trim() }
    : { label: named[1], kind, expression: named[2].trim() };
}

function describeIdentification(result: Awaited<ReturnType<typeof identifyCategories>>): string {
  const { conditions, confusion, accuracy, accuracyP, pairwise, pairwiseP, nRuns } = result;
  return [
    `${conditions.length}-way identification ${accuracy.toFixed(3)} (chance ${(1 / conditions.length).toFixed(3)}, permutation p = ${accuracyP.toPrecision(2)}), ${nRuns} runs left out in turn`,
    `Pairwise identification ${pairwise.toFixed(3)} (chance 0.500, permutation p = ${pairwiseP.toPrecision(2)})`,
    '',
    'Said (columns) of what was shown (rows):',
    table([['', ...conditions], ...conditions.map((name, row) => [name, ...confusion[row].map(String)])]),
  ].join('\n');
}
