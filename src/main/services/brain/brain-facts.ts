import { existsSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { BrainFacts, BrainImage, BrainSurface } from '../../../shared/contract/brain.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { indexDataset } from '../../bids/dataset.ts';
import { bareLabel, sameLabel } from '../../bids/entities.ts';
import { listStudy } from '../../bids/layouts/collections.ts';
import { findSubject } from '../../bids/select.ts';
import { listFiles } from '../../formats/files/list.ts';
import { readMapping } from '../../jobs/stages/fit-mapping.ts';
import { jobInputs, listJobs } from '../../store/jobs.ts';
import { latestQuality } from '../quality.ts';
import { parseOptions } from '../study-request.ts';
import { studyOf } from '../subjects.ts';
import type { Workspace } from '../workspace.ts';
import { describeImage, fileImage, type ImageFacts } from './describe-image.ts';
import { surfaceEnding } from './image-ids.ts';
import { selectedVoxels } from './mapping-regions.ts';
import { masksFolder } from './masks.ts';

/** Stages whose artefacts hold maps of a subject that no entry names. */
const mapStages = ['weight-maps', 'voxel-reliability'];

/** Everything of a subject that can be looked at: what was computed, its masks, and what its study holds. */
export async function brainFacts(workspace: Workspace, subject: string): Promise<BrainFacts> {
  const problems: BrainFacts['problems'] = [];
  const keep =
    <T>(fallback: T) =>
    (error: unknown): T => {
      if (!(error instanceof FusiformError)) throw error;
      problems.push({ code: error.code, message: error.message, remedy: error.remedy });
      return fallback;
    };
  const parts = await Promise.all([
    ...foldersOf(workspace, subject).map(({ hash, model }) => artifactImages(workspace, hash, model, keep)),
    regionImages(workspace, subject),
    drawnMasks(workspace, subject, keep),
  ]);
  const study = await studyImages(workspace, subject, keep).catch(keep({ images: [], surfaces: [] }));
  return { subject, images: [...parts.flat(), ...study.images], surfaces: study.surfaces, problems };
}

type Keep = <T>(fallback: T) => (error: unknown) => T;

interface Folder {
  readonly hash: string;
  readonly model: string | null;
}

/** Artefacts that hold images of a subject, the newest maps of weights first; each once. */
function foldersOf(workspace: Workspace, subject: string): Folder[] {
  const { sql, artifactsDir } = workspace.store;
  const mappings = workspace
    .entries('mapping')
    .filter(({ name }) => name.startsWith(`${subject}/`))
    .flatMap(({ name }) => {
      const { key, hash } = workspace.entry('mapping', name);
      const { statistics } = jobInputs(sql, key);
      const model = name.slice(subject.length + 1);
      return [hash, statistics].flatMap((each) => (each === undefined ? [] : [{ hash: each, model }]));
    });
  const maps = listJobs(sql)
    .filter(
      ({ stage, state, summary }) =>
        mapStages.includes(stage) && state === 'done' && summary?.subject === subject,
    )
    .sort((a, b) => (b.finishedAt ?? '').localeCompare(a.finishedAt ?? ''))
    .flatMap(({ artifact, summary }) =>
      artifact === null
        ? []
        : [{ hash: artifact, model: typeof summary?.model === 'string' ? summary.model : null }],
    );
  const quality = latestQuality(workspace, subject);
  const all = [...maps, ...mappings, ...(quality === null ? [] : [{ hash: quality.hash, model: null }])];
  return all.filter(
    ({ hash }, at) =>
      existsSync(join(artifactsDir, hash)) && all.findIndex((other) => other.hash === hash) === at,
  );
}

async function artifactImages(
  workspace: Workspace,
  hash: string,
  model: string | null,
  keep: Keep,
): Promise<BrainImage[]> {
  const folder = join(workspace.store.artifactsDir, hash);
  const listed = await listFiles(folder, { extensions: ['.nii.gz', '.nii'] });
  const images = await Promise.all(
    onePerKind(listed.map(({ relative: path }) => path)).map(async (path) => {
      const facts = await describeImage(join(folder, path)).catch(keep(null));
      return facts && artifactImage(hash, path, model, facts, join(folder, path));
    }),
  );
  return images.filter((image) => image !== null);
}

function artifactImage(
  hash: string,
  path: string,
  model: string | null,
  facts: ImageFacts,
  file: string,
): BrainImage {
  const run = /_(run-[^_]+)_/.exec(path)?.[1];
  const session = /_(ses-[^_]+)_/.exec(path)?.[1];
  const place = [session, run].filter((each) => each !== undefined).join(' ');
  return {
    ...facts,
    name: place === '' ? facts.name : `${facts.name}, ${place}`,
    id: `artifacts/${hash}/${path}`,
    url: `artifacts/${hash}/${path.split('/').map(encodeURIComponent).join('/')}`,
    file,
    model,
  };
}

/** Of the many images of runs the first of each kind: one is enough to look at a brain. */
function onePerKind(paths: readonly string[]): string[] {
  const kindOf = (path: string) => (/_run-/.test(path) ? path.replace(/^.*_run-[^_]+/, '') : path);
  return paths.filter((path, at) => paths.findIndex((other) => kindOf(other) === kindOf(path)) === at);
}

/** The regions of every mapping that has a geometry, as label images. */
async function regionImages(workspace: Workspace, subject: string): Promise<BrainImage[]> {
  const entries = workspace.entries('mapping').filter(({ name }) => name.startsWith(`${subject}/`));
  const images = await Promise.all(
    entries.map(async ({ name }): Promise<BrainImage | null> => {
      const { hash, path } = workspace.entry('mapping', name);
      if (!existsSync(join(path, selectedVoxels))) return null;
      const { description } = await readMapping(path);
      if (description.regions.length === 0) return null;
      const model = name.slice(subject.length + 1);
      return {
        id: `regions:${hash}`,
        name: 'Regions',
        kind: 'labels',
        url: `regions/${hash}`,
        file: null,
        units: null,
        degreesOfFreedom: null,
        correction: null,
        description: `Regions of the voxels that are decoded from, "${model}".`,
        isSigned: false,
        model,
        target: null,
        labels: description.regions.map((region, at) => ({ index: at + 1, name: region })),
      };
    }),
  );
  return images.filter((image) => image !== null);
}

async function drawnMasks(workspace: Workspace, subject: string, keep: Keep): Promise<BrainImage[]> {
  const folder = join(workspace.store.dir, masksFolder);
  if (!existsSync(folder)) return [];
  const listed = await listFiles(folder, { extensions: ['.nii.gz'] });
  const own = listed.filter(({ relative: path }) => path.startsWith(`sub-${bareLabel(subject, 'sub')}_`));
  return imagesOfFiles(
    own.map(({ path }) => path),
    keep,
    (path) => {
      const label = /_label-([^_]+)_mask/.exec(path)?.[1] ?? basename(path);
      return `Drawn: ${label}`;
    },
  );
}

/** Images of files on the host's disk. */
async function imagesOfFiles(
  paths: readonly string[],
  keep: Keep,
  nameOf: (path: string, facts: ImageFacts) => string,
): Promise<BrainImage[]> {
  const images = await Promise.all(
    paths.map(async (path) => {
      const facts = await describeImage(path).catch(keep(null));
      return facts && fileImage(path, { ...facts, name: nameOf(path, facts) });
    }),
  );
  return images.filter((image) => image !== null);
}

const anatomyPattern = /(^|\/)anat\/[^/]*_(T1w|inplaneT2|T2w)\.nii(\.gz)?$/i;
const labelsPattern =
  /_(dseg|desc-aparcaseg_dseg|desc-aseg_dseg)\.nii(\.gz)?$|(aparc|aseg)[^/]*\.nii(\.gz)?$/i;
const surfacePattern =
  /(?:hemi-(?<hemi>[LR])|(?:^|\/)(?<fs>[lr])h)[^/]*?(?<kind>midthickness|pial|white|smoothwm)[^/]*\.gii$/i;

async function studyImages(
  workspace: Workspace,
  subject: string,
  keep: Keep,
): Promise<{ images: BrainImage[]; surfaces: BrainSurface[] }> {
  const { source, options } = studyOf(workspace, subject);
  if (!existsSync(source)) {
    throw new FusiformError('FILE_NOT_FOUND', 'The folder of the study is not there any more.', {
      file: source,
    });
  }
  const index = await indexDataset(source, parseOptions(options));
  const { masks, runs, label } = findSubject(index, subject);
  const own = (await listStudy(source)).filter(
    ({ relative: path, danglingLink }) => danglingLink === null && isOfSubject(path, label),
  );
  const matching = (pattern: RegExp) =>
    own.filter(({ relative: path }) => pattern.test(path)).map(({ path }) => path);
  const described = (path: string) => relative(source, path).split(sep).join('/');
  const [anatomy, labels, maskImages] = await Promise.all([
    imagesOfFiles(matching(anatomyPattern), keep, (path) => `Anatomy: ${basename(described(path))}`),
    imagesOfFiles(matching(labelsPattern), keep, (path) => `Atlas: ${basename(described(path))}`),
    imagesOfFiles(
      masks.filter(({ danglingLink }) => danglingLink === null).map(({ path }) => path),
      keep,
      (path) => `Mask: ${masks.find((mask) => mask.path === path)?.name ?? basename(path)}`,
    ),
  ]);
  const run = runs.find(({ danglingLink }) => danglingLink === null);
  const mean = run === undefined ? [] : [meanOf(run.boldPath, run.name)];
  return {
    images: [
      ...anatomy,
      ...mean,
      ...labels.map((image) => ({ ...image, kind: 'labels' as const })),
      ...maskImages.map((image) => ({ ...image, kind: 'mask' as const })),
    ],
    surfaces: surfacesOf(matching(surfacePattern), described),
  };
}

function isOfSubject(path: string, label: string): boolean {
  const found = /(^|\/)sub-([^/_]+)/.exec(path)?.[2];
  return found !== undefined && sameLabel(found, label);
}

function meanOf(path: string, run: string): BrainImage {
  return {
    id: `mean:${path}`,
    name: `Mean functional image, ${run}`,
    kind: 'mean',
    url: `means?path=${encodeURIComponent(path)}`,
    file: null,
    units: null,
    degreesOfFreedom: null,
    correction: null,
    description: 'Mean over the volumes of the run, computed when it is looked at.',
    isSigned: false,
    model: null,
    target: null,
    labels: [],
  };
}

function surfacesOf(paths: readonly string[], described: (path: string) => string): BrainSurface[] {
  return paths
    .filter((path) => surfaceEnding.test(path))
    .map((path) => {
      const { hemi, fs } = surfacePattern.exec(path)?.groups ?? {};
      return {
        id: `file:${path}`,
        name: basename(described(path)),
        hemisphere: (hemi ?? fs)?.toUpperCase() === 'L' ? ('L' as const) : ('R' as const),
        url: `surfaces?path=${encodeURIComponent(path)}`,
      };
    });
}
