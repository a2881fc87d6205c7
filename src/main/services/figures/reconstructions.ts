import type { ReconstructionsRequest } from '../../../shared/contract/figures.ts';
import type { GalleryRow } from '../../../shared/contract/gallery.ts';
import { publishedDecoder } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { allVoxels } from '../../jobs/stages/decode-patterns.ts';
import { describeRows } from '../gallery/rows.ts';
import type { SubjectSource } from '../gallery/subject-sources.ts';
import { type GalleryTable, galleryOf } from '../gallery/table.ts';
import type { Workspace } from '../workspace.ts';
import { scaling } from './contact-sheet.ts';
import type { PictureReader } from './picture-reader.ts';
import { plateSvg, type PlateRow } from './plate.ts';
import type { Figure } from './write-figure.ts';

/**
 * The article's figure of reconstructions: the originals, then for each latent model its own reconstructions and what the published
 * decoder made of each subject's patterns.
 *
 * @throws FusiformError PARAMETERS_INVALID where nothing was decoded of what is asked for
 */
export async function reconstructionsFigure(
  workspace: Workspace,
  { subjects, models, stimuli, count, pictureMm }: ReconstructionsRequest,
  read: PictureReader,
  isTransparent: boolean,
): Promise<Figure> {
  const table = await galleryOf(workspace);
  const sources = table.sources.filter(
    ({ subject, facts }) =>
      facts.decoder === publishedDecoder &&
      (subjects.length === 0 || subjects.includes(subject)) &&
      (models.length === 0 || models.includes(facts.model)),
  );
  if (sources.length === 0) {
    throw new FusiformError(
      'PARAMETERS_INVALID',
      'Nothing was decoded and evaluated of these subjects and models by the published decoder.',
    );
  }
  const of = new Set(sources.map(({ subject }) => subject));
  const all = [...new Set(table.stimuli.filter(({ subject }) => of.has(subject)).map(({ name }) => name))];
  const shown = stimuli.length > 0 ? stimuli : all.slice(0, count);
  const unknown = shown.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new FusiformError('FACE_UNKNOWN', `"${unknown}" is no test face of these subjects.`);
  }
  const rows = await rowsOf(workspace, table, of, shown);
  const caption = captionOf(sources, { all: all.length, shown: shown.length, isPicked: stimuli.length > 0 });
  const svg = plateSvg({
    columns: shown.map((name) => [name.replace(/\.[a-z]+$/i, '')]),
    rows: await plateRows(sources, rows, shown, read),
    caption: [caption],
    pictureMm,
    isTransparent,
  });
  return {
    name: 'reconstructions',
    caption,
    pages: [svg],
    record: {
      figure: 'reconstructions',
      application: `Fusiform ${appVersion}`,
      stimuli: shown,
      scaling,
      pictureMm,
      transparent: isTransparent,
      artefacts: sources.map(({ name, evaluationHash, decodingHash, modelHash }) => ({
        name,
        evaluation: evaluationHash,
        decoding: decodingHash,
        model: modelHash,
      })),
    },
  };
}

/** The gallery's rows by subject and stimulus. */
async function rowsOf(
  workspace: Workspace,
  table: GalleryTable,
  subjects: ReadonlySet<string>,
  stimuli: readonly string[],
): Promise<ReadonlyMap<string, GalleryRow>> {
  const ids = table.stimuli
    .filter(({ subject, name }) => subjects.has(subject) && stimuli.includes(name))
    .map(({ id }) => id);
  const rows = await describeRows(workspace, table, ids, allVoxels);
  return new Map(rows.map((row) => [`${row.subject} ${row.stimulus}`, row]));
}

async function plateRows(
  sources: readonly SubjectSource[],
  rows: ReadonlyMap<string, GalleryRow>,
  stimuli: readonly string[],
  read: PictureReader,
): Promise<PlateRow[]> {
  const line = async (label: string[], address: (stimulus: string) => string | null): Promise<PlateRow> => ({
    label,
    cells: await Promise.all(
      stimuli.map(async (stimulus) => ({ picture: await read(address(stimulus)), lines: [] })),
    ),
  });
  const cell = ({ subject, id }: SubjectSource, stimulus: string) =>
    rows.get(`${subject} ${stimulus}`)?.cells.find(({ source }) => source === id) ?? null;
  const original = (stimulus: string) =>
    [...rows.values()].find((row) => row.stimulus === stimulus && row.original !== null)?.original ?? null;
  const lines = [await line(['Original'], original)];
  for (const own of Map.groupBy(sources, ({ facts }) => facts.model).values()) {
    const [{ facts }] = own;
    lines.push(
      await line([facts.title, 'of the picture'], (stimulus) => {
        const found = own.map((source) => cell(source, stimulus)).find((candidate) => candidate !== null);
        return found?.own ?? null;
      }),
    );
    for (const source of own) {
      lines.push(
        await line(
          [facts.title, `from the brain, S${source.subject}`],
          (stimulus) => cell(source, stimulus)?.decoded ?? null,
        ),
      );
    }
  }
  return lines;
}

function captionOf(
  sources: readonly SubjectSource[],
  { all, shown, isPicked }: { readonly all: number; readonly shown: number; readonly isPicked: boolean },
): string {
  const subjects = new Set(sources.map(({ subject }) => subject));
  const models = [...new Set(sources.map(({ facts }) => facts.title))];
  const chosen = isPicked
    ? `${shown} of ${all} test faces, picked by hand`
    : shown === all
      ? `all ${all} test faces`
      : `the first ${shown} of ${all} test faces in the order of the study`;
  const scores = sources.map(({ subject, facts, evaluation }) => {
    const { value, lower, upper, n } = evaluation.regions[0].pairwise;
    const interval =
      lower === undefined || upper === undefined
        ? ''
        : ` (95 % CI ${lower.toFixed(2)} to ${upper.toFixed(2)})`;
    return `${facts.title}, subject ${subject}: ${value === null ? 'n/a' : value.toFixed(2)}${interval}, ${n} faces`;
  });
  return (
    `Faces decoded from fMRI patterns: ${chosen}; none was in the training of the decoder. ` +
    `Rows: the picture that was shown; for ${models.join(' and ')} the model's own reconstruction of it, which bounds what decoding can ` +
    `reach, and the picture decoded from the brain of ${subjects.size === 1 ? 'the subject' : `each of ${subjects.size} subjects`}, from all ` +
    `selected voxels. Pairwise identification of the test faces (chance 0.50): ${scores.join('; ')}. ${scaling}`
  );
}
