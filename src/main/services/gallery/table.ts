import type { GalleryFacts } from '../../../shared/contract/gallery.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { TableRow } from '../../formats/tsv/table.ts';
import { readFaceSet } from '../../jobs/stages/face-set.ts';
import { rowFinder } from '../../jobs/stages/face-rows.ts';
import type { EntryKind } from '../../store/entries.ts';
import { stimuliName } from '../subjects.ts';
import type { Workspace } from '../workspace.ts';
import { readSubjectSource, type SubjectSource } from './subject-sources.ts';
import { type FaceTrial, faceTrials } from './trials.ts';

/** A stimulus of a subject: a row of the gallery. */
export interface Stimulus {
  /** Its place in the order of the study. */
  readonly id: number;
  readonly subject: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly trials: readonly FaceTrial[];
}

/** Every decoded face of a project, with what is known of each. */
export interface GalleryTable {
  readonly stimuli: readonly Stimulus[];
  /** Of all subjects. */
  readonly sources: readonly SubjectSource[];
  readonly facts: GalleryFacts;
}

/** Values of a label up to which they can be chosen from. */
const mostValues = 50;

const kinds: readonly EntryKind[] = ['evaluation', 'attributes', 'nearest', 'subject', 'faces'];

const kept = new WeakMap<object, { readonly state: string; readonly table: Promise<GalleryTable> }>();

/** The table of a project as it stands; read anew when what it is made of changed. */
export function galleryOf(workspace: Workspace): Promise<GalleryTable> {
  const state = kinds
    .flatMap((kind) => workspace.entries(kind).map(({ name, jobKey }) => `${kind} ${name} ${jobKey}`))
    .join('\n');
  const known = kept.get(workspace.store);
  if (known?.state === state) return known.table;
  const table = readGallery(workspace);
  kept.set(workspace.store, { state, table });
  table.catch(() => kept.delete(workspace.store));
  return table;
}

async function readGallery(workspace: Workspace): Promise<GalleryTable> {
  const notes: string[] = [];
  const sources: SubjectSource[] = [];
  for (const { name } of workspace.entries('evaluation')) {
    await orNoted(notes, `The evaluation "${name}" is left out`, async () => {
      sources.push(await readSubjectSource(workspace, name));
    });
  }
  sources.sort((a, b) => order(a) - order(b));
  const bySubject = Map.groupBy(sources, ({ subject }) => subject);
  const stimuli: Stimulus[] = [];
  for (const [subject, own] of [...bySubject].sort(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )) {
    const names = new Set(own.flatMap(({ evaluation }) => evaluation.faces.map(({ stimulus }) => stimulus)));
    const labelsOf = await labelsOfStimuli(workspace, own);
    const trials =
      (await orNoted(notes, `Runs of subject ${subject} are not known`, () =>
        faceTrials(workspace, subject),
      )) ?? [];
    const trialsOf = Map.groupBy(trials, ({ stimulus }) => stimulus);
    for (const name of names) {
      const id = stimuli.length;
      stimuli.push({ id, subject, name, labels: labelsOf(name), trials: trialsOf.get(name) ?? [] });
    }
  }
  return { stimuli, sources, facts: factsOf(stimuli, sources, notes) };
}

/** The article's own model and decoder first. */
function order({ facts }: SubjectSource): number {
  return ['vaegan', 'vae', 'pca'].indexOf(facts.kind) + (facts.decoder === 'pseudo-inverse' ? 0 : 10);
}

/** What one part refuses does not sink the rest: it is noted. */
async function orNoted<T>(notes: string[], what: string, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FusiformError)) throw error;
    notes.push(`${what}: ${error.message}`);
    return null;
  }
}

/** Labels of the stimuli as they stand in the face set of the pictures that were shown. */
async function labelsOfStimuli(
  workspace: Workspace,
  sources: readonly SubjectSource[],
): Promise<(name: string) => Record<string, string>> {
  const sets = new Set(workspace.entries('faces').map(({ name }) => name));
  const found = sources
    .map(({ subject, facts }) => stimuliName(subject, facts.imageSize))
    .find((name) => sets.has(name));
  if (found === undefined) return () => ({});
  const { files, table, close } = await readFaceSet(workspace.entry('faces', found).path);
  close();
  const rowOf = rowFinder(files);
  return (name) => {
    const row = rowOf(name);
    return row === undefined ? {} : labelsOf(table.rows[row]);
  };
}

function labelsOf({ values }: TableRow): Record<string, string> {
  const { file: _, ...labels } = values;
  return labels;
}

function factsOf(
  stimuli: readonly Stimulus[],
  sources: readonly SubjectSource[],
  notes: readonly string[],
): GalleryFacts {
  const values = new Map<string, Set<string>>();
  const runs = new Set<string>();
  const sessions = new Set<string>();
  for (const { labels, trials } of stimuli) {
    for (const [label, value] of Object.entries(labels)) {
      const known = values.get(label) ?? new Set();
      values.set(label, known.add(value));
    }
    for (const { run, session } of trials) {
      runs.add(run);
      if (session !== null) sessions.add(session);
    }
  }
  const union = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
  return {
    rows: stimuli.length,
    subjects: [...Map.groupBy(stimuli, ({ subject }) => subject)].map(([name, own]) => ({
      name,
      faces: own.length,
    })),
    sources: [...Map.groupBy(sources, ({ id }) => id)].map(([id, own]) => ({
      ...own[0].facts,
      id,
      chance: own.map(({ subject, evaluation: { nTestFaces, decoded } }) => ({
        subject,
        faces: nTestFaces,
        ssim: decoded?.ssim.chance ?? null,
        pixCorr: decoded?.pixCorr.chance ?? null,
      })),
      withoutNearest: own.filter(({ nearestFaces }) => nearestFaces === null).map(({ subject }) => subject),
      regions: union(own.map(({ facts }) => facts.regions)),
      attributes: union(own.map(({ attributes }) => [...attributes.keys()])),
    })),
    labels: [...values]
      .filter(([, own]) => own.size <= mostValues)
      .map(([name, own]) => ({ name, values: [...own].sort() })),
    sessions: [...sessions].sort(),
    runs: [...runs].sort(),
    notes: [...notes],
  };
}
