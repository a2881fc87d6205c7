import { resolve } from 'node:path';
import { writeFileAtomic } from '../formats/files/atomic-write.ts';
import { encodePng, imageGrid } from '../formats/image/encode.ts';
import { isMissing } from '../formats/tsv/table.ts';
import type { ImageSet } from '../generative/image-set.ts';
import { columnsOf, type FaceColumns } from '../jobs/faces/face-columns.ts';
import { type FaceSetDescription, readFaceSet, readFaceSetDescription } from '../jobs/stages/face-set.ts';
import { Workspace } from './workspace.ts';

/** A face set as `faces.json` of its artefact describes it. */
export type FaceSetFacts = FaceSetDescription & { readonly name: string; readonly source: string | null };

/** The face sets of a project; works while another process computes. */
export async function listFaceSets(project: string): Promise<FaceSetFacts[]> {
  const workspace = Workspace.view(project);
  try {
    const facts: FaceSetFacts[] = [];
    for (const { name } of workspace.entries('faces')) facts.push(await describe(workspace, name));
    return facts;
  } finally {
    await workspace.close();
  }
}

async function describe(workspace: Workspace, name: string): Promise<FaceSetFacts> {
  const { path, source } = workspace.entry('faces', name);
  return { name, source, ...(await readFaceSetDescription(path)) };
}

export interface LabelValues {
  readonly label: string;
  /** Images without a value. */
  readonly missing: number;
  readonly distinct: number;
  /** Images by value; null where the values are too many to list. */
  readonly counts: Readonly<Record<string, number>> | null;
}

/** More values are no classes but names or measurements. */
const listedValues = 12;

/**
 * What a face set holds.
 *
 * @param sheet where to write a picture of so many images, spread evenly over the set.
 */
export async function showFaceSet(
  project: string,
  name: string,
  sheet?: { readonly file: string; readonly images: number },
): Promise<FaceSetFacts & { values: LabelValues[]; sheet: string | null }> {
  const workspace = Workspace.view(project);
  try {
    const facts = await describe(workspace, name);
    const faces = await readFaceSet(workspace.entry('faces', name).path);
    try {
      const values = labelValues(columnsOf(faces.table), facts.labels);
      if (sheet) await writeSheet(faces.images, sheet);
      return { ...facts, values, sheet: sheet ? resolve(sheet.file) : null };
    } finally {
      faces.close();
    }
  } finally {
    await workspace.close();
  }
}

/** The values of labels with how many faces have them, the most frequent first. */
export function labelValues({ columns }: FaceColumns, labels: readonly string[]): LabelValues[] {
  return columns
    .filter(({ name }) => labels.includes(name))
    .map(({ name, values, codes }) => {
      const counts = new Uint32Array(values.length);
      for (const code of codes) counts[code]++;
      const all = values.map((value, code) => [value, counts[code]] as const);
      const known = all.filter(([value]) => !isMissing(value)).sort(([, a], [, b]) => b - a);
      const missing = all.reduce((sum, [value, n]) => sum + (isMissing(value) ? n : 0), 0);
      return {
        label: name,
        missing,
        distinct: known.length,
        counts: known.length <= listedValues ? Object.fromEntries(known) : null,
      };
    });
}

async function writeSheet(images: ImageSet, { file, images: wanted }: { file: string; images: number }) {
  const shown = Math.min(wanted, images.count);
  const pictures = Array.from({ length: shown }, (_, at) =>
    images.image(Math.floor((at * images.count) / shown)),
  );
  const columns = Math.ceil(Math.sqrt(shown));
  const { pixels, width, height } = imageGrid(pictures, { width: images.size, height: images.size, columns });
  await writeFileAtomic(resolve(file), await encodePng(pixels, width, height));
}
