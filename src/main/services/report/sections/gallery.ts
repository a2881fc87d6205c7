import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Markup, pngSource } from '../../../formats/html/html.ts';
import { pictureName } from '../../../jobs/evaluation/picture-scores.ts';
import { missing, note, type Section, text } from '../document.ts';
import type { ModelResults, SubjectResults } from '../gather.ts';

/** Every test face: what was shown, what each latent model makes of it itself, and what was decoded from the brain. */
export async function gallerySection({ models }: SubjectResults): Promise<Section> {
  const [first] = models;
  const faces = [...first.evaluation.faces].sort((a, b) => (b.pairwise ?? 0) - (a.pairwise ?? 0));
  const rows = await Promise.all(
    faces.map(async ({ stimulus }) => ({
      stimulus,
      pictures: await picturesOf(models, stimulus),
      scores: models.map((model) => scoreLine(model, stimulus)),
    })),
  );
  const withoutOriginal = rows.filter(({ pictures }) => pictures[0] === null).length;
  return {
    id: 'faces',
    heading: 'Faces decoded from the brain',
    blocks: [
      text(
        `Every test face, best decoded first (pairwise identification by ${first.title}); none is left out. None was in the training of the decoder. All pictures of a latent model are shown by the same constants, fixed at its training.`,
      ),
      ...(withoutOriginal > 0
        ? [missing(`the pictures that were shown of ${withoutOriginal} faces, which are not at hand.`)]
        : []),
      {
        kind: 'markup',
        markup: galleryTable(
          columnTitles(models),
          rows.map(({ stimulus, pictures, scores }) => ({
            name: stimulus,
            pictures,
            notes: [stimulus, ...scores],
          })),
        ),
      },
      note(
        'Rank 1 of the true face among all test faces is best; SSIM is that of the decoded picture with the one that was shown.',
      ),
    ],
  };
}

/** The first test faces in the order of the study. */
export async function examplesTable({ models }: SubjectResults, count: number): Promise<Markup> {
  const faces = models[0].evaluation.faces.slice(0, count);
  const rows = await Promise.all(
    faces.map(async ({ stimulus }) => ({
      name: stimulus,
      pictures: await picturesOf(models, stimulus),
      notes: [stimulus, ...models.map((model) => scoreLine(model, stimulus))],
    })),
  );
  return galleryTable(columnTitles(models), rows);
}

/** The picture of the imagined face, where there is one. */
export async function imaginedPictures({ models }: SubjectResults): Promise<Markup | null> {
  const pictures = await picturesOf(models, 'imagery');
  if (pictures.every((picture) => picture === null)) return null;
  return galleryTable(columnTitles(models), [
    { name: 'imagined face', pictures, notes: ['imagined, never shown to the subject'] },
  ]);
}

/** The own reconstruction of each latent model once, then each decoder's. */
function columnTitles(models: readonly ModelResults[]): string[] {
  return [
    'shown',
    ...ownModels(models).map(({ title }) => `${title}, of the picture`),
    ...models.map(({ title }) => `${title}, decoded`),
  ];
}

function ownModels(models: readonly ModelResults[]): readonly { title: string; path: string }[] {
  const own = new Map<string, { title: string; path: string }>();
  for (const { model, decoder, title, evaluationPath } of models) {
    if (!own.has(model)) own.set(model, { title: title.replace(`, ${decoder}`, ''), path: evaluationPath });
  }
  return [...own.values()];
}

async function picturesOf(models: readonly ModelResults[], face: string): Promise<(Uint8Array | null)[]> {
  const name = pictureName(face);
  return Promise.all([
    pictureAt(join(models[0].evaluationPath, 'original', name)),
    ...ownModels(models).map(({ path }) => pictureAt(join(path, 'own', name))),
    ...models.map(({ decodingPath }) =>
      decodingPath === null ? null : pictureAt(join(decodingPath, 'reconstructions', name)),
    ),
  ]);
}

function pictureAt(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch(() => null);
}

function scoreLine({ title, evaluation }: ModelResults, stimulus: string): string {
  const face = evaluation.faces.find((candidate) => candidate.stimulus === stimulus);
  if (face === undefined) return `${title}: not decoded`;
  const ssim = face.ssim === null ? '' : `, SSIM ${face.ssim.toFixed(2)}`;
  return `${title}: rank ${face.rank === null ? 'n/a' : Math.round(2 * face.rank) / 2}${ssim}`;
}

interface GalleryRow {
  readonly name: string;
  readonly pictures: readonly (Uint8Array | null)[];
  readonly notes: readonly string[];
}

function galleryTable(titles: readonly string[], rows: readonly GalleryRow[]): Markup {
  return html`<div class="scroll"><table class="gallery">
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}<th scope="col">face and scores</th></tr></thead>
<tbody>
${rows.map(
  ({ name, pictures, notes }) =>
    html`<tr>${pictures.map((picture, at) => html`<td>${picture === null ? 'n/a' : html`<img src="${pngSource(picture)}" alt="${name}: ${titles[at]}">`}</td>`)}<td class="scores">${notes.map((line, at) => html`${at === 0 ? '' : html`<br>`}${line}`)}</td></tr>\n`,
)}</tbody></table></div>
`;
}
