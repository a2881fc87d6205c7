import { basename, resolve } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { ListedFile } from '../../formats/files/list.ts';
import { formatBidsName } from '../entities.ts';
import { inheritedFiles, isSubset, type NamedFile } from '../inheritance.ts';
import { type Collection, collectionsOf, derivativesIn, findRawDataset, listStudy } from './collections.ts';
import type { BidsDataset, BidsMask, BidsRun, BidsSubject, BidsSurface, IndexOptions } from './layout.ts';
import { byRun } from './order.ts';
import { readDescription, readSidecars, type Sidecars } from './sidecars.ts';
import { type Candidate, chooseVersions, describeVersion, runEntities } from './versions.ts';

const isImage = (extension: string): boolean => /^\.(nii|nii\.gz|img|img\.gz)$/.test(extension);

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
    collections
      .flatMap(({ files }) => files)
      .filter(({ name }) => name.extension === '.json' && name.suffix === 'bold'),
    problems,
  );
  const subjects = labels.map((label): BidsSubject => {
    const study = { root, raw, collections, imageSources, sidecars, options };
    return indexSubject(label, study);
  });
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
  readonly collections: readonly Collection[];
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

function indexSubject(label: string, study: Study): BidsSubject {
  const { root, options, collections } = study;
  const candidates = study.imageSources.flatMap((source) => candidatesIn(source, label));
  const { chosen, problems } = chooseVersions(candidates, options, root);
  const files = collections.map((item) => ({
    ...item,
    files: item.files.filter((file) => concerns(file, label)),
  }));
  const { kept, repeated } = withoutRepeats(
    chosen.map((candidate) => asRun(candidate, label, { ...study, collections: files })),
  );
  const runs = kept.sort(byRun);
  const sessions = [...new Set(runs.map(({ session }) => session))].filter((session) => session !== null);
  return {
    label,
    sessions,
    runs,
    masks: findMasks(collections, label),
    surfaces: files.flatMap((item) => item.files.map(asSurface).filter((surface) => surface !== null)),
    models: collections.flatMap(({ listed }) =>
      listed.filter((file) => isModel(file, label)).map(({ path }) => path),
    ),
    problems: [...problems, ...repeated],
  };
}

function concerns({ name, folder }: NamedFile, label: string): boolean {
  return name.entities.sub === label || (name.entities.sub === undefined && !folder.startsWith('sub-'));
}

function candidatesIn(source: Collection, label: string): Candidate[] {
  return source.files
    .filter(
      ({ name, folder }) =>
        name.suffix === 'bold' &&
        isImage(name.extension) &&
        name.entities.sub === label &&
        name.entities.part !== 'phase' &&
        folder.startsWith('sub-'),
    )
    .map((file) => ({
      file,
      collection: source.name,
      derived:
        source.derived ||
        file.name.prefix !== '' ||
        'desc' in file.name.entities ||
        'space' in file.name.entities,
    }));
}

function asRun(candidate: Candidate, subject: string, study: Study): BidsRun {
  const { file } = candidate;
  const { collections, raw, sidecars } = study;
  const { entities } = file.name;
  const all = collections.flatMap(({ files }) => files);
  const home = collections.find(({ files }) => files.includes(file));
  const rawFiles = collections.find(({ name, derived }) => name === raw?.name && !derived)?.files ?? [];
  // A derivative lies in the same folders as the raw image did, and inherits what applied to that.
  const applying = (suffix: string, extension: string): NamedFile[] =>
    [rawFiles, ...(home && home.files !== rawFiles ? [home.files] : [])].flatMap((files) =>
      inheritedFiles(
        file,
        files.filter(({ name }) => name.suffix === suffix && name.extension === extension),
      ),
    );
  return {
    name: formatBidsName({ entities: runEntities(entities), suffix: 'bold', extension: '' }).replace(
      /_bold$/,
      '',
    ),
    subject,
    session: entities.ses ?? null,
    task: entities.task ?? '',
    run: entities.run ?? null,
    entities,
    boldPath: file.path,
    danglingLink: file.danglingLink,
    version: describeVersion(candidate),
    space: entities.space ?? null,
    eventsPath: applying('events', '.tsv').at(-1)?.path ?? null,
    confoundsPath: derivedFile(file, home, all.filter(isConfounds))?.path ?? null,
    maskPath: derivedFile(file, home, all.filter(isBrainMask))?.path ?? null,
    metadata: Object.assign({}, ...applying('bold', '.json').map((sidecar) => sidecars.get(sidecar))),
  };
}

