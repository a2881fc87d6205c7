import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { NamedFile } from '../inheritance.ts';
import type { IndexOptions } from './layout.ts';

/** An image of a run in one of the states that preprocessing left it in. */
export interface Candidate {
  readonly file: NamedFile;
  /** The pipeline's folder; '' for the dataset at the root. */
  readonly collection: string;
  readonly derived: boolean;
}

/** Entities that say what was done to an image, not which run it is. */
const processing = new Set(['space', 'res', 'den', 'desc', 'hemi', 'cohort', 'variant']);

export function runEntities(entities: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entities).filter(([key]) => !processing.has(key)));
}

/** Echoes of a run are combined by preprocessing: they count as one. */
function runKey({ file }: Candidate): string {
  const { echo: _, ...entities } = runEntities(file.name.entities);
  return JSON.stringify(Object.entries(entities).sort());
}

/** What was done to an image, in the words of its name. */
export function describeVersion({ file, collection, derived }: Candidate): string {
  const { entities, prefix } = file.name;
  const words = ['space', 'cohort', 'res', 'desc', 'variant']
    .filter((key) => entities[key] !== undefined)
    .map((key) => `${key}-${entities[key]}`);
  if (prefix !== '') words.unshift(`SPM ${prefix}`);
  if (collection !== '') words.push(`(${collection})`);
  return words.length > 0 ? words.join(' ') : derived ? 'derived' : 'raw';
}

const native = (value: string): boolean => /^(native|func|bold|none)$/i.test(value);

function isWanted({ file, derived }: Candidate, options: IndexOptions): boolean {
  const { entities, prefix } = file.name;
  const matches = (value: string | undefined, wanted: string | undefined): boolean =>
    wanted === undefined || (native(wanted) ? value === undefined || native(value) : value === wanted);
  return (
    matches(entities.space, options.space) &&
    matches(entities.res, options.resolution) &&
    (options.prefix === undefined || prefix === options.prefix) &&
    (options.layout !== 'bids' || !derived) &&
    (options.layout !== 'fmriprep' || derived)
  );
}

const standardSpaces = ['T1w', '', 'MNI152NLin2009cAsym', 'MNI152NLin6Asym'];

/**
 * Less is better, the first difference decides. Preprocessed before raw; `desc-preproc` before other descriptions;
 * the subject's own space before a template's and unsmoothed before smoothed, as the published study had it; the
 * finest named pipeline, space and resolution by name after that.
 */
function preference({ file, collection, derived }: Candidate): (number | string)[] {
  const { entities, prefix } = file.name;
  const space = entities.space ?? '';
  const known = standardSpaces.indexOf(space);
  return [
    derived ? 0 : 1,
    prefix === '' || /[ru]/.test(prefix) ? 0 : 1,
    entities.desc === undefined || entities.desc === 'preproc' ? 0 : 1,
    prefix.includes('s') ? 1 : 0,
    prefix.includes('w') ? 1 : 0,
    known < 0 ? standardSpaces.length : known,
    entities.res === undefined || entities.res === 'native' ? 0 : 1,
    -prefix.length,
    /(^|\/)fmriprep$/.test(collection) ? 0 : 1,
    space,
    entities.res ?? '',
    collection,
  ];
}

function compareVersions(a: Candidate, b: Candidate): number {
  const [x, y] = [preference(a), preference(b)];
  for (const [at, value] of x.entries()) {
    if (value !== y[at]) return value < y[at] ? -1 : 1;
  }
  return 0;
}

/** A version that fewer of a task's runs have does not count: it may be a trial, or just begun. */
const leastCoverage = 0.5;

/**
 * One image for every run of a subject: for each task the preferred version among those that at least half of its
 * runs have. What was taken where there was a choice, and runs that lack it, are listed.
 *
 * @throws FusiformError STUDY_VERSION_UNKNOWN where runs are there, but none as asked for
 */
export function chooseVersions(
  candidates: readonly Candidate[],
  options: IndexOptions,
  root: string,
): { chosen: Candidate[]; problems: Problem[] } {
  const wanted = candidates.filter((candidate) => isWanted(candidate, options));
  if (wanted.length === 0 && candidates.length > 0 && asksForVersion(options)) {
    const versions = [...new Set(candidates.map(describeVersion))].sort();
    throw new FusiformError(
      'STUDY_VERSION_UNKNOWN',
      `No run is there as asked for (${describeRequest(options)}); there are: ${versions.join('; ')}.`,
      { file: root, details: { versions } },
    );
  }
  const chosen: Candidate[] = [];
  const problems: Problem[] = [];
  for (const [task, ofTask] of Map.groupBy(wanted, ({ file }) => file.name.entities.task ?? '')) {
    const runs = new Set(ofTask.map(runKey));
    const versions = [...Map.groupBy(ofTask, describeVersion)].map(([label, images]) => ({
      label,
      images,
      covered: new Set(images.map(runKey)),
    }));
    const complete = versions.filter(({ covered }) => covered.size >= leastCoverage * runs.size);
    // Where no version has half of the runs, all versions are weighed.
    const [best] = (complete.length > 0 ? complete : versions).sort((a, b) =>
      compareVersions(a.images[0], b.images[0]),
    );
    chosen.push(...best.images);
    const others = versions.filter((version) => version !== best);
    if (others.length > 0) problems.push(choiceNote(task, best, others, runs.size, root));
    const lacking = ofTask.filter((candidate) => !best.covered.has(runKey(candidate)));
    for (const [, [{ file }]] of Map.groupBy(lacking, runKey)) {
      problems.push(
        new FusiformError(
          'STUDY_VERSION_MISSING',
          `This run is not there as "${best.label}", as the others are; it is left out.`,
          { file: file.path },
        ).toProblem(),
      );
    }
  }
  return { chosen, problems };
}

interface Version {
  readonly label: string;
  readonly covered: ReadonlySet<string>;
}

function choiceNote(
  task: string,
  best: Version,
  others: readonly Version[],
  nRuns: number,
  root: string,
): Problem {
  const count = ({ label, covered }: Version): string =>
    covered.size === nRuns ? `"${label}"` : `"${label}" (${covered.size} of ${nRuns} runs)`;
  return new FusiformError(
    'STUDY_VERSIONS',
    `Task ${task}: the runs are taken as ${count(best)}; also there: ${others.map(count).join(', ')}.`,
    { file: root, details: { taken: best.label, others: others.map(({ label }) => label) } },
  ).toProblem();
}

function asksForVersion({ layout, space, resolution, prefix }: IndexOptions): boolean {
  return layout !== undefined || space !== undefined || resolution !== undefined || prefix !== undefined;
}

function describeRequest({ layout, space, resolution, prefix }: IndexOptions): string {
  const parts = [
    layout && `layout ${layout}`,
    space && `space-${space}`,
    resolution && `res-${resolution}`,
    prefix && `prefix ${prefix}`,
  ];
  return parts.filter(Boolean).join(', ');
}
