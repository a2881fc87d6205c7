import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ResultFacts } from '../../../../shared/contract/decoding.ts';
import type { EntryKind } from '../../../store/entries.ts';
import { findJob } from '../../../store/jobs.ts';
import { decodedFaces, offlineDecodings } from '../../decoded-faces.ts';
import { fittedDecoders } from '../../decoders.ts';
import { exportDecoding } from '../../export-decoding.ts';
import { fittedWith } from '../../fitted-with.ts';
import { runsToDecode } from '../../runs-to-decode.ts';
import { parseOptions } from '../../study-request.ts';
import { mappingName } from '../../subjects.ts';
import type { Workspace } from '../../workspace.ts';
import { api, asData, type HandlerContext } from './base.ts';

export const workspaceOf = (context: HandlerContext, { project }: { readonly project: string }): Workspace =>
  context.application.project(project).workspace;

/** What stands under the names of a kind, with the files of each. */
export async function results(workspace: Workspace, kind: EntryKind): Promise<ResultFacts[]> {
  return Promise.all(
    workspace.entries(kind).map(async ({ name }) => {
      const { key, hash, path, seconds, summary } = workspace.entry(kind, name);
      const finishedAt = findJob(workspace.store.sql, key)?.finishedAt ?? null;
      return {
        name,
        artifact: hash,
        seconds,
        finishedAt,
        summary: { ...summary },
        files: await filesOf(path),
      };
    }),
  );
}

async function filesOf(folder: string): Promise<ResultFacts['files']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => ({
      path: relative(folder, file).split(sep).join('/'),
      bytes: (await stat(file)).size,
    })),
  );
}

export const decoding = {
  fittedWith: api.decoding.fittedWith.handler(({ context, input: { subject, model, project } }) => {
    const workspace = workspaceOf(context, { project });
    const name = mappingName(subject, model);
    if (!workspace.entries('mapping').some((entry) => entry.name === name)) return null;
    const found = fittedWith(workspace, subject, model);
    return found && { ...found, runs: [...found.runs], settings: { ...found.settings } };
  }),
  decoders: api.decoding.decoders.handler(async ({ context, input: { project, ...place } }) =>
    asData(await fittedDecoders(workspaceOf(context, { project }), place)),
  ),
  faces: api.decoding.faces.handler(async ({ context, input: { project, ...place } }) =>
    asData(await decodedFaces(workspaceOf(context, { project }), place)),
  ),
  runsToDecode: api.decoding.runsToDecode.handler(async ({ context, input: { project, index, ...place } }) =>
    asData(
      await runsToDecode(workspaceOf(context, { project }), {
        ...place,
        ...(index === undefined ? {} : { index: parseOptions(index) }),
      }),
    ),
  ),
  offline: api.decoding.offline.handler(({ context, input }) =>
    offlineDecodings(workspaceOf(context, input)),
  ),
  exportTo: api.decoding.exportTo.handler(({ context, input: { project, kind, name, outDir } }) => {
    const workspace = workspaceOf(context, { project });
    return exportDecoding(workspace, workspace.entry(kind, name), outDir);
  }),
  mappings: api.decoding.mappings.handler(({ context, input }) =>
    results(workspaceOf(context, input), 'mapping'),
  ),
  list: api.decoding.list.handler(({ context, input }) => results(workspaceOf(context, input), 'decoding')),
};
