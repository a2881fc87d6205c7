import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { evenlySpaced } from '../../../shared/evenly-spaced.ts';
import { beginPageOfCharts, chartSvg } from '../../formats/chart/svg.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { html, pngSource, trusted } from '../../formats/html/html.ts';
import type { LossRow } from '../../generative/vaegan/loss-history.ts';
import { mean } from '../../math/statistics.ts';
import { type EvaluationRow, logFiles, readEvaluations, readHistory } from './training-log.ts';

/** Okabe and Ito's colours, as in the report. */
const modelColours = { vaegan: '#0072B2', pca: '#D55E00' } as const;

/** Points of a curve: more cannot be told apart in a picture of its width. */
const pointsOfCurve = 300;
/** Pictures in the page; all of them lie in the folder. */
const picturesInPage = 6;

interface Point {
  readonly step: number;
  readonly panel: string;
  readonly curve: string;
  readonly value: number;
}

const panels: readonly (readonly [panel: string, curves: Readonly<Record<string, keyof LossRow>>])[] = [
  ['pixel error', { loss: 'pixel' }],
  ['KL divergence, nats an image', { loss: 'kl' }],
  ['learned similarity', { loss: 'similarity' }],
  [
    "discriminator's loss (a coin: 0.69)",
    { faces: 'onReal', reconstructions: 'onReconstruction', samples: 'onSample' },
  ],
  ["discriminator's accuracy", { loss: 'accuracy' }],
  ['share of steps that learn', { generator: 'generatorUpdated', discriminator: 'discriminatorUpdated' }],
  ['learning rate', { loss: 'learningRate' }],
];

/** Writes the page of a training's curves and pictures; one file that needs no other and no network. */
export async function writeTrainingPage(folder: string, title: string, latentDim: number): Promise<void> {
  const [history, evaluations] = [await readHistory(folder), await readEvaluations(folder)];
  const grids = (await readdir(join(folder, logFiles.grids))).sort();
  const shown = evenlySpaced(grids, picturesInPage);
  const pictures = await Promise.all(shown.map((name) => readFile(join(folder, logFiles.grids, name))));
  const last = evaluations.at(-1);
  beginPageOfCharts();
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}figure{margin:1.5rem 0}img{image-rendering:pixelated;width:100%;max-width:40rem}svg{max-width:100%;height:auto}figcaption{color:#777}</style>
<h1>${title}</h1>
<p>${history.length} steps.${last === undefined ? '' : ` ${describeEvaluation(last, latentDim)}`}</p>
<h2>Losses</h2>
<figure>${trusted(await lossPanels(history))}<figcaption>Unweighted, means over stretches of steps. The dashed line is where the adversarial phase begins.</figcaption></figure>
${evaluations.length === 0 ? '' : html`<h2>Faces that training never sees</h2><figure>${trusted(await scorePanels(evaluations))}<figcaption>Dashed: principal components of the same number, fitted on the same training faces. Active latents: variance of the code over faces above 0.01 (Burda et al. 2016), of ${latentDim}.</figcaption></figure>`}
${shown.map((name, at) => html`<figure><img src="${pngSource(pictures[at])}" alt="Pictures after ${name}"><figcaption>${name.replace(/^step-0*(\d+)\.png$/, 'Step $1')}: held-out faces, their reconstructions${last?.pcaSsim === null ? '' : ', those of principal components'}, faces of random codes, and the way from the first face to the second.</figcaption></figure>`)}
</html>
`;
  await writeFileAtomic(join(folder, logFiles.page), page.text);
}

export function describeEvaluation(row: EvaluationRow, latentDim: number): string {
  const beside = (value: number | null) => (value === null ? '' : ` (PCA ${value.toFixed(3)})`);
  return `Step ${row.step}, ${row.faces} held-out faces: SSIM ${row.ssim.toFixed(3)}${beside(row.pcaSsim)}, pixel correlation ${row.pixCorr.toFixed(3)}${beside(row.pcaPixCorr)}, ${row.activeLatents} of ${latentDim} latents active.`;
}

function lossPanels(history: readonly LossRow[]): Promise<string> {
  const points = panels.flatMap(([panel, curves]) =>
    Object.entries(curves).flatMap(([curve, column]) => thinned(history, panel, curve, column)),
  );
  const border = history.find(({ phase }) => phase === 'adversarial')?.step;
  return chartSvg({
    data: { values: points },
    columns: 3,
    facet: { field: 'panel', title: null, sort: null, header: { labelColor: '#777' } },
    spec: {
      width: 230,
      height: 130,
      layer: [
        ...(border === undefined || border === 1
          ? []
          : [
              {
                mark: { type: 'rule', strokeDash: [4, 4], color: '#8888' },
                encoding: { x: { datum: border } },
              },
            ]),
        {
          mark: 'line',
          encoding: {
            x: { field: 'step', type: 'quantitative', title: 'step' },
            y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } },
            color: {
              field: 'curve',
              type: 'nominal',
              title: null,
              sort: null,
              scale: {
                domain: ['loss', 'faces', 'reconstructions', 'samples', 'generator', 'discriminator'],
                range: ['#0072B2', '#009E73', '#D55E00', '#CC79A7', '#E69F00', '#56B4E9'],
              },
            },
          },
        },
      ],
    },
    resolve: { scale: { y: 'independent' } },
  } as unknown as TopLevelSpec);
}

function scorePanels(evaluations: readonly EvaluationRow[]): Promise<string> {
  const points = evaluations.flatMap(({ step, ssim, pixCorr, pcaSsim, pcaPixCorr, activeLatents }) => [
    { step, panel: 'SSIM', value: ssim, pca: pcaSsim },
    { step, panel: 'pixel correlation', value: pixCorr, pca: pcaPixCorr },
    { step, panel: 'active latents', value: activeLatents, pca: null },
  ]);
  const x = { field: 'step', type: 'quantitative', title: 'step' };
  const scale = { zero: false };
  return chartSvg({
    data: { values: points },
    columns: 3,
    facet: { field: 'panel', title: null, sort: null, header: { labelColor: '#777' } },
    spec: {
      width: 230,
      height: 130,
      layer: [
        {
          mark: { type: 'line', point: true, color: modelColours.vaegan },
          encoding: { x, y: { field: 'value', type: 'quantitative', title: null, scale } },
        },
        {
          transform: [{ filter: 'datum.pca !== null' }],
          mark: { type: 'line', strokeDash: [4, 4], color: modelColours.pca },
          encoding: { x, y: { field: 'pca', type: 'quantitative', title: null, scale } },
        },
      ],
    },
    resolve: { scale: { y: 'independent' } },
  } as unknown as TopLevelSpec);
}

/** Means over equally long stretches of steps; what a phase does not compute is left out. */
function thinned(history: readonly LossRow[], panel: string, curve: string, column: keyof LossRow): Point[] {
  const every = Math.max(1, Math.ceil(history.length / pointsOfCurve));
  const points: Point[] = [];
  for (let from = 0; from < history.length; from += every) {
    const rows = history.slice(from, from + every);
    const values = rows.flatMap((row) => (row[column] === null ? [] : [Number(row[column])]));
    const value = mean(values);
    if (Number.isFinite(value)) points.push({ step: rows[rows.length - 1].step, panel, curve, value });
  }
  return points;
}
