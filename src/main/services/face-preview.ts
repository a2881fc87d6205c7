import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { evenlySpaced } from '../../shared/evenly-spaced.ts';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { type ListedFile, listFiles } from '../formats/files/list.ts';
import { decodeFace, probeImage } from '../formats/image/decode.ts';
import { findLabelTables } from '../formats/labels/find.ts';
import { type LabelTable, readLabelTable } from '../formats/labels/read.ts';
import { inOrder } from '../jobs/faces/in-order.ts';
import { type LabelTableFacts, labelsFromFolders, matchLabels } from '../jobs/faces/match-labels.ts';
import { imageExtensions } from './image-listing.ts';

/** Pictures that are looked at, spread evenly over the folder; all of them where there are no more. */
const lookedAtMost = 300;
const picturesAtOnce = 4;

export interface FacesPreviewRequest {
  readonly dir: string;
  readonly labels: readonly string[] | 'find';
  readonly imageSize: number;
  readonly crop: number;
  /** Faces of the sample. */
  readonly shown: number;
}

export interface FacesPreview {
  /** Pictures in the folder and below it. */
  readonly count: number;
  readonly lookedAt: number;
  /** Pixels of the pictures that were looked at: the smallest and the largest shorter side. */
  readonly sides: readonly [number, number] | null;
  /** Of those looked at: what cannot be read, and how many have the pixels of an earlier one after the crop. */
  readonly rejected: readonly Problem[];
  readonly duplicates: number;
  readonly tables: readonly LabelTableFacts[];
  /** Columns that the set would have. */
  readonly labels: readonly string[];
  /** What is wrong with the tables of labels. */
  readonly problems: readonly Problem[];
  /** What an import makes of some of the pictures, each [imageSize, imageSize, 3], with their names. */
  readonly faces: readonly { readonly file: string; readonly pixels: Uint8Array }[];
}

/**
 * What an import of a folder would give, from its names, its tables and some of its pictures.
 *
 * @throws FusiformError FACES_NONE_FOUND, FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function previewFaces(request: FacesPreviewRequest, signal: AbortSignal): Promise<FacesPreview> {
  const root = resolve(request.dir);
  const found = await listFiles(root, { extensions: imageExtensions });
  if (found.length === 0) {
    throw new FusiformError('FACES_NONE_FOUND', 'There are no images in this folder or below it.', {
      file: root,
    });
  }
  const labels = await previewLabels(
    root,
    request.labels,
    found.map(({ relative }) => relative),
  );
  const chosen = evenlySpaced(found, lookedAtMost);
  const looked = inOrder(chosen, picturesAtOnce, (file) => look(file, request));
  const seen = new Set<string>();
  const rejected: Problem[] = [];
  const faces: { file: string; pixels: Uint8Array }[] = [];
  const sides: number[] = [];
  let duplicates = 0;
  for await (const result of looked) {
    signal.throwIfAborted();
    if ('code' in result) {
      rejected.push(result);
      continue;
    }
    const digest = createHash('sha256').update(result.pixels).digest('hex');
    if (seen.has(digest)) duplicates++;
    seen.add(digest);
    sides.push(result.side);
    faces.push({ file: result.file, pixels: result.pixels });
  }
  return {
    count: found.length,
    lookedAt: chosen.length,
    sides: sides.length === 0 ? null : [Math.min(...sides), Math.max(...sides)],
    rejected,
    duplicates,
    ...labels,
    faces: evenlySpaced(faces, request.shown),
  };
}

type Looked = { readonly file: string; readonly side: number; readonly pixels: Uint8Array };

async function look(
  { path, relative, danglingLink }: ListedFile,
  { imageSize, crop }: FacesPreviewRequest,
): Promise<Looked | Problem> {
  try {
    if (danglingLink !== null) {
      throw new FusiformError('FILE_NOT_FOUND', `A link to a file that is not there (${danglingLink}).`);
    }
    const { width, height } = await probeImage(path);
    const pixels = await decodeFace(path, imageSize, { crop });
    return { file: relative, side: Math.min(width, height), pixels };
  } catch (error) {
    if (error instanceof FusiformError) return { ...error.toProblem(), file: relative };
    throw error;
  }
}

async function previewLabels(
  root: string,
  wanted: FacesPreviewRequest['labels'],
  files: readonly string[],
): Promise<Pick<FacesPreview, 'tables' | 'labels' | 'problems'>> {
  const paths = wanted === 'find' ? findLabelTables(root) : wanted;
  const tables: LabelTable[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isFile()) continue;
      const table = await readLabelTable(resolve(path));
      matchLabels([...tables, table], files);
      tables.push(table);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const fault = missing
        ? new FusiformError('FILE_NOT_FOUND', `${basename(path)} is not there.`, { file: path })
        : error;
      if (!(fault instanceof FusiformError)) throw fault;
      problems.push(fault.toProblem());
    }
  }
  const matched = tables.length === 0 ? labelsFromFolders(files) : matchLabels(tables, files);
  return {
    tables: matched.tables,
    labels: matched.columns,
    problems: [...problems, ...matched.problems].slice(0, 50),
  };
}
