import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { html, pngSource } from '../../../formats/html/html.ts';
import type { Workspace } from '../../workspace.ts';
import { type Block, figureBlock, heading, missing, type Section, text } from '../document.ts';
import { lossesChart } from '../figures/losses.ts';
import { lossPoints } from '../loss-curves.ts';

const heldOutSchema = z.object({ faces: z.number(), ssim: z.number(), pixCorr: z.number() });

/** The latent models: reconstructions of faces that training never saw, and the course of the training. */
export async function modelsSection(
  workspace: Workspace,
  models: readonly { readonly model: string; readonly title: string }[],
): Promise<Section> {
  const blocks: Block[] = [];
  const seen = new Set<string>();
  for (const { model, title } of models) {
    if (seen.has(model)) continue;
    seen.add(model);
    blocks.push(heading(title), ...(await modelBlocks(workspace, model, title)));
  }
  return { id: 'models', heading: 'Latent models', blocks };
}

async function modelBlocks(workspace: Workspace, model: string, title: string): Promise<Block[]> {
  if (!workspace.entries('model').some(({ name }) => name === model)) {
    return [missing(`the model "${model}", which the project no longer holds under that name.`)];
  }
  const { path, summary } = workspace.entry('model', model);
  const held = heldOutSchema.safeParse(summary.heldOut).data;
  const picture = await readFile(join(path, 'held-out.png')).catch(() => null);
  return [
    ...(held === undefined
      ? [missing(`scores of "${model}" on faces that training never saw.`)]
      : [
          text(
            `${held.faces} faces that training never saw: SSIM ${held.ssim.toFixed(3)}, pixel correlation ${held.pixCorr.toFixed(3)} of their reconstructions.`,
          ),
        ]),
    ...(picture === null
      ? []
      : [
          {
            kind: 'markup',
            markup: html`<figure><img class="wide" src="${pngSource(picture)}" alt="Faces that training never saw, above their reconstructions by ${title}"><figcaption>${title}: faces that training never saw (above) and their reconstructions (below).</figcaption></figure>\n`,
          } as const,
        ]),
    ...(existsSync(join(path, 'history.tsv'))
      ? [
          figureBlock({
            name: `training-${model}`,
            caption: `${title}: losses over the training.`,
            alt: `Losses over the training of ${title}.`,
            drawing: lossesChart(await lossPoints(path)),
          }),
        ]
      : []),
  ];
}
