import type { Command } from 'commander';
import { addSubject } from '../../../services/subjects.ts';
import { collect, projectOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface AddOptions {
  readonly project: string;
  readonly bids: string;
  readonly subject: string;
  readonly task?: string;
  readonly trainType?: string[];
  readonly testType?: string[];
  readonly fixationType?: string[];
  readonly imageryType?: string[];
}

export function addSubjectCommands(program: Command, makeTerminal: MakeTerminal): void {
  const subject = program.command('subject').description('people in the scanner');

  subject
    .command('add')
    .description('read and check a subject of a BIDS dataset')
    .requiredOption('--bids <dir>', 'BIDS dataset')
    .requiredOption('--subject <label>', 'subject, with or without sub-')
    .option('--task <label>', 'task (default: the only one, or "faces")')
    .option(
      '--train-type <name>',
      'trial type of training faces (default: train...); may be given again',
      collect,
    )
    .option('--test-type <name>', 'trial type of test faces (default: test...)', collect)
    .option('--fixation-type <name>', 'trial type of fixation (default: fix...)', collect)
    .option('--imagery-type <name>', 'trial type of imagery (default: img..., imag...)', collect)
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
A run that cannot be used is listed, with its file and line, and left out. Naming one trial type names them all:
what is not named then plays no part.

Example:
  fusiform subject add --bids ds001761 --subject 01 --task faces -p study`,
    )
    .action((options: AddOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { trainType, testType, fixationType, imageryType } = options;
        const named = [trainType, testType, fixationType, imageryType].some((types) => types !== undefined);
        const outcome = await addSubject(workspace, {
          bids: options.bids,
          subject: options.subject,
          ...(options.task === undefined ? {} : { task: options.task }),
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
          ].join('\n'),
        );
      }),
    );
}
