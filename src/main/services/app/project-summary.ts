import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectSummary } from '../../../shared/contract/projects.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { projectFacts } from '../../store/project.ts';
import { bytesByStage, projectTotals } from '../../store/totals.ts';
import { Workspace } from '../workspace.ts';
import type { Application } from './application.ts';
import type { OpenProject } from './open-project.ts';

/** What the list of projects tells of one, looked at without its lock. @throws FusiformError as `Workspace.view` */
export async function summariseProject(application: Application, id: string): Promise<ProjectSummary> {
  const recent = (await application.recent.list()).find((project) => project.id === id);
  if (recent === undefined) throw new FusiformError('PROJECT_NOT_FOUND', 'The list has no such project.');
  const workspace = Workspace.view(recent.dir);
  try {
    const { store } = workspace;
    const { createdAt, createdBy } = projectFacts(store);
    const { artifactBytes, ...totals } = projectTotals(store.sql);
    const beside = await Promise.all([filesBytes(store.dir, false), filesBytes(store.workDir, true)]);
    return {
      createdAt,
      createdBy,
      ...totals,
      bytes: beside.reduce((sum, bytes) => sum + bytes, artifactBytes),
    };
  } finally {
    await workspace.close();
  }
}

/** What takes the space of a project. */
export async function describeStorage({ workspace }: OpenProject) {
  const { store } = workspace;
  const [workBytes, databaseBytes] = await Promise.all([
    filesBytes(store.workDir, true),
    filesBytes(store.dir, false),
  ]);
  return { stages: bytesByStage(store.sql), workBytes, databaseBytes };
}

/** Bytes of the files in a folder; what vanishes meanwhile counts nothing. */
async function filesBytes(dir: string, recursive: boolean): Promise<number> {
  const entries = await readdir(dir, { recursive, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
