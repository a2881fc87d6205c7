import type { Command } from 'commander';
import { createProjectFolder, type ProjectInfo, projectInfo } from '../../../services/projects.ts';
import { type MakeTerminal, table } from '../terminal.ts';

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
}

function describeProject(info: ProjectInfo): string {
  const entries = info.entries.map(({ kind, name, source }) => [
    kind,
    name,
    info.stale.includes(`${kind} ${name}`) ? 'stale: computed from other roles' : (source ?? ''),
  ]);
  const jobs = info.jobs.map(({ label, state, seconds }) => [label, state, `${seconds.toFixed(1)} s`]);
  return [
    `${info.name}: ${info.dir}`,
    `created ${info.createdAt} by ${info.createdBy}, ${(info.artifactBytes / 1e6).toFixed(1)} MB of artefacts`,
    entries.length > 0 ? `\n${table(entries)}` : '\nempty: begin with `fusiform faces import DIR`',
    jobs.length > 0 ? `\n${table(jobs)}` : '',
  ].join('\n');
}
