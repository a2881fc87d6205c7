import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ListedFile, listFiles } from '../../formats/files/list.ts';
import { folderNames } from '../../formats/files/look.ts';
import { parseDerivativeName } from '../derivative-names.ts';
import type { NamedFile } from '../inheritance.ts';

/** The files of one dataset: the raw one, or what one pipeline derived from it. */
export interface Collection {
  /** `derivatives/fmriprep`; '' for the dataset at the root of a study. */
  readonly name: string;
  readonly derived: boolean;
  readonly listed: readonly ListedFile[];
  /** Those with a BIDS name. */
  readonly files: readonly NamedFile[];
}

/** Folders that hold no images of a subject, and may hold a hundred thousand files. */
const skipFolders = ['sourcedata', 'code', 'stimuli', 'node_modules'];

/** Everything below a folder that an index may look at. @throws FusiformError FILE_NOT_FOUND, FILE_UNREADABLE */
export function listStudy(root: string, alsoSkip: readonly string[] = []): Promise<ListedFile[]> {
  return listFiles(root, { skipFolders: [...skipFolders, ...alsoSkip] });
}

/**
 * Parts a listing into the dataset at its root and the pipelines below `derivatives`: a pipeline's root is the folder
 * that holds its `sub-` folders.
 *
 * @param rootDerived whether the dataset at the root is one of derivatives itself.
 */
export function collectionsOf(listed: readonly ListedFile[], rootDerived: boolean): Collection[] {
  const isBelow = ({ relative }: ListedFile): boolean => relative.startsWith('derivatives/');
  const below = listed.filter(isBelow);
  const own = collection(
    '',
    '',
    listed.filter((file) => !isBelow(file)),
    rootDerived,
  );
  return [own, ...pipelines(below, '')];
}

/** The pipelines in a folder that a user names: the folder itself, or those in it. */
export async function derivativesIn(folder: string): Promise<Collection[]> {
  return pipelines(await listStudy(folder), folder);
}

function pipelines(listed: readonly ListedFile[], folder: string): Collection[] {
  const rootOf = ({ relative }: ListedFile): string | undefined =>
    /^(.*?)(^|\/)sub-[^/]+\//.exec(relative)?.[1];
  const roots = [...new Set(listed.map(rootOf))].filter((root) => root !== undefined);
  return roots.map((root) => {
    const inside = listed.filter(
      (file) =>
        rootOf(file) === root ||
        (rootOf(file) === undefined && (root === '' || file.relative.startsWith(`${root}/`))),
    );
    const name = folder === '' ? root : root === '' ? basename(folder) : `${basename(folder)}/${root}`;
    return collection(name, root, inside, true);
  });
}

function collection(name: string, root: string, listed: readonly ListedFile[], derived: boolean): Collection {
  const start = root === '' ? 0 : root.length + 1;
  const files: NamedFile[] = [];
  for (const { path, relative, danglingLink } of listed) {
    const slash = relative.lastIndexOf('/');
    const parsed = parseDerivativeName(relative.slice(slash + 1));
    if (parsed === null) continue;
    files.push({ path, folder: relative.slice(start, Math.max(start, slash)), name: parsed, danglingLink });
  }
  return { name, derived, listed, files };
}

/**
 * The raw dataset that derivatives were made from, where it can be told: the one they lie in, one that their
 * description names by a path, or a neighbour called `rawdata`, `bids` or `raw`.
 */
export async function findRawDataset(root: string, sources: readonly string[]): Promise<string | null> {
  const above = dirname(resolve(root));
  const candidates = [
    ...sources.map((source) => localPath(source, root)).filter((path) => path !== null),
    ...(basename(above) === 'derivatives' ? [dirname(above)] : []),
    ...['rawdata', 'bids', 'raw'].map((name) => join(above, name)),
    above,
  ];
  for (const candidate of candidates) {
    if (candidate !== resolve(root) && (await holdsSubjects(candidate))) return candidate;
  }
  return null;
}

/** `bids::` and web addresses name no folder of this machine. */
function localPath(source: string, root: string): string | null {
  if (source.startsWith('file://')) return URL.canParse(source) ? fileURLToPath(source) : null;
  return /^[a-z][a-z+]*:/i.test(source) ? null : resolve(root, source);
}

async function holdsSubjects(folder: string): Promise<boolean> {
  return (await folderNames(folder)).some((name) => name.startsWith('sub-'));
}
