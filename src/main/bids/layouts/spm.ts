import { basename, dirname } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { ListedFile } from '../../formats/files/list.ts';
import type { BidsDataset, BidsMask, IndexOptions } from './layout.ts';
import { bySubject, isImageName, type LooseRun, labelsOf, nameRuns, sidecarBeside, stemOf } from './loose.ts';
import { TableMatcher } from './match-tables.ts';

/** What SPM puts before a name: s smoothed, w normalised, a slice timing, r resliced, u unwarped, f from DICOM. */
const steps = /^[swaruf]*$/;

/** Motion parameters of SPM's realignment, and the name of the image that was realigned. */
function realigned({ relative }: ListedFile): string | null {
  return /^rp_(.+)\.txt$/.exec(basename(relative))?.[1] ?? null;
}

/** A run before one of its images is chosen. */
interface RunFiles {
  /** The name that all of its images end in. */
  readonly stem: string;
  /** Null where they are gone. */
  readonly motion: ListedFile | null;
  /** All files of its folder. */
  readonly beside: readonly ListedFile[];
}

/** SPM's images of tissues, of which `wc1` is no later step of a run. */
const tissueName = /^m?[rw]*c[1-6]/;

/**
 * The runs of every folder: one for each `rp_*.txt`; where there is none, one for each image that another image is named
 * after, with the letters of SPM's steps before.
 */
function runsIn(listed: readonly ListedFile[]): RunFiles[] {
  return [...Map.groupBy(listed, ({ relative }) => dirname(relative)).values()].flatMap((beside) => {
    const moved = beside.flatMap((motion): RunFiles[] => {
      const stem = realigned(motion);
      return stem === null ? [] : [{ stem, motion, beside }];
    });
    if (moved.length > 0) return moved;
    const stems = beside
      .filter(({ relative }) => isImageName(relative) && !tissueName.test(basename(relative)))
      .map(({ relative }) => stemOf(relative));
    const madeFrom = (name: string, base: string): boolean =>
      name !== base && name.endsWith(base) && steps.test(name.slice(0, name.length - base.length));
    return stems
      .filter(
        (base) => stems.some((name) => madeFrom(name, base)) && !stems.some((other) => madeFrom(base, other)),
      )
      .map((stem): RunFiles => ({ stem, motion: null, beside }));
  });
}

/** Whether SPM's motion parameters lie beside an image that they could be of, or its model near images of its steps. */
export function looksLikeSpm(listed: readonly ListedFile[]): boolean {
  const runs = runsIn(listed);
  const isModelled = listed.some(({ relative }) => basename(relative) === 'SPM.mat');
  return runs.some(({ stem, motion, beside }) =>
    motion === null ? isModelled : versionsOf(stem, beside).length > 0,
  );
}

interface SpmImage {
  readonly file: ListedFile;
  readonly prefix: string;
}

/**
 * The images of one run. SPM names each step's output after its input, so that all that were made from the realigned
 * image end in its name; what came before realignment ends in what is left of it.
 */
function versionsOf(stem: string, beside: readonly ListedFile[]): SpmImage[] {
  const images = beside.filter(({ relative }) => isImageName(relative));
  const stems = new Map(images.map((file) => [stemOf(file.relative), file]));
  // Slice timing may have come first: `rp_arun1` is of `run1` where that is there.
  const earlier = [1, 2].map((letters) => ({ before: stem.slice(0, letters), base: stem.slice(letters) }));
  const base = earlier.findLast(({ before, base }) => steps.test(before) && stems.has(base))?.base ?? stem;
  return [...stems]
    .filter(([name]) => name.endsWith(base) && steps.test(name.slice(0, name.length - base.length)))
    .map(([name, file]) => ({ file, prefix: name.slice(0, name.length - base.length) }));
}

/**
 * Where the images before realignment are gone, `a` of `rafoo` may be slice timing or the name's own first letter: the
 * user's word decides.
 */
function hasPrefix({ file, prefix }: SpmImage, wanted: string): boolean {
  const own = stemOf(file.relative).slice(0, wanted.length);
  return prefix === wanted || (own === wanted && wanted.startsWith(prefix) && steps.test(wanted));
}

/** Realigned before not, unsmoothed before smoothed, own space before normalised, then the most steps. */
function preference({ prefix }: SpmImage): number {
  const realignedLater = /[ruw]/.test(prefix) ? 0 : 1000;
  return realignedLater + (prefix.includes('s') ? 100 : 0) + (prefix.includes('w') ? 10 : 0) - prefix.length;
}

/**
 * Lists runs in folders as SPM leaves them: one `rp_*.txt` of motion parameters a run (see `runsIn`), and the images that
 * its steps wrote (`ra`, `war`, `swar` before the name). The subject's own space without smoothing is taken, as the published
 * study had it, unless `options.prefix` names another.
 *
 * @throws FusiformError BIDS_NOT_A_DATASET without such files, STUDY_VERSION_UNKNOWN
 */
