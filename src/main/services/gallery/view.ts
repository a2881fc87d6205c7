import type { GalleryFilter, GalleryOrder, GalleryView } from '../../../shared/contract/gallery.ts';
import type { ScoreColumns } from './score-columns.ts';
import type { SubjectSource } from './subject-sources.ts';
import type { GalleryTable, Stimulus } from './table.ts';

/** Ids of the rows that a view shows, in its order. */
export type Rows = Uint32Array;

/** Views whose rows are kept: going back and forth between orders does not sort anew. */
const keptViews = 8;
const kept = new WeakMap<GalleryTable, Map<string, Promise<Rows>>>();

/** The rows of a view. Equal scores stay in the order of the study, and what has no score comes last in both directions. */
export function rowsOfView(table: GalleryTable, view: GalleryView): Promise<Rows> {
  const known = kept.get(table) ?? new Map<string, Promise<Rows>>();
  kept.set(table, known);
  const key = JSON.stringify(view);
  const rows = known.get(key) ?? findRows(table, view);
  known.delete(key);
  known.set(key, rows);
  rows.catch(() => known.delete(key));
  const [oldest] = known.keys();
  if (known.size > keptViews && oldest !== undefined) known.delete(oldest);
  return rows;
}

async function findRows(table: GalleryTable, { filter, order, region }: GalleryView): Promise<Rows> {
  const passes = passing(table, filter);
  const found = table.stimuli.filter(passes);
  if (order.by === 'study') return ids(order.descending ? found.reverse() : found);
  if (order.by === 'name') {
    const collator = new Intl.Collator('en', { numeric: true });
    return ids(sortedBy(found, (a, b) => collator.compare(a.name, b.name), order.descending));
  }
  const values = await scoresOfRows(table, order, region);
  return ids(sortByScore(found, values, order.descending));
}

const ids = (stimuli: readonly Stimulus[]): Rows => Uint32Array.from(stimuli, ({ id }) => id);

function passing(table: GalleryTable, filter: GalleryFilter): (stimulus: Stimulus) => boolean {
  const { subjects, sessions, runs, labels } = filter;
  const name = filter.name.trim().toLowerCase();
  const sources = table.sources.filter(({ id }) => filter.sources.includes(id));
  return (stimulus) =>
    (subjects.length === 0 || subjects.includes(stimulus.subject)) &&
    (name === '' || stimulus.name.toLowerCase().includes(name)) &&
    (runs.length === 0 || stimulus.trials.some(({ run }) => runs.includes(run))) &&
    (sessions.length === 0 ||
      stimulus.trials.some(({ session }) => session !== null && sessions.includes(session))) &&
    Object.entries(labels).every(([label, value]) => stimulus.labels[label] === value) &&
    (filter.sources.length === 0 ||
      sources.some(({ subject, rowOf }) => subject === stimulus.subject && rowOf.has(stimulus.name)));
}

/** The score that a view is sorted by, of every row; NaN where it has none. */
async function scoresOfRows(
  { stimuli, sources }: GalleryTable,
  { by, source }: GalleryOrder,
  region: string,
): Promise<Float64Array> {
  const values = new Float64Array(stimuli.length).fill(Number.NaN);
  if (by === 'study' || by === 'name') return values;
  const columns = new Map<string, { readonly of: SubjectSource; readonly scores: ScoreColumns }>();
  for (const of of sources.filter(({ id }) => id === source)) {
    const scores = await of.scores(region);
    if (scores !== null) columns.set(of.subject, { of, scores });
  }
  for (const { id, subject, name } of stimuli) {
    const column = columns.get(subject);
    const row = column?.of.rowOf.get(name);
    if (column !== undefined && row !== undefined) values[id] = column.scores[by][row];
  }
  return values;
}

/** @param values by the rows' ids; NaN: none, which comes last whichever the direction */
export function sortByScore<Row extends { readonly id: number }>(
  rows: readonly Row[],
  values: Float64Array,
  descending: boolean,
): Row[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [first, second] = [values[a.id], values[b.id]];
    if (Number.isNaN(first) || Number.isNaN(second))
      return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
    return sign * (first - second);
  });
}

/** Equal rows keep their order in both directions. */
function sortedBy<Row>(
  rows: readonly Row[],
  compare: (a: Row, b: Row) => number,
  descending: boolean,
): Row[] {
  return [...rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
}
