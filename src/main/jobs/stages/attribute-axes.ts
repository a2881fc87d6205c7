import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { assignFolds } from '../../decoding/folds.ts';
import { type AttributeReading, readAttributes } from '../../decoding/read-attributes.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { type Cell, writeTsvFile } from '../../formats/tsv/write.ts';
import type { NdArray } from '../../math/nd-array.ts';
import { Random } from '../../math/random.ts';
import { defineStage } from '../stage.ts';
import { attributesChart } from './attributes-chart.ts';
import { attributesOfTable, groupsOf } from './attributes-of-table.ts';
import { joinLabels } from './labelled-codes.ts';
import { readCodes } from './latents.ts';

const parameters = z.strictObject({
  /** Columns to read; null for all. */
  columns: z.array(z.string()).nullable(),
  numbers: z.array(z.string()),
  classes: z.array(z.string()),
  /** Column of what belongs together, such as who is shown: never divided between folds. */
  group: z.string().nullable(),
  folds: z.number().int().min(3).max(100),
  seed: z.number().int(),
});

/** Codes (input `latents`), labels of the same faces (`labels`) -> axes and scores of all attributes. */
export const attributeAxesStage = defineStage({
  name: 'attribute-axes',
  version: 1,
  parameters,
  async run({ columns, numbers, classes, group, folds, seed }, context) {
    const latents = await readCodes(context.inputs.latents);
    const { table, fileColumn, codes, latentDim } = await joinLabels(latents, context.inputs.labels);
    const without = [fileColumn, ...(group === null ? [] : [group])];
    const { attributes, notJudged } = attributesOfTable(table, { columns, numbers, classes, without });
    const groups = group === null ? undefined : groupsOf(table, group);
    const foldOf = assignFolds(table.rows.length, folds, new Random(seed).fork('folds'), groups);
    const readings = [
      ...readAttributes(codes, latentDim, attributes, {
        foldOf,
        folds,
        ...(groups === undefined ? {} : { groups }),
        onFit: (done, total) => {
          context.signal.throwIfAborted();
          context.report({ done, total, unit: 'fits' });
        },
      }),
      ...notJudged,
    ];
    const { outDir } = context;
    await writeTsvFile(join(outDir, 'attributes.tsv'), tableColumns, readings.map(tableRow));
    await writeJsonFile(join(outDir, 'attributes.json'), { folds, group, attributes: readings.map(asJson) });
    await writeSafetensorsFile(join(outDir, 'axes.safetensors'), axesOf(readings), {});
    await writeFile(join(outDir, 'attributes.svg'), await attributesChart(readings));
    return {
      summary: {
        faces: table.rows.length,
        latentDim,
        folds,
        group,
        attributes: readings.map(asJson),
      },
    };
  },
});

const scoreColumns = ['accuracy', 'lower', 'upper', 'balanced', 'auc', 'r', 'r2', 'p', 'q'] as const;
const tableColumns = [
  'attribute',
  'kind',
  'n',
  'n_in_class',
  'majority',
  ...scoreColumns.map((name) => `axis_${name}`),
  ...scoreColumns.map((name) => `classifier_${name}`),
  'penalty',
  'reason',
];

function tableRow(reading: AttributeReading): Cell[] {
  if (reading.kind === 'not judged') {
    const unknown: null[] = new Array(tableColumns.length - 4).fill(null);
    return [reading.name, reading.kind, reading.n, ...unknown, reading.reason];
  }
  const { name, kind, n, byAxis, byClassifier, penalty } = reading;
  const counts = kind === 'class' ? [reading.nInClass, reading.majority] : [null, null];
  return [name, kind, n, ...counts, ...scoreCells(byAxis), ...scoreCells(byClassifier), penalty, null];
}

type Scores = Exclude<AttributeReading, { kind: 'not judged' }>['byAxis' | 'byClassifier'];

function scoreCells(scores: Scores): Cell[] {
  const { lower, upper, p, q } = scores;
  return 'accuracy' in scores
    ? [scores.accuracy, lower, upper, scores.balancedAccuracy, scores.auc, null, null, p, q]
    : [null, lower, upper, null, null, scores.r, 'r2' in scores ? Number(scores.r2) : null, p, q];
}

/** Everything but the axes themselves, which stand in a file of their own. */
export function asJson(reading: AttributeReading) {
  if (reading.kind === 'not judged') return { ...reading };
  const { axis: _axis, classifier: _classifier, byAxis, byClassifier, ...rest } = reading;
  return { ...rest, axis: { ...byAxis }, classifier: { ...byClassifier } };
}

function axesOf(readings: readonly AttributeReading[]): Record<string, NdArray> {
  const arrays: Record<string, NdArray> = {};
  for (const reading of readings) {
    if (reading.kind === 'not judged') continue;
    const { name, axis, classifier } = reading;
    const shape = [axis.direction.length];
    arrays[`${name}/direction`] = { shape, data: axis.direction };
    arrays[`${name}/midpoint`] = { shape, data: axis.midpoint };
    arrays[`${name}/classifier`] = { shape, data: classifier.weights };
    arrays[`${name}/offset`] = { shape: [1], data: Float64Array.of(classifier.offset) };
  }
  return arrays;
}
