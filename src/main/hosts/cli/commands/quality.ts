import type { Command } from 'commander';
import {
  defaultThresholds,
  examineDataset,
  examineSubject,
  listedRuns,
  type QualityOptions,
  reportPath,
} from '../../../services/quality.ts';
import type { StageOutcome } from '../../../services/workspace.ts';
import { type GlmOptions, glmSettingsOf, withGlmOptions } from '../glm-options.ts';
import { fraction, parquetOption, positiveNumber, projectOption } from '../options.ts';
import { indexOptions, type StudyOptions, withStudyOptions } from '../study-options.ts';
import { type MakeTerminal, type Terminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface SharedOptions extends GlmOptions {
  readonly subject: string;
  readonly session?: string;
  readonly run?: string;
  readonly mask?: string;
  readonly atlas?: string;
  readonly atlasLabels?: string;
  readonly fdThreshold: number;
  readonly dvarsThreshold: number;
  readonly outlierThreshold: number;
  readonly parquet: boolean;
}

const explanation = `
Looks at every run before it is used: temporal signal-to-noise ratio, framewise displacement, DVARS, outliers, drift,
slices without signal, carpet plots, the design with its correlations, and runs that differ from the others. Writes
report.html (one file, no network), qc.tsv, qc.json, maps, and a table of volumes a run. A run that cannot be read is
listed and left out of the report; nothing is left out of later steps by itself.
`;

/** `fusiform qc`: a study without a project. */
export function addQualityCommand(program: Command, makeTerminal: MakeTerminal): void {
  withStudyOptions(withQualityOptions(program.command('qc')))
    .description('quality control of a subject of a study')
    .requiredOption('--bids <dir>', 'the study: a folder, or a table of runs')
    .option('--task <label>', 'task (default: all)')
    .requiredOption('--out <dir>', 'folder for the results')
    .addHelpText(
      'after',
      `${explanation}
Example:
  fusiform qc --bids haxby --subject 01 --out qc-01`,
    )
    .action(async (options: SharedOptions & StudyOptions & { bids: string; task?: string; out: string }) => {
      const terminal = makeTerminal();
      const outcome = await examineDataset({
        ...qualityOptions(options),
        bids: options.bids,
        ...indexOptions(options),
        subject: options.subject,
        ...(options.task === undefined ? {} : { task: options.task }),
        outDir: options.out,
        signal: terminal.signal,
        onEvent: (event) => terminal.progress.show(event),
      });
      show(terminal, outcome);
    });
}

/** `fusiform subject qc`: a subject of a project. */
export function addSubjectQualityCommand(subject: Command, makeTerminal: MakeTerminal): void {
  withQualityOptions(subject.command('qc'))
    .description('quality control of the runs of a subject')
    .addOption(projectOption())
    .addHelpText(
      'after',
      `${explanation}
Example:
  fusiform subject qc --subject 01 -p study`,
    )
    .action((options: SharedOptions & { project: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        show(
          terminal,
          await examineSubject(workspace, { ...qualityOptions(options), subject: options.subject }),
        );
      }),
    );
}

function withQualityOptions(command: Command): Command {
  return withGlmOptions(command)
    .requiredOption('--subject <label>', 'subject, with or without sub-')
    .option('--session <label>', 'session (default: all)')
    .option('--run <label>', 'run (default: all)')
    .option(
      '--mask <file>',
      "mask (default: the dataset's brain mask, else the brain found in the mean image)",
    )
    .option('--atlas <image>', 'order carpets by the labels of this image (default: by tissue)')
    .option('--atlas-labels <table>', 'its labels: BIDS TSV, FSL XML, FreeSurfer or AAL text, JSON')
    .option('--fd-threshold <mm>', 'framewise displacement of a volume', positiveNumber, defaultThresholds.fd)
    .option(
      '--dvars-threshold <value>',
      'standardised DVARS of a volume',
      positiveNumber,
      defaultThresholds.stdDvars,
    )
    .option(
      '--outlier-threshold <share>',
      'share of the voxels that are outliers in a volume',
      fraction,
      defaultThresholds.outlierFraction,
    )
    .addOption(parquetOption());
}

function qualityOptions(options: SharedOptions): QualityOptions {
  const { session, run, mask, atlas, atlasLabels, parquet } = options;
  return {
    ...(session === undefined ? {} : { session }),
    ...(run === undefined ? {} : { run }),
    ...(mask === undefined ? {} : { mask }),
    ...(atlas === undefined ? {} : { atlas }),
    ...(atlasLabels === undefined ? {} : { atlasLabels }),
    thresholds: {
      fd: options.fdThreshold,
      stdDvars: options.dvarsThreshold,
      outlierFraction: options.outlierThreshold,
    },
    settings: glmSettingsOf(options),
    parquet,
  };
}

function show(terminal: Terminal, outcome: StageOutcome): void {
  terminal.outcome(outcome, ({ summary }) => {
    const runs = listedRuns(summary);
    return [
      `${summary.runs} runs, ${summary.voxels} voxels: ${summary.bad} bad, ${summary.look} to look at, ${summary.good} good`,
      table([
        ['run', 'verdict', 'tSNR', 'mean FD (mm)', 'largest std. DVARS', 'drift (%)', 'what for'],
        ...runs.map((run) => [
          run.label,
          run.verdict,
          run.tsnr_detrended.toFixed(1),
          run.fd_mean === null ? 'n/a' : run.fd_mean.toFixed(3),
          run.dvars_std_max.toFixed(2),
          run.drift_perc.toFixed(1),
          run.reasons.join('; '),
        ]),
      ]),
      `Report: ${reportPath(outcome)}`,
    ].join('\n');
  });
}
