import type { DemoSummary } from '../../../shared/demo-summary.ts';
import type { Evaluation, Score } from '../../../shared/evaluation.ts';
import { published } from '../../../shared/published.ts';
import { appVersion } from '../../../shared/version.ts';
import { html, type Markup, pngSource, trusted } from '../../formats/html/html.ts';
import type { LossPoint } from './charts.ts';
import { lossChart, regionChart } from './charts.ts';
import { style } from './style.ts';

export interface GalleryRow {
  readonly stimulus: string;
  /** PNG files, all of the same size. */
  readonly original: Uint8Array;
  readonly ownVaegan: Uint8Array;
  readonly decodedVaegan: Uint8Array;
  readonly decodedPca: Uint8Array;
}

export interface ReportContent {
  readonly title: string;
  readonly summary: DemoSummary;
  readonly evaluations: { readonly vaegan: Evaluation; readonly pca: Evaluation };
  readonly gallery: readonly GalleryRow[];
  readonly imagery: GalleryRow | null;
  readonly losses: readonly LossPoint[];
  /** Held-out portraits above their reconstructions, a PNG a model. */
  readonly heldOut: readonly { readonly model: string; readonly png: Uint8Array; readonly scores: string }[];
  /** What quality control found. */
  readonly quality: Markup;
  /** Sentences of a methods section. */
  readonly methods: readonly string[];
  readonly stages: readonly { readonly label: string; readonly seconds: number }[];
}

/** The whole report as one page that needs no other file and no network. */
export async function reportPage(content: ReportContent): Promise<string> {
  const { summary, evaluations } = content;
  const regions = [evaluations.vaegan, evaluations.pca].flatMap(({ model, regions: list }) =>
    list.flatMap(({ name, excluded, pairwise: { value, lower, upper } }) =>
      value === null || excluded !== undefined
        ? []
        : [
            {
              region: name,
              model: model.kind === 'pca' ? 'PCA' : 'VAE-GAN',
              pairwise: value,
              lower: lower ?? value,
              upper: upper ?? value,
            },
          ],
    ),
  );
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${content.title}</title>
<style>${trusted(style)}</style>
<main>
<h1>${content.title}</h1>
<p class="lead">${leadSentence(summary, evaluations.vaegan)}</p>

<h2>Faces decoded from the brain</h2>
<p>Every test face, best decoded first (by VAE-GAN pairwise identification); none is left out. None was in the training of either model, or of the decoder. All images are shown by the same constants, fixed at training.</p>
<div class="gallery" role="table">
<div role="row" class="head"><span>original</span><span>VAE-GAN, its own reconstruction</span><span>decoded, VAE-GAN</span><span>decoded, PCA</span><span>rank and scores</span></div>
${sortedRows(content).map(({ row, text }) => galleryRow(row, text))}
</div>
${content.imagery === null ? '' : imagerySection(content.imagery, evaluations.vaegan)}

<h2>Scores beside the published figures</h2>
${scoreTable(content)}
<p class="note">Published: VanRullen &amp; Reddy (2019), doi 10.1038/s42003-019-0438-y, means over four people, 1024 latents and 128 x 128 pixels. Here: one simulated subject, ${evaluations.vaegan.model.latentDim} latents and ${evaluations.vaegan.model.imageSize} x ${evaluations.vaegan.model.imageSize} pixels; agreement in order of magnitude is all that may be expected. Pairwise: Pearson r in latent space of the decoded code with its target against each other test face; p by permutation of the faces.</p>

<h2>Regions</h2>
<figure>${trusted(await regionChart(regions))}<figcaption>Pairwise identification of ${evaluations.vaegan.nTestFaces} test faces with 95 % bootstrap intervals over faces. Dashed: chance.</figcaption></figure>

${content.quality}

<h2>Latent models</h2>
${content.heldOut.map(
  ({ model, png, scores }) =>
    html`<figure><img class="wide" src="${pngSource(png)}" alt="Held-out portraits and their reconstructions by ${model}"><figcaption>${model}: portraits that training never saw (above) and their reconstructions (below). ${scores}</figcaption></figure>`,
)}
<figure>${trusted(await lossChart(content.losses))}<figcaption>VAE-GAN training.</figcaption></figure>

<h2>Methods</h2>
${content.methods.map((sentence) => html`<p>${sentence}</p>`)}
<table><tr><th>stage</th><th>seconds</th></tr>${content.stages.map(({ label, seconds }) => html`<tr><td>${label}</td><td class="number">${seconds.toFixed(1)}</td></tr>`)}</table>
<p class="note">Fusiform ${appVersion}, engine ${summary.engine}, seed ${summary.seed}, peak memory ${(summary.peakRssBytes / 2 ** 30).toFixed(2)} GiB.</p>
</main>
</html>
`;
  return page.text;
}

function leadSentence(summary: DemoSummary, evaluation: Evaluation): string {
  const all = evaluation.regions[0].pairwise;
  const shuffled = summary.shuffledEvents
    ? 'The event files of this run were shuffled: everything below should be at chance. '
    : '';
  return `${shuffled}Pairwise identification ${describeScore(all)}, ${evaluation.nTestFaces} test faces; chance 0.50. Simulated subject.`;
}

export function describeScore({ value, lower, upper, p }: Score): string {
  const interval =
    lower === undefined || upper === undefined ? [] : [`95 % CI ${lower.toFixed(2)} to ${upper.toFixed(2)}`];
  const chance = p === undefined ? [] : [`p ${describeP(p)}`];
  const rest = [...interval, ...chance];
  if (value === null) return 'not computed';
  return rest.length > 0 ? `${value.toFixed(2)} (${rest.join(', ')})` : value.toFixed(2);
}

export function describeP(p: number): string {
  return p < 0.001 ? `= ${p.toExponential(1)}` : `= ${p.toFixed(3)}`;
}

function sortedRows({ gallery, evaluations }: ReportContent): { row: GalleryRow; text: string }[] {
  const scoreOf = (evaluation: Evaluation, stimulus: string) =>
    evaluation.faces.find((face) => face.stimulus === stimulus);
  return gallery
    .map((row) => ({
      row,
      vaegan: scoreOf(evaluations.vaegan, row.stimulus),
      pca: scoreOf(evaluations.pca, row.stimulus),
    }))
    .sort((a, b) => (b.vaegan?.pairwise ?? 0) - (a.vaegan?.pairwise ?? 0))
    .map(({ row, vaegan, pca }) => ({
      row,
      text: `VAE-GAN rank ${describeRank(vaegan?.rank)}, SSIM ${vaegan?.ssim?.toFixed(2)}; PCA rank ${describeRank(pca?.rank)}, SSIM ${pca?.ssim?.toFixed(2)}`,
    }));
}

function galleryRow(row: GalleryRow, text: string): Markup {
  const image = (png: Uint8Array, what: string) =>
    html`<img src="${pngSource(png)}" alt="${row.stimulus}: ${what}" title="${row.stimulus}">`;
  return html`<div role="row">${image(row.original, 'original')}${image(row.ownVaegan, "the model's own reconstruction")}${image(row.decodedVaegan, 'decoded by VAE-GAN')}${image(row.decodedPca, 'decoded by PCA')}<span>${row.stimulus}<br>${text}</span></div>`;
}

function imagerySection(row: GalleryRow, evaluation: Evaluation): Markup {
  const scores = evaluation.regions.flatMap(({ name, imagery, excluded }) =>
    imagery === null || excluded !== undefined
      ? []
      : [`${name} ${imagery.value?.toFixed(2)} (p = ${imagery.p?.toFixed(3)})`],
  );
  return html`<h2>The imagined face</h2>
<p>Decoded from the temporal region while the subject imagined one of 20 candidate faces that were never shown; share of the 19 others that the true one beats: ${scores.join(', ')}.</p>
<div class="gallery">${galleryRow(row, 'decoded from imagery')}</div>`;
}

function scoreTable({ evaluations, summary }: ReportContent): Markup {
  const rows = scoreRows(evaluations, summary);
  return html`<table><tr><th></th><th>VAE-GAN</th><th>published</th><th>PCA</th><th>published</th></tr>
${rows.map((cells) => html`<tr>${cells.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="number">${cell}</td>`))}</tr>`)}</table>`;
}

