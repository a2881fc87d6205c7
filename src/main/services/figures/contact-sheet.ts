import type { SheetRequest } from '../../../shared/contract/figures.ts';
import type { GalleryFacts, GalleryRow, GalleryView } from '../../../shared/contract/gallery.ts';
import {
  columnsOf,
  directionText,
  type GalleryColumn,
  linesOf,
  pictureOf,
  regionName,
  scoreNames,
} from '../../../shared/gallery-columns.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { describeRows } from '../gallery/rows.ts';
import { galleryOf } from '../gallery/table.ts';
import { rowsOfView } from '../gallery/view.ts';
import type { Workspace } from '../workspace.ts';
import type { PictureReader } from './picture-reader.ts';
import { plateSvg, type PlateRow } from './plate.ts';
import type { Figure } from './write-figure.ts';

/** Millimetres of rows on a page, which leaves room for a caption on A4. */
const pageMm = 230;

/** Said of every picture. */
export const scaling =
  'Each picture is scaled by itself: its own values 0 to 1, nothing taken from other pictures; enlarged without smoothing.';

/**
 * Rows of the gallery as a figure, with scores and how the rows were chosen; more rows than a page holds go on further pages.
 *
 * @throws FusiformError PARAMETERS_INVALID where a column or row is not there
 */
export async function contactSheet(
  workspace: Workspace,
  { view, count, ids, columns: wanted, pictureMm }: SheetRequest,
  read: PictureReader,
  isTransparent: boolean,
): Promise<Figure> {
  const table = await galleryOf(workspace);
  const known = columnsOf(table.facts);
  const columns = wanted.map((id) => requireColumn(known, id));
  const order = await rowsOfView(table, view);
  const strange = ids.find((id) => id >= table.stimuli.length);
  if (strange !== undefined) throw invalid(`The gallery has no row ${strange}.`);
  const chosen = ids.length > 0 ? ids : [...order.subarray(0, count)];
  if (chosen.length === 0) throw invalid('No face is left by these filters: there is nothing to export.');
  const rows = await describeRows(workspace, table, chosen, view.region);
  const how = howChosen(table.facts, view, {
    total: order.length,
    chosen: chosen.length,
    isPicked: ids.length > 0,
  });
  const caption = [how, chanceText(table.facts, columns), scaling].filter(Boolean).join(' ');
  const plateRows: PlateRow[] = [];
  for (const row of rows) {
    workspace.signal.throwIfAborted();
    plateRows.push({
      label: [row.stimulus.replace(/\.[a-z]+$/i, ''), `subject ${row.subject}`],
      cells: await Promise.all(
        columns.map(async (column) => ({
          picture: await read(pictureOf(row, column)),
          lines: linesOf(table.facts, row, column),
        })),
      ),
    });
  }
  const perPage = Math.max(1, Math.floor(pageMm / (pictureMm + 8)));
  const pages = Array.from({ length: Math.ceil(plateRows.length / perPage) }, (_, page) =>
    plateSvg({
      columns: columns.map(({ title, note }) => [title, note]),
      rows: plateRows.slice(page * perPage, (page + 1) * perPage),
      caption: [caption],
      pictureMm,
      isTransparent,
    }),
  );
  return {
    name: nameOf(rows, columns),
    caption,
    pages,
    record: {
      figure: 'gallery',
      application: `Fusiform ${appVersion}`,
      howRowsWereChosen: how,
      scaling,
      view,
      columns: columns.map(({ id }) => id),
      rows: rows.map(({ subject, stimulus, cells }) => ({
        subject,
        stimulus,
        scores: Object.fromEntries(cells.map(({ source, scores }) => [source, scores])),
      })),
      pictureMm,
      transparent: isTransparent,
      artefacts: table.sources.map(({ name, evaluationHash, decodingHash, modelHash }) => ({
        name,
        evaluation: evaluationHash,
        decoding: decodingHash,
        model: modelHash,
      })),
    },
  };
}

function requireColumn(columns: readonly GalleryColumn[], id: string): GalleryColumn {
  const found = columns.find((column) => column.id === id);
  if (found !== undefined) return found;
  throw invalid(
    `The gallery has no column "${id}"; it has ${columns.map((column) => column.id).join(', ')}.`,
  );
}

function invalid(message: string): FusiformError {
  return new FusiformError('PARAMETERS_INVALID', message);
}

/** The words of a file's name that say whose picture it is, where there is one alone. */
function nameOf(rows: readonly GalleryRow[], columns: readonly GalleryColumn[]): string {
  if (rows.length > 1 || columns.length > 1) return 'gallery';
  const words = [`sub-${rows[0].subject}`, rows[0].stimulus.replace(/\.[a-z]+$/i, ''), columns[0].id];
  return words.map((word) => word.replaceAll(/[^a-z0-9-]+/gi, '-')).join('_');
}

/** How the rows came to be these, so that no reader takes the best for all. */
export function howChosen(
  { sources }: GalleryFacts,
  { filter, order, region }: GalleryView,
  {
    total,
    chosen,
    isPicked,
  }: { readonly total: number; readonly chosen: number; readonly isPicked: boolean },
): string {
  const { by, descending, source } = order;
  const title = sources.find(({ id }) => id === source)?.title ?? source;
  const sorted =
    by === 'study'
      ? `in the order of the study${descending ? ', from the end' : ''}`
      : `by ${by === 'name' ? 'name' : `${scoreNames[by]} of ${title}`}, ${directionText(by, descending).toLowerCase()}`;
  const rows = isPicked
    ? `${chosen} of ${total} test faces, picked by hand`
    : chosen === total
      ? `All ${total} test faces`
      : `The first ${chosen} of ${total} test faces`;
  const conditions = [
    ...(filter.subjects.length > 0 ? [`of subject ${filter.subjects.join(', ')}`] : []),
    ...(filter.sessions.length > 0 ? [`shown in session ${filter.sessions.join(', ')}`] : []),
    ...(filter.runs.length > 0 ? [`shown in ${filter.runs.join(', ')}`] : []),
    ...(filter.sources.length > 0 ? [`decoded by ${filter.sources.join(', ')}`] : []),
    ...Object.entries(filter.labels).map(([label, value]) => `with ${label} = ${value}`),
    ...(filter.name === '' ? [] : [`whose name holds "${filter.name}"`]),
  ];
  const which = conditions.length === 0 ? '' : ` ${conditions.join(', ')}`;
  return `${rows}${which}, ${sorted}. Decoded from ${regionName(region)}.`;
}

function chanceText({ sources }: GalleryFacts, columns: readonly GalleryColumn[]): string {
  const shown = sources.filter(({ id }) =>
    columns.some((column) => column.kind === 'decoded' && column.source === id),
  );
  return shown
    .flatMap(({ title, chance }) => {
      const [first] = chance;
      if (first === undefined) return [];
      const { faces, ssim, pixCorr } = first;
      const words = [
        `rank ${(faces + 1) / 2} of ${faces}`,
        ...(ssim === null ? [] : [`SSIM ${ssim.toFixed(2)}`]),
        ...(pixCorr === null ? [] : [`PixCorr ${pixCorr.toFixed(2)}`]),
      ];
      return [`Chance for ${title}: ${words.join(', ')}.`];
    })
    .join(' ');
}
