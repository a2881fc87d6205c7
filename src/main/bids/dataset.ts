import { basename, join } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { type ListedFile, listFiles } from '../formats/files/list.ts';
import { readJsonFile } from '../formats/json/json.ts';
import { formatBidsName, parseBidsName } from './entities.ts';
import { inheritedFiles, isSubset, type NamedFile } from './inheritance.ts';

export interface BidsDataset {
  readonly root: string;
  /** From dataset_description.json. */
  readonly name: string | null;
  readonly bidsVersion: string | null;
  /** By label. */
  readonly subjects: readonly BidsSubject[];
  /** What is wrong with single files, such as a sidecar that is not JSON. */
  readonly problems: readonly Problem[];
}

export interface BidsSubject {
  /** Without `sub-`. */
  readonly label: string;
  /** Sessions in order, without `ses-`; empty where the dataset has none. */
  readonly sessions: readonly string[];
  /** By session, task, run. */
  readonly runs: readonly BidsRun[];
  /** Mask images under `derivatives`: BIDS's `_mask` files, and any image in a folder named `masks`. */
  readonly masks: readonly BidsMask[];
}

export interface BidsRun {
  /** The file name up to its suffix: `sub-01_ses-01_task-faces_run-01`. */
  readonly name: string;
  readonly subject: string;
  readonly session: string | null;
  readonly task: string;
  readonly run: string | null;
  readonly entities: Readonly<Record<string, string>>;
  readonly boldPath: string;
  /** Where the image links to when its content is not there, else null. */
  readonly danglingLink: string | null;
  readonly eventsPath: string | null;
  /** fMRIPrep's table, beside the image or under `derivatives`. */
  readonly confoundsPath: string | null;
  /** The brain mask that was made for this very image. */
  readonly maskPath: string | null;
  /** All sidecars that apply, merged by the inheritance principle. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface BidsMask {
  /** `brain`, `gray`: the label or desc of a BIDS name, else the file's name without its ending. */
  readonly name: string;
  readonly path: string;
  readonly danglingLink: string | null;
}

/** Folders that hold no images of a subject, and may hold a hundred thousand files. */
const skipFolders = ['sourcedata', 'code', 'stimuli', 'node_modules'];
const isImage = (extension: string): boolean => extension === '.nii' || extension === '.nii.gz';

/**
 * Lists what a BIDS dataset holds for every subject: functional runs with their events, sidecars, confounds and masks.
 * The root may also be a folder of derivatives. No image is opened; images that are dangling links are marked.
 *
 * @throws FusiformError FILE_NOT_FOUND, BIDS_NOT_A_DATASET where no subject's folder is found
 */
