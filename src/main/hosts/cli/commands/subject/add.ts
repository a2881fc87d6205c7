import type { Command } from 'commander';
import { addSubject } from '../../../../services/subjects.ts';
import { collect, projectOption } from '../../options.ts';
import { indexOptions, type StudyOptions, withStudyOptions } from '../../study-options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';

interface AddOptions extends StudyOptions {
  readonly project: string;
  readonly bids: string;
  readonly subject: string;
  readonly task?: string;
  readonly roles?: string;
  readonly trainType?: string[];
  readonly testType?: string[];
  readonly fixationType?: string[];
  readonly imageryType?: string[];
}

export function addAddCommand(subject: Command, makeTerminal: MakeTerminal): void {
  withStudyOptions(subject.command('add'))
    .description('read and check a subject of a study')
    .requiredOption('--bids <path>', 'the study: a folder, or a table of runs')
    .requiredOption('--subject <label>', 'subject, with or without sub-')
    .option('--task <label>', 'task (default: the only one, or "faces")')
    .option('--roles <file>', 'role table, as `subject roles --out` writes it and you edited it')
    .option(
      '--train-type <name>',
      'trial type of training faces (default: see `subject roles`); may be given again',
      collect,
    )
    .option('--test-type <name>', 'trial type of test faces', collect)
    .option('--fixation-type <name>', 'trial type of fixation', collect)
    .option('--imagery-type <name>', 'trial type of imagery', collect)
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
A run that cannot be used is listed, with its file and line, and left out. Naming one trial type names them all:
what is not named then plays no part. Without any, the roles are those that the project keeps, else proposed ones.

Examples:
  fusiform subject add --bids ds001761 --subject 01 --task faces -p study
  fusiform subject add --bids raw --derivatives prep/fmriprep --space T1w --subject 01 -p study
  fusiform subject add --bids runs.tsv --subject 01 --roles roles.tsv -p study`,
    )
    .action((options: AddOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { trainType, testType, fixationType, imageryType } = options;
        const named = [trainType, testType, fixationType, imageryType].some((types) => types !== undefined);
        const outcome = await addSubject(workspace, {
          bids: options.bids,
          subject: options.subject,
          ...indexOptions(options),
          ...(options.task === undefined ? {} : { task: options.task }),
          ...(options.roles === undefined ? {} : { rolesFile: options.roles }),
          ...(named
            ? {
                roles: {
                  trainFace: trainType ?? [],
                  testFace: testType ?? [],
                  fixation: fixationType ?? [],
                  imagery: imageryType ?? [],
                },
              }
            : {}),
        });
        terminal.outcome(outcome, ({ summary }) =>
          [
            `Subject ${summary.subject}, task ${summary.task}: ${summary.runs} runs, ${summary.volumes} volumes`,
            `${summary.trainFaces} training faces, ${summary.testFaces} test faces`,
            `Trial types: ${Object.entries(summary.roles as Record<string, string[]>)
              .map(([role, types]) => `${role} = ${types.join(', ') || 'none'}`)
              .join('; ')}`,
            `Look at the roles with \`fusiform subject roles --subject ${summary.subject}\`.`,
          ].join('\n'),
        );
      }),
    );
}
