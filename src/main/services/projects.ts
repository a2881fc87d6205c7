import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRecord } from '../store/jobs.ts';
import { listJobs } from '../store/jobs.ts';
import { projectFacts } from '../store/project.ts';
import { staleResults } from './staleness.ts';
import { Workspace } from './workspace.ts';

export interface ProjectInfo {
  readonly dir: string;
  readonly name: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Bytes of all artefacts. */
  readonly artifactBytes: number;
  readonly entries: readonly { kind: string; name: string; source: string | null; artifact: string }[];
  /** Entries that were computed from roles or results that hold no longer: `mapping 01/vaegan`. */
  readonly stale: readonly string[];
  readonly jobs: readonly Pick<JobRecord, 'key' | 'stage' | 'label' | 'state' | 'seconds' | 'finishedAt'>[];
}

export async function createProjectFolder(dir: string, name?: string): Promise<ProjectInfo> {
  const workspace = Workspace.create(dir, name);
  try {
    return await describe(workspace);
  } finally {
    await workspace.close();
  }
}

/** Looks without locking, so that a project can be asked how far it is while it works. */
export async function projectInfo(dir: string): Promise<ProjectInfo> {
  const workspace = Workspace.view(dir);
  try {
    return await describe(workspace);
  } finally {
    await workspace.close();
  }
}

async function describe(workspace: Workspace): Promise<ProjectInfo> {
  const { store } = workspace;
  const facts = projectFacts(store);
  const jobs = listJobs(store.sql);
  return {
    dir: store.dir,
    ...facts,
    artifactBytes: await folderBytes(store.artifactsDir),
    entries: workspace.entries().map(({ kind, name, source, jobKey }) => ({
      kind,
      name,
      source,
      artifact: jobs.find((job) => job.key === jobKey)?.artifact ?? '',
    })),
    stale: [...staleResults(workspace).keys()],
    jobs: jobs.map(({ key, stage, label, state, seconds, finishedAt }) => ({
      key,
      stage,
      label,
      state,
      seconds,
      finishedAt,
    })),
  };
}

async function folderBytes(dir: string): Promise<number> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const file of files) {
    if (file.isFile()) bytes += (await stat(join(file.parentPath, file.name))).size;
  }
  return bytes;
}