export async function indexDataset(root: string): Promise<BidsDataset> {
  const listed = await listFiles(root, { skipFolders });
  const subjectFolders = listed.map(({ relative }) => /^sub-([^/]+)\//.exec(relative)?.[1]);
  const labels = [...new Set(subjectFolders.filter((label) => label !== undefined))].sort();
  if (labels.length === 0) {
    throw new FusiformError(
      'BIDS_NOT_A_DATASET',
      'The folder holds no folders of subjects named `sub-...`.',
      {
        file: root,
      },
    );
  }
  const problems: Problem[] = [];
  const named = listed.map(asNamedFile).filter((file) => file !== null);
  const sidecars = await readSidecars(
    named.filter(({ name }) => name.extension === '.json' && name.suffix === 'bold'),
    problems,
  );
  const shared = named.filter(({ name }) => name.entities.sub === undefined);
  const bySubject = Map.groupBy(named, ({ name }) => name.entities.sub);
  const subjects = labels.map((label) => {
    const own = bySubject.get(label) ?? [];
    const runs = findRuns([...shared, ...own], sidecars, label);
    const sessions = [...new Set(runs.map(({ session }) => session))].filter((session) => session !== null);
    return { label, sessions, runs, masks: findMasks(listed, label) };
  });
  return { root, ...(await readDescription(root, listed, problems)), subjects, problems };
}

function asNamedFile(file: ListedFile): NamedFile | null {
  const slash = file.relative.lastIndexOf('/');
  const name = parseBidsName(file.relative.slice(slash + 1));
  return name === null ? null : { ...file, folder: slash < 0 ? '' : file.relative.slice(0, slash), name };
}

type Sidecars = ReadonlyMap<NamedFile, Readonly<Record<string, unknown>>>;

/** Every sidecar once; one that cannot be read is listed and left out. */
async function readSidecars(files: readonly NamedFile[], problems: Problem[]): Promise<Sidecars> {
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

async function readDescription(
  root: string,
  listed: readonly ListedFile[],
  problems: Problem[],
): Promise<Pick<BidsDataset, 'name' | 'bidsVersion'>> {
  const file = 'dataset_description.json';
  const exists = listed.some(({ relative }) => relative === file);
  const description = exists ? await readObject(join(root, file), problems) : null;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { name: text(description?.Name), bidsVersion: text(description?.BIDSVersion) };
}

function findRuns(files: readonly NamedFile[], sidecars: Sidecars, subject: string): BidsRun[] {
  const ofKind = (suffix: string, extension: string): NamedFile[] =>
    files.filter(({ name }) => name.suffix === suffix && name.extension === extension);
  const events = ofKind('events', '.tsv');
  const boldSidecars = ofKind('bold', '.json');
  const confounds = [...ofKind('timeseries', '.tsv'), ...ofKind('regressors', '.tsv')].filter(
    ({ name }) => name.entities.desc === 'confounds',
  );
  const brainMasks = files.filter(
    ({ name }) => name.suffix === 'mask' && name.entities.desc === 'brain' && isImage(name.extension),
  );
  return files
    .filter(
      ({ name, folder }) => name.suffix === 'bold' && isImage(name.extension) && folder.startsWith('sub-'),
    )
    .map((bold) => {
      const { entities } = bold.name;
      const metadata = Object.assign(
        {},
        ...inheritedFiles(bold, boldSidecars).map((file) => sidecars.get(file)),
      );
      return {
        name: formatBidsName({ entities, suffix: 'bold', extension: '' }).replace(/_bold$/, ''),
        subject,
        session: entities.ses ?? null,
        task: entities.task ?? '',
        run: entities.run ?? null,
        entities,
        boldPath: bold.path,
        danglingLink: bold.danglingLink,
        eventsPath: inheritedFiles(bold, events).at(-1)?.path ?? null,
        confoundsPath: derivedFile(bold, confounds)?.path ?? null,
        maskPath: derivedFile(bold, brainMasks)?.path ?? null,
        metadata,
      };
    })
    .sort(byRun);
}

function byRun(a: BidsRun, b: BidsRun): number {
  const compare = (x: string | null, y: string | null): number =>
    (x ?? '').localeCompare(y ?? '', 'en', { numeric: true });
  return (
    compare(a.session, b.session) ||
    compare(a.task, b.task) ||
    compare(a.run, b.run) ||
    compare(a.name, b.name)
  );
}

/**
 * A file that was computed from an image, wherever it lies: it has the image's subject, session, task and run, and is
 * in the same space. What lies nearest to the image comes first.
 */
function derivedFile(bold: NamedFile, candidates: readonly NamedFile[]): NamedFile | undefined {
  const identity = (entities: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(entities).filter(([key]) => key !== 'desc'));
  const own = bold.name.entities;
  return candidates
    .filter(({ name }) => {
      const entities = identity(name.entities);
      const sameRun = ['sub', 'ses', 'task', 'run'].every((key) => entities[key] === own[key]);
      // Confounds are a table and lie in no space; a mask must lie in the image's own.
      const sameSpace = name.suffix !== 'mask' || entities.space === own.space;
      return sameRun && sameSpace && isSubset(entities, own);
    })
    .sort((a, b) => Number(b.folder === bold.folder) - Number(a.folder === bold.folder))
    .at(0);
}

function findMasks(listed: readonly ListedFile[], subject: string): BidsMask[] {
  const masks: BidsMask[] = [];
  for (const { path, relative, danglingLink } of listed) {
    const folders = relative.split('/').slice(0, -1);
    if (folders[0] !== 'derivatives' || !folders.includes(`sub-${subject}`)) continue;
    const [, stem] = /^(.*?)\.nii(\.gz)?$/.exec(basename(path)) ?? [];
    if (stem === undefined) continue;
    const name = parseBidsName(basename(path));
    const isBidsMask = name?.suffix === 'mask';
    if (!isBidsMask && !folders.includes('masks')) continue;
    masks.push({
      name: (isBidsMask ? (name.entities.label ?? name.entities.desc) : undefined) ?? stem,
      path,
      danglingLink,
    });
  }
  return masks;
}
