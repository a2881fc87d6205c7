import type { Command } from 'commander';
import { type WrittenReports, writeReports } from '../../../services/report/index.ts';
import { projectOption } from '../options.ts';
import { type MakeTerminal, nearest } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface ReportOptions {
  readonly project: string;
  readonly subject?: string;
  readonly study: string;
  readonly out: string;
}

/** `fusiform report`: what a project holds of a subject or of a study, to attach to a manuscript. */
export function addReportCommand(program: Command, makeTerminal: MakeTerminal): void {
  program
    .command('report')
    .description('a page, tables and figures of a study and its subjects, or of one subject')
    .option('--subject <label>', 'one subject (default: the study, and each of its subjects)')
    .option('--study <name>', 'name of the study, as its file says', 'study')
    .option('--out <dir>', 'folder for the report', 'report')
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
report.html is one file that needs no other and no network. Beside it: tables/ (CSV, TSV, Parquet) and figures/ (SVG,
PNG, PDF). Nothing is computed: what the project does not hold is named in the report as missing.

Examples:
  fusiform report --out report -p project
  fusiform report --subject 01 --out report-01 -p project`,
    )
    .action((options: ReportOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { subject, study, out } = options;
        const written = await writeReports(workspace, {
          study,
          outDir: out,
          ...(subject === undefined ? {} : { subject: subject.replace(/^sub-/, '') }),
        });
        terminal.result(written, describeReports);
      }),
    );
}

function describeReports({ page, tables, figures, subjects }: WrittenReports): string {
  return [
    `Report: ${nearest(page)} (${tables.length} tables, ${figures.length} figures as files beside it)`,
    ...subjects.map((one) => `Subject ${one.subject}: ${nearest(one.page)}`),
  ].join('\n');
}
