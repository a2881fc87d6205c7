import { basename } from 'node:path';
import { readJsonFile } from '../../formats/json/json.ts';
import { formatBidsName } from '../entities.ts';
import type { BidsRun, BidsSubject } from './layout.ts';
import { byRun, compareLabels } from './order.ts';

/** What names without BIDS say of a run. */
export interface LooseLabels {
  readonly subject: string;
  readonly session: string | null;
  readonly task: string;
  readonly run: string | null;
}

/** The labels where neither folders nor names say anything: one subject, one task. */
export const unnamedSubject = '01';
export const unnamedTask = 'main';

/** Folders that say what kind of files they hold, not whose. */
const kindFolder =
  /^(func(tional)?|funct|epi|bold|images?|nii|niftis?|scans?|data|preproc(essed)?|events?|onsets?|timing|design|logs?|behav(iour|ior)?|confounds?|nuisance|motion|masks?|rois?|task|derivatives|spm(12)?)$/i;
const sessionFolder = /^(?:ses(?:s(?:ion)?)?|visit|day)[-_]?([a-z0-9]+)$/i;
const runFolder = /^(?:run|r|block|scan|sess?_?run)[-_]?(\d+)$/i;

/** The folders of a path that are not named after a kind of file: `s1`, `run1` of `s1/func/run1`. */
export function tellingFolders(relative: string): string[] {
  return relative
    .split('/')
    .slice(0, -1)
    .filter((folder) => !kindFolder.test(folder));
}

/** Whose files lie in a folder: the same for `s1/func/run1` and `s1/events`. */
export function placeOf(relative: string): string {
  return tellingFolders(relative)
    .filter((folder) => !runFolder.test(folder))
    .join('/');
}

/** The number of a run: after `run` in the name, else the last number of the name, else of the run's own folder. */
export function runNumberOf(relative: string, core: string): number | null {
  const folder = tellingFolders(relative).findLast((name) => runFolder.test(name));
  const text =
    /run[-_]?(\d+)/i.exec(core)?.[1] ?? /(\d+)\D*$/.exec(core)?.[1] ?? runFolder.exec(folder ?? '')?.[1];
  return text === undefined ? null : Number(text);
}

/** Reads subject, session and run off folders and file names, as labs write them. */
export function labelsOf(relative: string, stem: string): LooseLabels {
  const folders = tellingFolders(relative);
  const entity = (key: string): string | undefined =>
    new RegExp(`(?:^|_)${key}-([a-zA-Z0-9]+)`).exec(stem)?.[1];
  const session = folders
    .map((folder) => sessionFolder.exec(folder)?.[1])
    .find((label) => label !== undefined);
  const run = folders.map((folder) => runFolder.exec(folder)?.[1]).findLast((label) => label !== undefined);
  const whose = folders.find((folder) => !sessionFolder.test(folder) && !runFolder.test(folder));
  const inName = /(?:^|[_-])(?:sub|subj|subject)[-_]?([a-zA-Z0-9]+)/i.exec(stem)?.[1];
  return {
    subject: subjectLabel(whose ?? entity('sub') ?? inName ?? unnamedSubject),
    session: session ?? entity('ses') ?? /(?:^|[_-])ses(?:s|sion)?[-_]?(\d+)/i.exec(stem)?.[1] ?? null,
    task: entity('task') ?? unnamedTask,
    run: entity('run') ?? /(?:run|scan|block)[-_]?(\d+)/i.exec(stem)?.[1] ?? run ?? null,
  };
}

/** `sub-01`, `sub01` and `01` are one; a label holds letters and digits alone, as BIDS wants. */
export function subjectLabel(text: string): string {
  const bare = text.replace(/^sub(?:j(?:ect)?)?[-_]?(?=[a-zA-Z0-9])/i, '');
  return plainLabel(bare === '' ? text : bare);
}

export function plainLabel(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, '') || unnamedSubject;
}

/** A run before it has a name: those without a number, and those whose names collide, are counted. */
export interface LooseRun
  extends Omit<BidsRun, 'name' | 'entities' | 'subject' | 'session' | 'task' | 'run'> {
  readonly labels: LooseLabels;
}

/** Gives every run the name that BIDS would: `sub-01_ses-2_task-main_run-03`. */
export function nameRuns(runs: readonly LooseRun[]): BidsRun[] {
  const collides = new Set(
    [...Map.groupBy(runs, ({ labels }) => JSON.stringify(labels))]
      .filter(([, same]) => same.length > 1)
      .map(([key]) => key),
  );
  const counts = new Map<string, number>();
  return runs.map(({ labels, ...rest }) => {
    const { subject, session, task } = labels;
    const place = JSON.stringify([subject, session, task]);
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    const counted = labels.run === null || collides.has(JSON.stringify(labels));
    const run = counted ? String(count).padStart(2, '0') : labels.run;
    const entities = {
      sub: subject,
      ...(session === null ? {} : { ses: session }),
      task,
      ...(run === null ? {} : { run }),
    };
    const name = formatBidsName({ entities, suffix: 'bold', extension: '' }).replace(/_bold$/, '');
    return { ...rest, name, entities, subject, session, task, run };
  });
}

/** Runs by the subject that they belong to. */
export function bySubject(
  runs: readonly BidsRun[],
  extras: (label: string) => Pick<BidsSubject, 'masks' | 'models'>,
): BidsSubject[] {
  return [...Map.groupBy(runs, ({ subject }) => subject)]
    .map(([label, own]) => ({
      label,
      sessions: [...new Set(own.map(({ session }) => session))].filter((session) => session !== null),
      runs: own.sort(byRun),
      surfaces: [],
      problems: [],
      ...extras(label),
    }))
    .sort((a, b) => compareLabels(a.label, b.label));
}

/** The file's name without its ending: `.nii.gz`, `.tsv`, `.par`. */
export function stemOf(path: string): string {
  return basename(path).replace(/\.(nii|img|hdr)(\.gz)?$|\.[a-zA-Z0-9]+$/i, '');
}

export function isImageName(name: string): boolean {
  return /\.(nii|img)(\.gz)?$/i.test(name);
}

/** A sidecar as dcm2niix writes it beside an image; one that is not there or is no JSON says nothing. */
export async function sidecarBeside(path: string | null): Promise<Record<string, unknown>> {
  if (path === null) return {};
  const value = await readJsonFile(path).catch(() => null);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
