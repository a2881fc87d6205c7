import type { Command } from 'commander';
import { type CheckRequest, checkStudy, type StudyCheck } from '../../../../services/check/check-study.ts';
import type { Workspace } from '../../../../services/workspace.ts';
import { exitCodes } from '../../exit-codes.ts';
import { collect } from '../../options.ts';
import { indexOptions, type StudyOptions, withStudyOptions } from '../../study-options.ts';
import { type MakeTerminal, nearest, table } from '../../terminal.ts';
import { viewWorkspace } from '../../with-workspace.ts';

interface CheckOptions extends StudyOptions {
  readonly project?: string;
  readonly bids: string;
  readonly subject?: string[];
  readonly task?: string;
  readonly stimuli?: string;
  readonly faces?: string;
  readonly deep: boolean;
  readonly tsv?: string;
}

export function addCheckCommand(subject: Command, makeTerminal: MakeTerminal): void {
  withStudyOptions(subject.command('check'))
    .description('list everything that is missing or contradictory in a study, before anything runs')
    .requiredOption('--bids <path>', 'the study: a folder, or a table of runs')
    .option('--subject <label>', 'subject (default: every one); may be given again', collect)
    .option('--task <label>', 'task (default: every one)')
    .option('--stimuli <dir>', 'folder of the pictures that were shown (default: stimuli of the dataset)')
    .option('--faces <name>', 'face set of the project that the pictures must be in')
    .option('--deep', 'read every volume of every image, not the headers alone', false)
    .option('--tsv <file>', 'write all issues as a table')
    .option(
      '-p, --project <dir>',
      'the project whose role tables hold (default: FUSIFORM_PROJECT, else none)',
    )
    .addHelpText(
      'after',
      `
Exit code 3 where a run cannot be used; 0 where there are warnings and notes alone.

Examples:
  fusiform subject check --bids ds001761 --tsv issues.tsv
  fusiform subject check --bids study --subject 01 --deep --json`,
    )
    .action(async (options: CheckOptions) => {
      const terminal = makeTerminal();
      const context = {
        signal: terminal.signal,
        report: terminal.progress.report.bind(terminal.progress, 'check the study'),
      };
      const project = options.project ?? process.env.FUSIFORM_PROJECT;
      const check = (workspace: Workspace | null) => checkStudy(workspace, request(options), context);
      const found = project === undefined ? await check(null) : await viewWorkspace(project, check);
      terminal.result(found, describe);
      if (found.totals.error > 0) terminal.exitCode = exitCodes.input;
    });
}

function request(options: CheckOptions): CheckRequest {
  const { bids, subject, task, stimuli, faces, deep, tsv } = options;
  return {
    bids,
    deep,
    ...indexOptions(options),
    ...(subject === undefined ? {} : { subjects: subject }),
    ...(task === undefined ? {} : { task }),
    ...(stimuli === undefined ? {} : { stimuli }),
    ...(faces === undefined ? {} : { faces }),
    ...(tsv === undefined ? {} : { tsv }),
  };
}

function describe({ layout, root, subjects, counts, totals }: StudyCheck): string {
  const rows = subjects.map(({ label, tasks, runs, usable, masks, surfaces }) => [
    label,
    Object.entries(tasks)
      .map(([task, count]) => `${task || '(no task)'} ${count}`)
      .join(', '),
    `${usable} of ${runs}`,
    String(masks),
    String(surfaces),
  ]);
  const issues = counts.map(({ severity, code, count, runs, example, file, line }) => [
    severity,
    code,
    String(count),
    String(runs),
    `${file === null ? '' : nearest(file)}${line === null ? '' : `:${line}`}`,
    example,
  ]);
  return [
    `${root}: layout ${layout}`,
    table([['subject', 'runs by task', 'usable', 'masks', 'surfaces'], ...rows]),
    '',
    ...(issues.length > 0
      ? [table([['severity', 'code', 'count', 'runs', 'first at', 'what'], ...issues])]
      : ['Nothing is missing, and nothing contradicts itself.']),
    `${totals.error} errors, ${totals.warning} warnings, ${totals.note} notes${counts.length > 0 ? ' (--json or --tsv list all)' : ''}`,
  ].join('\n');
}
