import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { type RegionComparison, regionComparisonSchema } from '../../../shared/region-comparison.ts';
import { pairedDifference, pairwiseScores } from '../../decoding/region-comparison.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import type { TableColumn } from '../../formats/table/columns.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import { fdrAdjusted } from '../../math/multiple-testing.ts';
import { defineStage } from '../stage.ts';
import { regionComparisonChart } from './compare-regions-chart.ts';
import { readDecoded } from './decode-patterns.ts';
import { rowsOf } from './face-rows.ts';
import { pickCodes, readLatents } from './latents.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  decoder: z.string(),
  seed: z.number().int(),
  /** Whether the table is written as Parquet too. */
  parquet: z.boolean(),
});

const fileName = 'region-comparison.json';

export async function readRegionComparison(folder: string): Promise<RegionComparison> {
  return regionComparisonSchema.parse(await readJsonFile(join(folder, fileName)));
}

/** Decoded codes (input `decoded`), true codes of the stimuli (`latents`) -> what each region tells alone, and what is lost without it. */
export const compareRegionsStage = defineStage({
  name: 'compare-regions',
  version: 1,
  parameters,
  async run({ modelName, decoder, seed, parquet }, context) {
    const { inputs, outDir } = context;
    const { description, regions } = await readDecoded(inputs.decoded);
    const { testFaces, subject } = description;
    if (testFaces.length < 2) {
      throw new FusiformError(
        'TEST_FACES_TOO_FEW',
        `${testFaces.length} test face cannot be told from others.`,
      );
    }
    const latents = await readLatents(inputs.latents);
    const targets = pickCodes(latents, rowsOf(testFaces, latents.files, inputs.latents));
    const scored = regions.map((region) => ({
      ...region,
      scores: pairwiseScores(region.test, targets, latents.latentDim),
    }));
    const scoreOf = (found: (typeof scored)[number] | undefined) =>
      found === undefined ? null : { nVoxels: found.nVoxels, pairwise: found.scores.mean, p: found.scores.p };
    const [all] = scored;
    const names = [...new Set(scored.slice(1).map(({ name, excluded }) => excluded ?? name))];
    const losses = names.map((name) => {
      const without = scored.find(({ excluded }) => excluded === name);
      return without === undefined
        ? null
        : pairedDifference(all.scores.ofFaces, without.scores.ofFaces, `${seed} ${name}`);
    });
    const q = fdrAdjusted(losses.map((loss) => loss?.p ?? Number.NaN));
    const result: RegionComparison = {
      subject,
      model: modelName,
      decoder,
      testFaces: testFaces.length,
      all: { nVoxels: all.nVoxels, pairwise: all.scores.mean, p: all.scores.p },
      regions: names.map((region, at) => {
        const loss = losses[at];
        return {
          region,
          alone: scoreOf(scored.find(({ name, excluded }) => name === region && excluded === undefined)),
          without: scoreOf(scored.find(({ excluded }) => excluded === region)),
          loss: loss && { ...loss, q: q[at] },
        };
      }),
    };
    await writeJsonFile(join(outDir, fileName), result);
    await writeTable(join(outDir, 'regions'), columnsOf(result), tableFormats(parquet));
    await writeFile(join(outDir, 'regions.svg'), await regionComparisonChart(result));
    return { summary: { ...result } };
  },
});

function columnsOf({ regions, all }: RegionComparison): TableColumn[] {
  const number = (
    name: string,
    of: (row: RegionComparison['regions'][number]) => number | null | undefined,
    description: string,
    type: 'double' | 'int' = 'double',
  ): TableColumn => ({ name, type, values: regions.map((row) => of(row) ?? null), description });
  return [
    {
      name: 'region',
      type: 'string',
      values: regions.map(({ region }) => region),
      description: 'Region of the mapping',
    },
    number('alone_voxels', ({ alone }) => alone?.nVoxels, 'Voxels of the region', 'int'),
    number(
      'alone',
      ({ alone }) => alone?.pairwise,
      'Pairwise identification from the region alone; chance 0.5',
    ),
    number('alone_p', ({ alone }) => alone?.p, 'Exact, of the sum of ranks'),
    number('without_voxels', ({ without }) => without?.nVoxels, 'Voxels outside the region', 'int'),
    number('without', ({ without }) => without?.pairwise, 'Pairwise identification from all other voxels'),
    number('without_p', ({ without }) => without?.p, 'Exact, of the sum of ranks'),
    number('all', () => all.pairwise, 'Pairwise identification from all voxels'),
    number('loss', ({ loss }) => loss?.difference, 'all less without'),
    number('loss_lower', ({ loss }) => loss?.lower, 'Lower end of its 95 % interval by bootstrap over faces'),
    number('loss_upper', ({ loss }) => loss?.upper, 'Upper end of its 95 % interval by bootstrap over faces'),
    number('loss_p', ({ loss }) => loss?.p, "Wilcoxon's signed-rank test over faces, exact, two-sided"),
    number('loss_q', ({ loss }) => loss?.q, 'loss_p adjusted for the false discovery rate over regions'),
  ];
}
