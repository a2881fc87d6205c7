import { Argument, type Command } from 'commander';
import { createProjectFolder, type ProjectInfo, projectInfo } from '../../../services/projects.ts';
import { planRemoval, type RemovalPlan, removeEntry } from '../../../services/removal.ts';
import { entryKinds, type EntryKind } from '../../../../shared/entry-kinds.ts';
import { projectOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { viewWorkspace, withWorkspace } from '../with-workspace.ts';

export function addProjectCommands(program: Command, makeTerminal: MakeTerminal): void {
  const project = program.command('project').description('project folders');

  project
    .command('create')
    .description('make a project in a new or empty folder')
    .argument('<dir>')
    .option('--name <name>', "the project's name", undefined)
    .addHelpText('after', '\nExample:\n  fusiform project create face-study --name "Face study, site A"')
    .action(async (dir: string, options: { name?: string }) => {
      const info = await createProjectFolder(dir, options.name);
      makeTerminal().result(info, ({ name }) => `Created the project "${name}" in ${info.dir}`);
    });

  project
    .command('info')
    .description('say what a project holds; works while another process computes')
    .argument('[dir]', 'the project folder', '.')
    .addHelpText('after', '\nExample:\n  fusiform project info face-study --json')
    .action(async (dir: string) => {
      makeTerminal().result(await projectInfo(dir), describeProject);
    });

  project
    .command('remove')
    .description('remove what stands under a name, and free what nobody needs any more')
    .addArgument(new Argument('<kind>').choices(entryKinds))
    .argument('<name>')
    .addOption(projectOption())
    .option('--alone', 'leave what was computed from it')
    .option('-y, --yes', 'do it; without this it only says what would go')
    .addHelpText(
      'after',
      `
Without --alone, what was computed from it goes with it. What another result still needs stays on the disk.

Example:
  fusiform project remove mapping 01/vaegan
  fusiform project remove mapping 01/vaegan --yes`,
    )
    .action(async (kind: EntryKind, name: string, { project: dir, alone, yes }: RemoveOptions) => {
      const terminal = makeTerminal();
      const entry = { kind, name };
      if (!yes) {
        const plan = await viewWorkspace(dir, async (workspace) => planRemoval(workspace, entry));
        terminal.result(plan, (told) => describeRemoval(told, alone === true));
        return;
      }
      await withWorkspace(terminal, dir, async (workspace) => {
        const { dependents } = planRemoval(workspace, entry);
        const removal = await removeEntry(workspace, { ...entry, dependents: alone ? null : dependents });
        terminal.result(removal, ({ removed, bytes }) => {
          const names = removed.map((each) => `${each.kind} "${each.name}"`).join(', ');
          return `Removed ${names}; ${megabytes(bytes)} freed`;
        });
      });
    });
}

interface RemoveOptions {
  readonly project: string;
  readonly alone?: true;
  readonly yes?: true;
}

function describeRemoval(plan: RemovalPlan, alone: boolean): string {
  const { entry, dependents, roleTables, bytesAlone, bytesWithDependents } = plan;
  const goes = alone ? [entry] : [entry, ...dependents];
  return [
    'This would go:',
    table(goes.map(({ kind, name }) => [kind, name])),
    roleTables > 0 ? `and ${roleTables} versions of its table of roles` : '',
    `${megabytes(alone ? bytesAlone : bytesWithDependents)} would be freed. Add --yes to do it.`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function describeProject(info: ProjectInfo): string {
  const entries = info.entries.map(({ kind, name, source }) => [
    kind,
    name,
    info.stale.includes(`${kind} ${name}`) ? 'stale: computed from other roles' : (source ?? ''),
  ]);
  const jobs = info.jobs.map(({ label, state, seconds }) => [label, state, `${seconds.toFixed(1)} s`]);
  return [
    `${info.name}: ${info.dir}`,
    `created ${info.createdAt} by ${info.createdBy}, ${megabytes(info.artifactBytes)} of artefacts`,
    entries.length > 0 ? `\n${table(entries)}` : '\nempty: begin with `fusiform faces import DIR`',
    jobs.length > 0 ? `\n${table(jobs)}` : '',
  ].join('\n');
}
