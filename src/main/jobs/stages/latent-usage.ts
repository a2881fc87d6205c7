import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { columnsOfRows } from '../../formats/table/columns.ts';
import { writeTable } from '../../formats/table/write.ts';
import { activeVariance, codeStatistics, rankLatents } from '../../generative/code-statistics.ts';
import { defineStage } from '../stage.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { readLatents, requireCodesOf } from './latents.ts';

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Latents in the picture, those of the most variance first. */
  top: z.number().int().min(1).max(64),
  steps: z.number().int().min(2).max(25),
  /** Standard deviations to either side of the mean code. */
  range: z.number().gt(0),
});

/** Codes of a face set (input `latents`), their model (`model`) -> which latents are used, and what the first of them do. */
export const latentUsageStage = defineStage({
  name: 'latent-usage',
  version: 2,
  parameters,
  async run({ engine: kind, top, steps, range }, context) {
    const latents = await readLatents(context.inputs.latents);
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { latentDim } = model;
      requireCodesOf({ latentDim, fingerprint }, latents, context.inputs.latents);
      const statistics = codeStatistics(latents.codes, latentDim);
      const { mean, variance } = statistics;
      const ranked = rankLatents(statistics);
      const whole = variance.reduce((sum, value) => sum + value, 0);
      const table = columnsOfRows(
        {
          rank: 'int',
          latent: 'int',
          mean: 'double',
          variance: 'double',
          share: 'double',
          active: 'bool',
        },
        Array.from(ranked, (latent, at) => [
          at + 1,
          latent + 1,
          mean[latent],
          variance[latent],
          whole > 0 ? variance[latent] / whole : 0,
          variance[latent] > activeVariance,
        ]),
      );
      await writeTable(join(context.outDir, 'latent-usage'), table, ['tsv', 'parquet']);
      const shown = Array.from(ranked.subarray(0, top));
      const positions = Array.from({ length: steps }, (_, at) => -range + (2 * range * at) / (steps - 1));
      const codes = Float32Array.from(
        shown.flatMap((latent) =>
          positions.flatMap((position) => {
            const code = Array.from(mean);
            code[latent] += position * Math.sqrt(variance[latent]);
            return code;
          }),
        ),
      );
      const picture = await labelledGrid(await decodeToPictures(model, codes, context), {
        size: model.imageSize,
        title: 'The mean face moved along the most used latents, in standard deviations',
        columns: positions.map((position) => position.toFixed(1)),
        rows: shown.map((latent) => `latent ${latent + 1}`),
      });
      await writeFile(join(context.outDir, 'latent-usage.png'), picture);
      const active = variance.filter((value) => value > activeVariance).length;
      return {
        summary: {
          faces: statistics.n,
          latentDim,
          active,
          top: shown.map((latent) => ({
            latent: latent + 1,
            variance: variance[latent],
            share: whole > 0 ? variance[latent] / whole : 0,
          })),
        },
      };
    } finally {
      model.dispose();
    }
  },
});
