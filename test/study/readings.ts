import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { findAttributeAxes } from '../../src/main/services/attributes.ts';
import type { EngineKind } from '../../src/main/services/engines.ts';
import type { Workspace } from '../../src/main/services/workspace.ts';

/** How well a linear rule reads one thing from held-out codes (10-fold). */
export interface Reading {
  readonly name: string;
  /** Share of right answers, the linear classifier's and that of the published axis; null for a number. */
  readonly accuracy: number | null;
  readonly axisAccuracy: number | null;
  /** Share of the larger class; null for a number. */
  readonly majority: number | null;
  /** Correlation of what is read with what is true; null for a class. */
  readonly r: number | null;
}

const readingSchema = z.object({
  name: z.string(),
  majority: z.number().optional(),
  axis: z.object({ accuracy: z.number().optional() }).optional(),
  classifier: z.object({ accuracy: z.number().optional(), r: z.number().optional() }).optional(),
});

export interface LabelTable {
  /** Default: what the face set itself knows of its faces. */
  readonly labels?: string;
  readonly kind: 'classes' | 'numbers';
}

/** Everything that a table says of the faces, as far as it can be read from a model's codes. */
export async function readTableFromCodes(
  workspace: Workspace,
  model: string,
  { labels, kind }: LabelTable,
  { engine, seed }: { readonly engine: EngineKind; readonly seed: number },
): Promise<Reading[]> {
  const numbers = kind === 'numbers' && labels !== undefined ? await valueColumns(labels) : [];
  const { summary } = await findAttributeAxes(workspace, {
    model,
    faces: 'faces',
    engine,
    folds: 10,
    seed,
    classes: [],
    numbers,
    ...(labels === undefined ? {} : { labels }),
  });
  return z
    .array(readingSchema)
    .parse(summary.attributes)
    .map(({ name, majority = null, axis, classifier }) => ({
      name,
      majority,
      accuracy: classifier?.accuracy ?? null,
      axisAccuracy: axis?.accuracy ?? null,
      r: classifier?.r ?? null,
    }));
}

async function valueColumns(file: string): Promise<string[]> {
  return (await readTable(file)).columns.filter((column) => column !== 'image_id');
}

/** The side of 0 on which each trait lies, 1 or -1, as a table of classes beside the traits. */
export async function writeSides(traits: string, outDir: string): Promise<string> {
  const { columns, rows } = await readTable(traits);
  const lines = rows.map(({ values }) =>
    columns.map((column) => (column === 'image_id' ? values[column] : Number(values[column]) > 0 ? 1 : -1)),
  );
  const file = join(outDir, 'sides.tsv');
  await writeFile(file, [columns, ...lines].map((line) => `${line.join('\t')}\n`).join(''));
  return file;
}
