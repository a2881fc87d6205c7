import type { Command } from 'commander';
import { writeStudyTemplate } from '../../../../services/study/index.ts';
import { projectOption } from '../../options.ts';
import { type MakeTerminal, nearest } from '../../terminal.ts';
import { viewWorkspace } from '../../with-workspace.ts';

interface InitOptions {
  readonly project: string;
  readonly bids?: string;
  readonly out: string;
}

export function addStudyInitCommand(study: Command, makeTerminal: MakeTerminal): void {
  study
    .command('init')
    .description('write a study file to edit: every setting, with its default')
    .option('--bids <dir>', 'the study: a folder, or a table of runs (default: the subjects of the project)')
    .option('--out <file>', 'the file to write', 'study.toml')
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform study init --bids ds001761 --out study.toml -p project')
    .action(async ({ project, bids, out }: InitOptions) => {
      const terminal = makeTerminal();
      const written = await viewWorkspace(project, (workspace) =>
        writeStudyTemplate(workspace, { out, ...(bids === undefined ? {} : { bids }) }),
      );
      terminal.result(written, ({ file, subjects, models }) =>
        [
          `${nearest(file)}: subjects ${subjects.join(', ')}; models ${models.join(', ') || '(none in the project yet)'}`,
          `Look at it, then: fusiform study run --config ${nearest(file)} --dry-run -p ${project}`,
        ].join('\n'),
      );
    });
}
