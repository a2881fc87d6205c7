import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type {
  GalleryCell,
  GalleryRow,
  GalleryScores,
  GalleryView,
  NearestFace,
} from '../../../shared/contract/gallery.ts';
import { pictureName } from '../../jobs/evaluation/picture-scores.ts';
import { allVoxels } from '../../jobs/stages/decode-patterns.ts';
import type { Workspace } from '../workspace.ts';
import type { ScoreColumns } from './score-columns.ts';
import type { SubjectSource } from './subject-sources.ts';
import { type GalleryTable, galleryOf, type Stimulus } from './table.ts';
import { rowsOfView } from './view.ts';

export interface PageRequest {
  readonly view: GalleryView;
  readonly from: number;
  readonly count: number;
}

/** Some rows of a view, and how many it has in all. */
export async function galleryPage(
  workspace: Workspace,
  { view, from, count }: PageRequest,
): Promise<{ total: number; rows: GalleryRow[] }> {
  const table = await galleryOf(workspace);
  const order = await rowsOfView(table, view);
  const wanted = [...order.subarray(from, from + count)];
  return { total: order.length, rows: await describeRows(workspace, table, wanted, view.region) };
}

/** Where a stimulus stands in a view; null where it has none. */
export async function placeInView(
  workspace: Workspace,
  view: GalleryView,
  { subject, stimulus }: { readonly subject: string; readonly stimulus: string },
): Promise<number | null> {
  const table = await galleryOf(workspace);
  const order = await rowsOfView(table, view);
  const place = order.findIndex((id) => {
    const row = table.stimuli[id];
    return row.subject === subject && row.name === stimulus;
  });
  return place < 0 ? null : place;
}

/** Rows by their ids, with the addresses of their pictures below the project's. */
export async function describeRows(
  workspace: Workspace,
  table: GalleryTable,
  ids: readonly number[],
  region: string,
): Promise<GalleryRow[]> {
  const subjects = new Set(ids.map((id) => table.stimuli[id].subject));
  const sources = new Map<string, { of: SubjectSource; scores: ScoreColumns | null }[]>();
  for (const of of table.sources.filter(({ subject }) => subjects.has(subject))) {
    const known = sources.get(of.subject) ?? [];
    known.push({ of, scores: await of.scores(region) });
    sources.set(of.subject, known);
  }
  const { artifactsDir } = workspace.store;
  return ids.map((id): GalleryRow => {
    const stimulus = table.stimuli[id];
    const own = (sources.get(stimulus.subject) ?? []).filter(({ of }) => of.rowOf.has(stimulus.name));
    const picture = pictureName(stimulus.name);
    const original = own
      .map(({ of }) => `${of.evaluationHash}/original/${picture}`)
      .find((path) => existsSync(join(artifactsDir, path)));
    const presentations = Map.groupBy(stimulus.trials, ({ run }) => run);
    return {
      id,
      subject: stimulus.subject,
      stimulus: stimulus.name,
      original: original === undefined ? null : `artifacts/${addressOf(original)}`,
      labels: { ...stimulus.labels },
      runs: [...presentations].map(([run, trials]) => ({ run, presentations: trials.length })),
      cells: own.map(({ of, scores }) => cellOf(stimulus, of, scores, region)),
    };
  });
}

/** Names of pictures may hold anything that a file's may. */
function addressOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function cellOf(
  { name }: Stimulus,
  source: SubjectSource,
  scores: ScoreColumns | null,
  region: string,
): GalleryCell {
  const row = source.rowOf.get(name) ?? -1;
  const picture = pictureName(name);
  const attributes = [...source.attributes].flatMap(([attribute, values]) =>
    Number.isNaN(values[row]) ? [] : [[attribute, values[row]] as const],
  );
  return {
    source: source.id,
    own: `artifacts/${addressOf(`${source.evaluationHash}/own/${picture}`)}`,
    decoded: decodedPicture(source, row, region, name),
    scores: scoresAt(scores, row),
    attributes: region === allVoxels ? Object.fromEntries(attributes) : {},
    nearest: region === allVoxels ? nearestOf(source, name) : null,
  };
}

/** What was decoded from all voxels is kept as a picture; of a region the picture is made when it is looked at. */
export function decodedPicture(
  { decodingHash, modelHash, facts }: SubjectSource,
  row: number,
  region: string,
  stimulus: string,
): string | null {
  if (decodingHash === null) return null;
  if (region === allVoxels)
    return `artifacts/${addressOf(`${decodingHash}/reconstructions/${pictureName(stimulus)}`)}`;
  if (modelHash === null || !facts.regions.includes(region)) return null;
  return `decoded/${decodingHash}/${encodeURIComponent(region)}/${row}.png?model=${modelHash}`;
}

function nearestOf({ nearest, nearestFaces }: SubjectSource, name: string): NearestFace | null {
  const found = nearest.get(name);
  if (found === undefined || nearestFaces === null) return null;
  const { row, file, similarity, pixCorr } = found;
  return { picture: `faces/${nearestFaces}/${row}.png`, file, similarity, pixCorr };
}

function scoresAt(scores: ScoreColumns | null, row: number): GalleryScores {
  const at = (values: Float64Array | undefined) => {
    const value = values?.[row];
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  return {
    rank: at(scores?.rank),
    pairwise: at(scores?.pairwise),
    similarity: at(scores?.similarity),
    ssim: at(scores?.ssim),
    pixCorr: at(scores?.pixCorr),
  };
}
