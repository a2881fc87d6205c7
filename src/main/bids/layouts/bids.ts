import { basename, resolve } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { ListedFile } from '../../formats/files/list.ts';
import { parseDerivativeName } from '../derivative-names.ts';
import { formatBidsName } from '../entities.ts';
import { inheritedFiles, isSubset, type NamedFile } from '../inheritance.ts';
import { type Collection, collectionsOf, derivativesIn, findRawDataset, listStudy } from './collections.ts';
import type { BidsDataset, BidsMask, BidsRun, BidsSubject, BidsSurface, IndexOptions } from './layout.ts';
import { byRun } from './order.ts';
import { kindOfFile, type Shelf, Sorter } from './shelves.ts';
import { readDescription, readSidecars, type Sidecars } from './sidecars.ts';
import { type Candidate, chooseVersions, describeVersion, runEntities } from './versions.ts';

/**
 * Lists the runs of a study whose files have BIDS names: raw, or preprocessed and joined to the events and sidecars of
 * the raw dataset.
 *
 * @throws FusiformError BIDS_NOT_A_DATASET where no subject's folder is found, STUDY_VERSION_UNKNOWN
 */
export async function indexBids(
  root: string,
  listed: readonly ListedFile[],
  options: IndexOptions,
): Promise<BidsDataset> {
  const problems: Problem[] = [];
  const description = await readDescription(root, listed, problems);
  const own = collectionsOf(listed, description.derived);
  const raw = description.derived ? await rawCollection(root, description.sources) : own[0];
  const beside = await Promise.all(
    (options.derivatives ?? []).map((folder) => derivativesIn(resolve(folder))),
  );
  const collections = [...new Set([raw, ...own, ...beside.flat()])].filter((item) => item !== null);
  const imageSources =
    beside.length === 0
      ? collections
      : collections.filter((item) => !item.derived || beside.flat().includes(item));
  const labels = [...new Set(collections.flatMap(subjectsOf))].sort();
  if (labels.length === 0) {
    throw new FusiformError(
      'BIDS_NOT_A_DATASET',
      'The folder holds no folders of subjects named `sub-...`.',
      { file: root },
    );
  }
  const sidecars = await readSidecars(
    collections.flatMap(({ files }) => files).filter((file) => kindOfFile(file) === 'sidecar'),
    problems,
  );
  const sorters = collections.map((collection) => new Sorter(collection));
  const study = { root, raw, imageSources, sidecars, options };
  const subjects = labels.map((label) =>
    indexSubject(
      label,
      sorters.map((sorter) => sorter.shelf(label)),
      study,
    ),
  );
  const layout = subjects.some(({ runs }) => runs.some(({ version }) => version !== 'raw'))
    ? 'fmriprep'
    : 'bids';
  const { name, bidsVersion } = description;
  return { root, layout: options.layout ?? layout, name, bidsVersion, subjects, problems };
}

interface Study {
  readonly root: string;
  /** The raw dataset, whose events and sidecars hold for what was derived from it; null where it is not at hand. */
  readonly raw: Collection | null;
  /** Those whose images may be runs. */
  readonly imageSources: readonly Collection[];
  readonly sidecars: Sidecars;
  readonly options: IndexOptions;
}

