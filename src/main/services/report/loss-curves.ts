import { join } from 'node:path';
import { chartSvg } from '../../formats/chart/svg.ts';
import { isMissing, readTable } from '../../formats/tsv/table.ts';
import { type LossPoint, lossesChart } from './figures/losses.ts';

/** What of a training's history is drawn, and how it is headed. */
const curves: Readonly<Record<string, string>> = {
  pixel: 'pixel error',
  kl: 'KL divergence, nats an image',
  similarity: 'learned similarity',
  onReal: "discriminator's loss, faces",
  onReconstruction: "discriminator's loss, reconstructions",
  onSample: "discriminator's loss, random codes",
};

/** The curves of the training that made a model, as an SVG element. @param modelFolder the model's artefact. */
export async function lossCurves(modelFolder: string): Promise<string> {
  return chartSvg(lossesChart(await lossPoints(modelFolder)));
}

/** Losses over the training, thinned to what a picture can show. */
export async function lossPoints(modelFolder: string): Promise<LossPoint[]> {
  const table = await readTable(join(modelFolder, 'history.tsv'));
  const every = Math.max(1, Math.floor(table.rows.length / 200));
  return table.rows
    .filter((_, row) => row % every === 0)
    .flatMap(({ values }) =>
      Object.entries(curves)
        .filter(([column]) => !isMissing(values[column] ?? '') && values[column] !== 'null')
        .map(([column, name]) => ({ step: Number(values.step), name, value: Number(values[column]) })),
    );
}