function isConfounds({ name }: NamedFile): boolean {
  const { suffix, extension, entities, prefix } = name;
  if (prefix.startsWith('rp_')) return extension === '.txt';
  return extension === '.tsv' && /^(timeseries|regressors)$/.test(suffix) && entities.desc === 'confounds';
}

function isBrainMask({ name }: NamedFile): boolean {
  return name.suffix === 'mask' && name.entities.desc === 'brain' && isImage(name.extension);
}

/**
 * A file that was computed from an image, wherever it lies: it has the image's subject, session, task and run, and is
 * in the same space. What lies nearest to the image comes first: in its folder, in its pipeline, then elsewhere.
 */
function derivedFile(
  bold: NamedFile,
  home: Collection | undefined,
  candidates: readonly NamedFile[],
): NamedFile | undefined {
  const own = bold.name.entities;
  const distance = (file: NamedFile): number =>
    home?.files.includes(file) ? (file.folder === bold.folder ? 0 : 1) : 2;
  return candidates
    .filter(({ name }) => {
      const { desc: _, ...entities } = name.entities;
      const sameRun = ['sub', 'ses', 'task', 'run'].every((key) => entities[key] === own[key]);
      // Confounds are a table and lie in no space; a mask must lie in the image's own.
      const sameSpace = name.suffix !== 'mask' || entities.space === own.space;
      return sameRun && sameSpace && isSubset(entities, own);
    })
    .sort((a, b) => distance(a) - distance(b))
    .at(0);
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

function findMasks(collections: readonly Collection[], subject: string): BidsMask[] {
  const masks: BidsMask[] = [];
  for (const { derived, listed, files } of collections) {
    if (!derived) continue;
    const named = new Map(files.map((file) => [file.path, file.name]));
    for (const { path, relative, danglingLink } of listed) {
      const folders = relative.split('/').slice(0, -1);
      if (!folders.includes(`sub-${subject}`)) continue;
      const [, stem] = /^(.*?)\.nii(\.gz)?$/.exec(basename(path)) ?? [];
      if (stem === undefined) continue;
      const name = named.get(path);
      const isBidsMask = name?.suffix === 'mask';
      if (!isBidsMask && !folders.includes('masks')) continue;
      masks.push({
        name: (isBidsMask ? (name.entities.label ?? name.entities.desc) : undefined) ?? stem,
        path,
        danglingLink,
        space: name?.entities.space ?? null,
      });
    }
  }
  return masks;
}

function asSurface({ path, name, danglingLink }: NamedFile): BidsSurface | null {
  const { entities, extension } = name;
  const kind = /^\.(func|shape|surf|label)\.gii$/.exec(extension)?.[1];
  const hemisphere = entities.hemi;
  if (kind === undefined || hemisphere === undefined || entities.sub === undefined) return null;
  const run = entities.task === undefined ? null : runEntities(entities);
  return {
    path,
    danglingLink,
    hemisphere,
    space: entities.space ?? null,
    kind,
    run: run && formatBidsName({ entities: run, suffix: 'bold', extension: '' }).replace(/_bold$/, ''),
  };
}

function isModel({ relative }: ListedFile, label: string): boolean {
  return basename(relative) === 'SPM.mat' && relative.split('/').includes(`sub-${label}`);
}
