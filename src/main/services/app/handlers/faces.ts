import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { readTable } from '../../../formats/tsv/table.ts';
import { faceSetFiles } from '../../../jobs/stages/face-set.ts';
import { listFaceSets, showFaceSet } from '../../face-sets.ts';
import { api, type HandlerContext } from './base.ts';

interface OneSet {
  readonly project: string;
  readonly name: string;
}

const folderOf = (context: HandlerContext, { project, name }: OneSet): string =>
  context.application.project(project).workspace.entry('faces', name).path;

export const faces = {
  list: api.faces.list.handler(async ({ context, input }) => {
    const { dir, workspace } = context.application.project(input.project);
    return (await listFaceSets(dir)).map((set) => ({
      ...set,
      artifact: workspace.entry('faces', set.name).hash,
    }));
  }),
  labels: api.faces.labels.handler(async ({ context, input }) => {
    const { values } = await showFaceSet(context.application.project(input.project).dir, input.name);
    return values.map((value) => ({ ...value, counts: value.counts && { ...value.counts } }));
  }),
  find: api.faces.find.handler(async ({ context, input }) => {
    const { rows } = await readTable(join(folderOf(context, input), faceSetFiles.table));
    const wanted = Object.entries(input.where);
    if (wanted.length === 0) return { total: rows.length, indices: null };
    const indices = rows.flatMap(({ values }, index) =>
      wanted.every(([label, value]) => (values[label] ?? '').trim() === value) ? [index] : [],
    );
    return { total: indices.length, indices };
  }),
  table: api.faces.table.handler(async ({ context, input }) => {
    const { table, from, count } = input;
    const file = faceSetFiles[table === 'faces' ? 'table' : table];
    const path = join(folderOf(context, input), file);
    // A set in which nothing was rejected, or nothing is alike, has no such table.
    if (!existsSync(path)) return { columns: [], total: 0, rows: [] };
    const { columns, rows } = await readTable(path);
    return {
      columns: [...columns],
      total: rows.length,
      rows: rows
        .slice(from, from + count)
        .map(({ values }, at) => ({ index: from + at, values: { ...values } })),
    };
  }),
};