export async function indexSpm(
  root: string,
  listed: readonly ListedFile[],
  options: IndexOptions,
): Promise<BidsDataset> {
  const problems: Problem[] = [];
  const tables = new TableMatcher(listed);
  const prefixes = new Map<string, number>();
  const found: LooseRun[] = [];
  const taken = new Set<string>();
  const sources = runsIn(listed);
  if (sources.length === 0) {
    throw new FusiformError(
      'BIDS_NOT_A_DATASET',
      "The folder holds no motion parameters of SPM (rp_*.txt), and no images with its steps' letters before their names.",
      { file: root },
    );
  }
  for (const { stem, motion, beside } of sources) {
    const versions = versionsOf(stem, beside).sort((a, b) => preference(a) - preference(b));
    for (const { prefix } of versions) prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
    const chosen = versions.find(
      (version) => options.prefix === undefined || hasPrefix(version, options.prefix),
    );
    if (chosen === undefined) {
      problems.push(noImage(motion ?? beside[0], versions, options.prefix));
      continue;
    }
    const base = stemOf(chosen.file.relative).slice(chosen.prefix.length);
    const sidecar = beside.find(({ relative }) => basename(relative) === `${base}.json`);
    taken.add(chosen.prefix);
    found.push({
      labels: labelsOf(chosen.file.relative, base),
      boldPath: chosen.file.path,
      danglingLink: chosen.file.danglingLink,
      version: chosen.prefix === '' ? 'raw' : `SPM ${chosen.prefix}`,
      space: null,
      eventsPath: tables.eventsFor(chosen.file.relative, base)?.path ?? null,
      confoundsPath: motion?.path ?? null,
      maskPath: null,
      metadata: await sidecarBeside(sidecar?.path ?? null),
    });
  }
  if (found.length === 0 && options.prefix !== undefined && prefixes.size > 0) {
    throw new FusiformError(
      'STUDY_VERSION_UNKNOWN',
      `No image has the prefix "${options.prefix}"; there are: ${[...prefixes.keys()].map(quoted).join(', ')}.`,
      { file: root },
    );
  }
  problems.push(...volumesApart(listed), ...choiceNote(root, taken, prefixes, options));
  const runs = nameRuns(found);
  const subjects = bySubject(runs, (label) => ({
    masks: spmMasks(listed, label),
    models: listed
      .filter(({ relative }) => basename(relative) === 'SPM.mat' && belongsTo(relative, label))
      .map(({ path }) => path),
  }));
  return { root, layout: 'spm', name: null, bidsVersion: null, subjects, problems };
}

function belongsTo(relative: string, label: string): boolean {
  return labelsOf(relative, '').subject === label;
}

/** SPM's image of the probability of grey matter, in the space of the anatomy or (`w`) normalised; not its modulated one. */
const greyMatterName = /^(w?)c1/;

/** The brain that a model of SPM was estimated in (`mask.nii` beside `SPM.mat`), masks by name, and grey matter. */
function spmMasks(listed: readonly ListedFile[], label: string): BidsMask[] {
  return listed.flatMap(({ path, relative, danglingLink }): BidsMask[] => {
    if (!isImageName(relative) || !belongsTo(relative, label)) return [];
    const tissue = greyMatterName.exec(basename(relative));
    const name = stemOf(relative);
    if (tissue !== null) {
      const space = tissue[1] === 'w' ? 'normalised' : 'native';
      return [{ name, path, danglingLink, space, isGreyMatter: true }];
    }
    if (!/mask/i.test(basename(relative))) return [];
    return [{ name: name === 'mask' ? 'brain' : name, path, danglingLink, space: null, isGreyMatter: false }];
  });
}

const quoted = (prefix: string): string => (prefix === '' ? 'none' : `"${prefix}"`);

function noImage(place: ListedFile, versions: readonly SpmImage[], wanted: string | undefined): Problem {
  const there = versions.map(({ prefix }) => quoted(prefix)).join(', ');
  const message =
    versions.length === 0
      ? 'No image lies beside these motion parameters whose name ends as theirs; the run is left out.'
      : `This run has no image with the prefix "${wanted}" (it has ${there}); it is left out.`;
  return new FusiformError('STUDY_VERSION_MISSING', message, { file: place.path }).toProblem();
}

function choiceNote(
  root: string,
  taken: ReadonlySet<string>,
  prefixes: ReadonlyMap<string, number>,
  options: IndexOptions,
): Problem[] {
  if (options.prefix !== undefined || prefixes.size < 2) return [];
  const counts = [...prefixes].map(([prefix, count]) => `${quoted(prefix)} (${count} runs)`).join(', ');
  return [
    new FusiformError(
      'STUDY_VERSIONS',
      `The images with the prefix ${[...taken].map(quoted).join(', ')} are taken; there are: ${counts}.`,
      { file: root },
    ).toProblem(),
  ];
}

/** Runs of one file a volume, as SPM wrote them before 4D images: `raf-0001.nii`, `raf-0002.nii`, ... */
function volumesApart(listed: readonly ListedFile[]): Problem[] {
  const numbered = listed.filter(({ relative }) =>
    /^[swaruf]*f.*[-_]\d{3,}(-\d+)*\.(nii|img)$/.test(basename(relative)),
  );
  return [...Map.groupBy(numbered, ({ relative }) => dirname(relative))]
    .filter(([, files]) => files.length >= 10)
    .map(([, files]) =>
      new FusiformError(
        'STUDY_VOLUMES_APART',
        `The folder holds ${files.length} images that look like single volumes of a run; they are left out.`,
        { file: dirname(files[0].path) },
      ).toProblem(),
    );
}
