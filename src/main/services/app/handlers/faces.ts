import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '../../../formats/tsv/table.ts';
import { faceSetFiles } from '../../../jobs/stages/face-set.ts';
import { previewFaces } from '../../face-preview.ts';
import { labelValues, listFaceSets } from '../../face-sets.ts';
import { type FaceColumns, rowOf, rowsWhere } from '../face-tables.ts';
import { encodeSheet } from '../sheet.ts';
import { api, type HandlerContext } from './base.ts';
import { until } from './until.ts';

interface OneSet {
  readonly project: string;
  readonly name: string;
}

const folderOf = (context: HandlerContext, { project, name }: OneSet): string =>
  context.application.project(project).workspace.entry('faces', name).path;

const columnsOf = (context: HandlerContext, set: OneSet): Promise<FaceColumns> =>
  context.application.project(set.project).tables.columns(folderOf(context, set));

/** Faces of the sample in a preview. */
const shownFaces = 24;

export const faces = {
  list: api.faces.list.handler(async ({ context, input }) => {
    const { dir, workspace } = context.application.project(input.project);
    return (await listFaceSets(dir)).map((set) => ({
      ...set,
      artifact: workspace.entry('faces', set.name).hash,
    }));
  }),
  preview: api.faces.preview.handler(async ({ input, signal }) => {
    const preview = await previewFaces({ ...input, shown: shownFaces }, until(signal));
    const { faces: sample, sides, rejected, tables, labels, problems, ...counts } = preview;
    const columns = Math.min(8, sample.length);
    const size = input.imageSize;
    const png =
      sample.length === 0
        ? null
        : await encodeSheet(
            sample.map(({ pixels }) => pixels),
            size,
            size,
            columns,
          );
    return {
      ...counts,
      sides: sides && { smallest: sides[0], largest: sides[1] },
      rejected: [...rejected],
      tables: [...tables],
      labels: [...labels],
      problems: [...problems],
      sample: png && {
        picture: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
        columns,
        files: sample.map(({ file }) => file),
      },
    };
  }),
  labels: api.faces.labels.handler(async ({ context, input }) => {
    const table = await columnsOf(context, input);
    const labels = table.columns.map(({ name }) => name).filter((name) => name !== 'file');
    return labelValues(table, labels).map((value) => ({
      ...value,
      counts: value.counts && { ...value.counts },
    }));
  }),
  find: api.faces.find.handler(async ({ context, input }) => {
    const table = await columnsOf(context, input);
    if (Object.keys(input.where).length === 0) return { total: table.count, indices: null };
    const indices = rowsWhere(table, input.where);
    return { total: indices.length, indices };
  }),
  duplicates: api.faces.duplicates.handler(async ({ context, input }) => {
    const path = join(folderOf(context, input), faceSetFiles.duplicates);
    if (!existsSync(path)) return { total: 0, groups: [] };
    const { rows } = await readTable(path);
    const groups = Map.groupBy(rows, ({ values }) => values.group);
    const table = await columnsOf(context, input);
    const file = table.columns.find(({ name }) => name === 'file');
    // The names are all different: the value's place is its row.
    const rowOfFile = new Map(file?.values.map((name, row) => [name, row]));
    const page = [...groups.entries()].slice(input.from, input.from + input.count);
    return {
      total: groups.size,
      groups: page.map(([group, members]) => ({
        group: Number(group),
        members: members.map(({ values }) => ({
          file: values.file,
          index: rowOfFile.get(values.file) ?? null,
          likeness: values.likeness,
          of: values.likeness === 'first' ? null : values.of,
          correlation: values.likeness === 'first' ? null : Number(values.correlation),
        })),
      })),
    };
  }),
  table: api.faces.table.handler(async ({ context, input }) => {
    const { from, count } = input;
    if (input.table === 'faces') {
      const table = await columnsOf(context, input);
      const length = Math.max(0, Math.min(count, table.count - from));
      return {
        columns: table.columns.map(({ name }) => name),
        total: table.count,
        rows: Array.from({ length }, (_, at) => ({ index: from + at, values: rowOf(table, from + at) })),
      };
    }
    const path = join(folderOf(context, input), faceSetFiles[input.table]);
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