/** Rows of name, VAE-GAN, published, PCA, published: on the page and on the terminal alike. */
export function scoreRows(
  { vaegan, pca }: { readonly vaegan: Evaluation; readonly pca: Evaluation },
  summary: DemoSummary,
): string[][] {
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  const region = (evaluation: Evaluation, name: string) =>
    share(evaluation.regions.find((entry) => entry.name === name)?.pairwise.value ?? Number.NaN);
  const { models } = summary;
  return [
    [
      'pairwise',
      share(models.vaegan.pairwise),
      share(published.vaegan.pairwise),
      share(models.pca.pairwise),
      share(published.pca.pairwise),
    ],
    [
      'p by permutation',
      models.vaegan.pairwiseP.toExponential(0),
      '',
      models.pca.pairwiseP.toExponential(0),
      '',
    ],
    [
      `full, ${vaegan.nTestFaces}-way`,
      share(models.vaegan.nWay),
      share(published.vaegan.nWay),
      share(models.pca.nWay),
      share(published.pca.nWay),
    ],
    [
      'SSIM',
      share(models.vaegan.ssim),
      share(published.vaegan.ssim),
      share(models.pca.ssim),
      share(published.pca.ssim),
    ],
    ['pixel correlation', models.vaegan.pixCorr.toFixed(3), '', models.pca.pixCorr.toFixed(3), ''],
    ...(['occipital', 'temporal', 'frontoparietal'] as const).map((name) => [
      `pairwise, ${name}`,
      region(vaegan, name),
      share(published.regions[name].vaegan),
      region(pca, name),
      share(published.regions[name].pca),
    ]),
    ['gender, decoded', share(summary.gender.accuracy), share(published.gender.decoded), '', ''],
    ['imagery, temporal', share(summary.imagery.pairwise), share(published.imagery.temporal), '', ''],
  ];
}

/** Ties give half ranks; sums of them carry rounding. */
function describeRank(rank: number | null | undefined): string {
  return rank === undefined || rank === null ? 'n/a' : String(Math.round(2 * rank) / 2);
}