/** A subject has a folder; in the raw dataset that may be all. */
function subjectsOf({ listed, files, name }: Collection): string[] {
  const labels = files.map(({ folder }) => /^sub-([^/]+)/.exec(folder)?.[1]);
  if (name === '') labels.push(...listed.map(({ relative }) => /^sub-([^/]+)\//.exec(relative)?.[1]));
  return labels.filter((label) => label !== undefined);
}

async function rawCollection(root: string, sources: readonly string[]): Promise<Collection | null> {
  const folder = await findRawDataset(root, sources);
  return folder === null ? null : collectionsOf(await listStudy(folder, ['derivatives']), false)[0];
}

function indexSubject(label: string, shelves: readonly Shelf[], study: Study): BidsSubject {
  const sources = shelves.filter(({ collection }) => study.imageSources.includes(collection));
  const { chosen, problems } = chooseVersions(sources.flatMap(candidatesOn), study.options, study.root);
  const derived = { confounds: byRunOf(shelves, 'confounds'), brainMask: byRunOf(shelves, 'brainMask') };
  const rawShelf = shelves.find(({ collection }) => collection === study.raw);
  const { kept, repeated } = withoutRepeats(
    chosen.map((candidate): BidsRun => {
      const { file } = candidate;
      const { entities } = file.name;
      const home = shelves.find(({ image }) => image.includes(file));
      // A derivative lies in the same folders as the raw image did, and inherits what applied to that.
      const applying = (kind: 'events' | 'sidecar'): NamedFile[] =>
        [...new Set([rawShelf, home])].flatMap((shelf) => inheritedFiles(file, shelf?.[kind] ?? []));
      return {
        name: runName(entities),
        subject: label,
        session: entities.ses ?? null,
        task: entities.task ?? '',
        run: entities.run ?? null,
        entities,
        boldPath: file.path,
        danglingLink: file.danglingLink,
        version: describeVersion(candidate),
        space: entities.space ?? null,
        eventsPath: applying('events').at(-1)?.path ?? null,
        confoundsPath: derivedFile(file, home, derived.confounds),
        maskPath: derivedFile(file, home, derived.brainMask),
        metadata: Object.assign({}, ...applying('sidecar').map((sidecar) => study.sidecars.get(sidecar))),
      };
    }),
  );
  const runs = kept.sort(byRun);
  return {
    label,
    sessions: [...new Set(runs.map(({ session }) => session))].filter((session) => session !== null),
    runs,
    masks: shelves.flatMap(masksOn),
    surfaces: shelves.flatMap(({ surface }) => surface.map(asSurface)),
    models: shelves.flatMap(({ others }) =>
      others.filter(({ relative }) => basename(relative) === 'SPM.mat').map(({ path }) => path),
    ),
    problems: [...problems, ...repeated],
  };
}

/** The same for every version of a run: `sub-01_task-faces_run-01`. */
function runName(entities: Readonly<Record<string, string>>): string {
  return formatBidsName({ entities: runEntities(entities), suffix: 'bold', extension: '' }).replace(
    /_bold$/,
    '',
  );
}

function candidatesOn({ collection, image }: Shelf): Candidate[] {
  return image.map((file) => ({
    file,
    collection: collection.name,
    derived:
      collection.derived ||
      file.name.prefix !== '' ||
      'desc' in file.name.entities ||
      'space' in file.name.entities,
  }));
}

interface DerivedFile {
  readonly file: NamedFile;
  readonly shelf: Shelf;
}

function runKey({ sub, ses, task, run }: Readonly<Record<string, string>>): string {
  return [sub, ses, task, run].join('/');
}

function byRunOf(shelves: readonly Shelf[], kind: 'confounds' | 'brainMask'): Map<string, DerivedFile[]> {
  const all = shelves.flatMap((shelf) => shelf[kind].map((file): DerivedFile => ({ file, shelf })));
  return Map.groupBy(all, ({ file }) => runKey(file.name.entities));
}

/**
 * A file that was computed from an image, wherever it lies: it has the image's subject, session, task and run, and is
 * in the same space. What lies nearest to the image comes first: in its folder, in its pipeline, then elsewhere.
 */
function derivedFile(
  bold: NamedFile,
  home: Shelf | undefined,
  candidates: ReadonlyMap<string, readonly DerivedFile[]>,
): string | null {
  const own = bold.name.entities;
  const distance = ({ file, shelf }: DerivedFile): number =>
    shelf !== home ? 2 : file.folder === bold.folder ? 0 : 1;
  const fitting = (candidates.get(runKey(own)) ?? []).filter(({ file: { name } }) => {
    const { desc: _, ...entities } = name.entities;
    // Confounds are a table and lie in no space; a mask must lie in the image's own.
    const sameSpace = name.suffix !== 'mask' || entities.space === own.space;
    return sameSpace && isSubset(entities, own);
  });
  return fitting.sort((a, b) => distance(a) - distance(b)).at(0)?.file.path ?? null;
}

/** A run that lies there twice (compressed and not, say) is taken once. */
function withoutRepeats(runs: readonly BidsRun[]): { kept: BidsRun[]; repeated: Problem[] } {
  const kept: BidsRun[] = [];
  const repeated: Problem[] = [];
  for (const [name, [first, ...others]] of Map.groupBy(runs, (run) => run.name)) {
    kept.push(first);
    for (const other of others) {
      const message = `Run ${name} is there twice; ${basename(first.boldPath)} is taken, and this file is left out.`;
      repeated.push(new FusiformError('STUDY_RUN_TWICE', message, { file: other.boldPath }).toProblem());
    }
  }
  return { kept, repeated };
}

function masksOn({ collection, others }: Shelf): BidsMask[] {
  if (!collection.derived) return [];
  const masks: BidsMask[] = [];
  for (const { path, relative, danglingLink } of others) {
    const folders = relative.split('/').slice(0, -1);
    const [, stem] = /^(.*?)\.nii(\.gz)?$/.exec(basename(path)) ?? [];
    if (stem === undefined) continue;
    const name = parseDerivativeName(basename(path));
    const isBidsMask = name?.suffix === 'mask';
    // `class-GM` is how fMRIPrep named it before version 1.1.
    const { label, class: tissue } = name?.entities ?? {};
    const isGreyMatter = name?.suffix === 'probseg' && /^gm$/i.test(label ?? tissue ?? '');
    if (!isBidsMask && !isGreyMatter && !folders.includes('masks')) continue;
    masks.push({
      name: (isBidsMask ? (name.entities.label ?? name.entities.desc) : undefined) ?? stem,
      path,
      danglingLink,
      space: name?.entities.space ?? null,
      isGreyMatter,
    });
  }
  return masks;
}

function asSurface({ path, name, danglingLink }: NamedFile): BidsSurface {
  const { entities, extension } = name;
  return {
    path,
    danglingLink,
    hemisphere: entities.hemi,
    space: entities.space ?? null,
    kind: extension.replace(/^\.|\.?gii$/g, ''),
    run: entities.task === undefined ? null : runName(entities),
  };
}
