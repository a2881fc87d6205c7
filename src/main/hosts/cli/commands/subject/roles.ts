import type { Command } from 'commander';
import {
  changesRoles,
  manageRoles,
  type RolesReport,
  type RolesRequest,
  roleMeanings,
  roleRows,
  rolesHistory,
  trialRoles,
} from '../../../../services/subject-roles.ts';
import type { Workspace } from '../../../../services/workspace.ts';
import { collect, positiveInteger } from '../../options.ts';
import { indexOptions, type StudyOptions, withStudyOptions } from '../../study-options.ts';
import { type MakeTerminal, type Terminal, table } from '../../terminal.ts';
import { viewWorkspace, withWorkspace } from '../../with-workspace.ts';

interface RolesOptions extends StudyOptions {
  readonly project?: string;
  readonly bids?: string;
  readonly subject?: string;
  readonly task?: string;
  readonly out?: string;
  readonly edit?: string;
  readonly set?: string[];
  readonly column?: string[];
  readonly confirm?: boolean;
  readonly undo?: boolean;
  readonly restore?: number;
  readonly history?: boolean;
}

export function addRolesCommand(subject: Command, makeTerminal: MakeTerminal): void {
  withStudyOptions(subject.command('roles'))
    .description(
      'show and change which trial types are training faces, test faces, one-backs, fixation, imagery',
    )
    .option('--bids <path>', "the study (default: the project's subjects)")
    .option('--subject <label>', 'subject (default: every one)')
    .option('--task <label>', 'task (default: the only one, or "faces")')
    .option('--out <file>', 'write the table for editing: TSV, or JSON where the name ends so')
    .option('--edit <file>', 'take the table from a file that you edited, and keep it')
    .option('--set <type=role>', 'give a trial type a role, and keep it; may be given again', collect)
    .option(
      '--column <meaning=name>',
      'say which column means what: image=stim_file; may be given again',
      collect,
    )
    .option('--confirm', 'keep the table as it is: you have looked at it')
    .option('--undo', 'take the version before back')
    .option('--restore <version>', 'take this version back', positiveInteger)
    .option('--history', 'list all versions that the project keeps')
    .option('-p, --project <dir>', 'the project that keeps the table (default: FUSIFORM_PROJECT)')
    .addHelpText('after', helpText)
    .action(async (options: RolesOptions) => {
      const terminal = makeTerminal();
      const asked = request(options);
      const project =
        options.project ?? process.env.FUSIFORM_PROJECT ?? (options.bids === undefined ? '.' : undefined);
      const show = async (workspace: Workspace | null): Promise<void> => {
        if (workspace !== null && options.history === true) showHistory(terminal, options, workspace);
        else {
          const reports = await manageRoles(workspace, asked);
          terminal.result(reports, () => reports.map(describe).join('\n\n'));
        }
      };
      if (project === undefined) await show(null);
      else if (changesRoles(asked)) await withWorkspace(terminal, project, show);
      else await viewWorkspace(project, show);
    });
}

const helpText = `
Roles:
${trialRoles.map((role) => `  ${role.padEnd(14)} ${roleMeanings[role]}`).join('\n')}

Columns mean onset, duration, trial-type, image, one-back. A kept table is used by every later step; what was computed
from another one is computed anew when next asked for. Earlier versions stay.

Examples:
  fusiform subject roles --bids ds001761
  fusiform subject roles --subject 01 -p study
  fusiform subject roles --subject 01 -p study --out roles.tsv      (edit the file)
  fusiform subject roles --subject 01 -p study --edit roles.tsv
  fusiform subject roles --set "face=training-face" --column image=picture -p study
  fusiform subject roles --subject 01 -p study --undo`;

function request(options: RolesOptions): RolesRequest {
  const { bids, subject, task, out, edit, set, column, confirm, undo, restore } = options;
  return {
    ...indexOptions(options),
    ...(bids === undefined ? {} : { bids }),
    ...(subject === undefined ? {} : { subject }),
    ...(task === undefined ? {} : { task }),
    ...(out === undefined ? {} : { out }),
    ...(edit === undefined ? {} : { file: edit }),
    ...(set === undefined ? {} : { set }),
    ...(column === undefined ? {} : { columns: column }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(undo === undefined ? {} : { undo }),
    ...(restore === undefined ? {} : { version: restore }),
  };
}

function describe(report: RolesReport): string {
  const { subject, task, origin, version, table: roles, otherColumns, lists, stale, file, problems } = report;
  const state = version === null ? 'proposed, kept nowhere' : `${origin}, version ${version}`;
  const rows = roleRows(roles, otherColumns).map((row) => row.map(String));
  const shown = lists.slice(0, 6).map(({ runs, trials }) => {
    const counts = Object.entries(trials).map(([type, count]) => `${count} ${type}`);
    return `  ${String(runs.length).padStart(4)} runs: ${counts.join(', ')}`;
  });
  return [
    `Subject ${subject}, task ${task}: ${state}`,
    table([['kind', 'name', 'role', 'trials', 'runs', 'why'], ...rows]),
    `Presentation lists (runs with the same numbers of trials): ${lists.length}`,
    ...shown,
    ...(lists.length > shown.length ? [`  and ${lists.length - shown.length} more`] : []),
    ...problems.map(({ code, file: place, message }) => `! ${code} ${place ?? ''}: ${message}`),
    ...(stale.length > 0 ? [`Computed from other roles (stale): ${stale.join(', ')}`] : []),
    ...(file === null ? [] : [`Written to ${file}`]),
    ...(origin === 'proposed' ? ['Confirm with --confirm, or change with --edit, --set, --column.'] : []),
  ].join('\n');
}

function showHistory(terminal: Terminal, { subject }: RolesOptions, workspace: Workspace): void {
  const names = subject === undefined ? workspace.entries('subject').map(({ name }) => name) : [subject];
  const histories = names.map((name) => ({ subject: name, versions: rolesHistory(workspace, name) }));
  terminal.result(histories, () =>
    histories
      .flatMap(({ subject: name, versions }) => [
        `Subject ${name}: ${versions.length} versions`,
        ...versions.map(
          ({ version, createdAt, origin, restoredFrom }) =>
            `  ${version}  ${createdAt}  ${origin}${restoredFrom === null ? '' : ` from version ${restoredFrom}`}`,
        ),
      ])
      .join('\n'),
  );
}
