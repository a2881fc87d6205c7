import type { Command } from 'commander';
import { listStudyFiles, type StudyList } from '../../../../services/study-list.ts';
import { indexOptions, type StudyOptions, withStudyOptions } from '../../study-options.ts';
import { type MakeTerminal, nearest, table } from '../../terminal.ts';

interface ListOptions extends StudyOptions {
  readonly bids: string;
  readonly subject?: string;
  readonly tsv?: string;
}

export function addListCommand(subject: Command, makeTerminal: MakeTerminal): void {
  withStudyOptions(subject.command('list'))
    .description('list the runs of a study with their events, confounds and masks; nothing is opened')
    .requiredOption('--bids <path>', 'the study: a folder, or a table of runs')
    .option('--subject <label>', 'subject (default: every one)')
    .option('--tsv <file>', 'write a table of runs, which may be edited and given as --bids')
    .addHelpText(
      'after',
      `
Examples:
  fusiform subject list --bids ds001761 --subject 01
  fusiform subject list --bids raw --derivatives prep --space T1w --tsv runs.tsv`,
    )
    .action(async ({ bids, subject: label, tsv, ...options }: ListOptions) => {
      const list = await listStudyFiles({
        bids,
        ...indexOptions(options),
        ...(label === undefined ? {} : { subject: label }),
        ...(tsv === undefined ? {} : { tsv }),
      });
      makeTerminal().result(list, describe);
    });
}

function describe({ root, layout, name, subjects, problems }: StudyList): string {
  const file = (path: string | null): string => (path === null ? 'none' : nearest(path));
  return [
    `${root}: layout ${layout}${name === null ? '' : `, "${name}"`}`,
    ...subjects.flatMap(({ label, runs, masks, surfaces, models }) => [
      '',
      `Subject ${label}: ${runs.length} runs, ${masks.length} masks, ${surfaces.length} surfaces, ${models.length} models of SPM`,
      ...(runs.length === 0
        ? []
        : [
            table([
              ['run', 'version', 'image', 'events', 'confounds', 'mask'],
              ...runs.map((run) => [
                run.name,
                run.version,
                run.danglingLink === null ? file(run.boldPath) : `${file(run.boldPath)} (dangling link)`,
                file(run.eventsPath),
                file(run.confoundsPath),
                file(run.maskPath),
              ]),
            ]),
          ]),
      ...masks.map((mask) => `mask ${mask.name}: ${file(mask.path)}`),
      ...surfaces.map(
        ({ kind, hemisphere, space, path }) => `surface ${kind} ${hemisphere} ${space ?? ''}: ${file(path)}`,
      ),
      ...models.map((path) => `SPM model: ${file(path)}`),
    ]),
    ...problems.map(
      ({ code, message, file: place }) =>
        `! ${code} ${place === undefined ? '' : nearest(place)}: ${message}`,
    ),
  ].join('\n');
}
