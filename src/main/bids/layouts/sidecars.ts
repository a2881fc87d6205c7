import { join } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { ListedFile } from '../../formats/files/list.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import type { NamedFile } from '../inheritance.ts';

export type Sidecars = ReadonlyMap<NamedFile, Readonly<Record<string, unknown>>>;

/** Every sidecar once; one that cannot be read is listed and left out. */
export async function readSidecars(files: readonly NamedFile[], problems: Problem[]): Promise<Sidecars> {
  const read = await Promise.all(files.map((file) => readObject(file.path, problems)));
  return new Map(files.map((file, index) => [file, read[index] ?? {}]));
}

async function readObject(path: string, problems: Problem[]): Promise<Record<string, unknown> | null> {
  try {
    const value = await readJsonFile(path);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new FusiformError('JSON_SYNTAX', 'The JSON must be an object.', { file: path, line: 1 });
  } catch (error) {
    if (!(error instanceof FusiformError)) throw error;
    problems.push(error.toProblem());
    return null;
  }
}

export interface Description {
  readonly name: string | null;
  readonly bidsVersion: string | null;
  readonly derived: boolean;
  /** Paths or addresses of the datasets that it was derived from. */
  readonly sources: readonly string[];
}

export async function readDescription(
  root: string,
  listed: readonly ListedFile[],
  problems: Problem[],
): Promise<Description> {
  const file = 'dataset_description.json';
  const exists = listed.some(({ relative }) => relative === file);
  const description = exists ? await readObject(join(root, file), problems) : null;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const sources = Array.isArray(description?.SourceDatasets) ? description.SourceDatasets : [];
  return {
    name: text(description?.Name),
    bidsVersion: text(description?.BIDSVersion),
    derived: description?.DatasetType === 'derivative' || holdsPreprocessed(listed),
    sources: sources.map((source) => text(source?.URL)).filter((url) => url !== null),
  };
}

/** fMRIPrep named its outputs so before descriptions said that they were derivatives. */
function holdsPreprocessed(listed: readonly ListedFile[]): boolean {
  return listed.some(
    ({ relative }) =>
      relative.startsWith('sub-') && /(desc-preproc_bold|_bold_(space-[^_]+_)?preproc)\.nii/.test(relative),
  );
}
