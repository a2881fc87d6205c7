import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AttributeAxis } from '../../decoding/attributes.ts';
import { assignFolds } from '../../decoding/folds.ts';
import { type AttributeReading, type Border, readAttributes } from '../../decoding/read-attributes.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { columnsOfRows, type TableColumn, type TableValue } from '../../formats/table/columns.ts';
import { writeTable } from '../../formats/table/write.ts';
import type { NdArray } from '../../math/nd-array.ts';
import { Random } from '../../math/random.ts';
import { defineStage } from '../stage.ts';
import { attributesChart } from './attributes-chart.ts';
import { attributesOfTable, groupsOf } from './attributes-of-table.ts';
import { joinLabels } from './labelled-codes.ts';
import { readCodes } from './latents.ts';
import { readStimulusOverlap } from './stimulus-overlap.ts';

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

/**
 * Codes (input `latents`), labels of the same faces (`labels`) -> axes and scores of all attributes. With `without`, of
 * `stimulus-overlap`: the faces of the set that are like the test faces there take no part.
 */
export const attributeAxesStage = defineStage({
  name: 'attribute-axes',
  version: 3,
  parameters,
  async run({ columns, numbers, classes, group, folds, seed }, context) {
    const latents = await readCodes(context.inputs.latents);
    const leftOut =
      context.inputs.without === undefined
        ? new Set<string>()
        : new Set((await readStimulusOverlap(context.inputs.without)).overlaps.map(({ other }) => other));
    const joined = await joinLabels(latents, context.inputs.labels, (file) => !leftOut.has(file));
    const { table, fileColumn, codes, latentDim } = joined;
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
    const scores = columnsOfRows(tableColumns, readings.map(tableRow));
    await writeTable(join(outDir, 'attributes'), scores, ['tsv', 'parquet'], { sidecar: false });
    await writeJsonFile(join(outDir, files.description), {
      folds,
      group,
      attributes: readings.map(asJson),
    });
    await writeSafetensorsFile(join(outDir, files.arrays), axesOf(readings), {});
    await writeFile(join(outDir, 'attributes.svg'), await attributesChart(readings));
    return {
      summary: {
        faces: table.rows.length,
        leftOut: leftOut.size,
        latentDim,
        folds,
        group,
        attributes: readings.map(asJson),
      },
    };
  },
});

const files = { description: 'attributes.json', arrays: 'axes.safetensors' } as const;

const heldOutSchema = z.object({ accuracy: z.number(), balancedAccuracy: z.number(), auc: z.number() });
const storedSchema = z.object({
  attributes: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('class'),
        name: z.string(),
        n: z.number(),
        nInClass: z.number(),
        penalty: z.number(),
        axis: heldOutSchema,
        classifier: heldOutSchema,
      }),
      z.object({ kind: z.literal('number'), name: z.string(), n: z.number(), penalty: z.number() }),
      z.object({ kind: z.literal('not judged'), name: z.string(), n: z.number(), reason: z.string() }),
    ]),
  ),
});

/** An attribute as it was learnt from a labelled set of faces. */
export interface LearntAttribute {
  readonly name: string;
  readonly kind: 'class' | 'number';
  readonly axis: AttributeAxis;
  readonly classifier: Border;
  /** Balanced accuracies on faces of the labelled set that were left out; null of a number. */
  readonly heldOut: { readonly axis: number; readonly classifier: number } | null;
}

/** An attribute that the labelled set cannot teach. */
export interface NotLearnt {
  readonly name: string;
  readonly kind: 'not judged';
  readonly reason: string;
}

/** What this stage learnt, in the order of the table of labels. */
export async function readAttributeAxes(folder: string): Promise<(LearntAttribute | NotLearnt)[]> {
  const { attributes } = storedSchema.parse(await readJsonFile(join(folder, files.description)));
  const { arrays } = await readSafetensorsFile(join(folder, files.arrays));
  return attributes.map((stored) => {
    if (stored.kind === 'not judged') return stored;
    const { name, kind } = stored;
    const of = (array: string) => Float64Array.from(arrays[`${name}/${array}`].data);
    return {
      name,
      kind,
      axis: { direction: of('direction'), midpoint: of('midpoint') },
      classifier: { weights: of('classifier'), offset: of('offset')[0] },
      heldOut:
        stored.kind === 'class'
          ? { axis: stored.axis.balancedAccuracy, classifier: stored.classifier.balancedAccuracy }
          : null,
    };
  });
}

const scoreColumns = ['accuracy', 'lower', 'upper', 'balanced', 'auc', 'r', 'r2', 'p', 'q'] as const;
const tableColumns: Readonly<Record<string, TableColumn['type']>> = {
  attribute: 'string',
  kind: 'string',
  n: 'int',
  n_in_class: 'int',
  majority: 'double',
  ...numberColumns('axis'),
  ...numberColumns('classifier'),
  penalty: 'double',
  reason: 'string',
};

function numberColumns(prefix: string): Record<string, 'double'> {
  return Object.fromEntries(scoreColumns.map((name) => [`${prefix}_${name}`, 'double' as const]));
}

function tableRow(reading: AttributeReading): TableValue[] {
  if (reading.kind === 'not judged') {
    const unknown: null[] = new Array(Object.keys(tableColumns).length - 4).fill(null);
    return [reading.name, reading.kind, reading.n, ...unknown, reading.reason];
  }
  const { name, kind, n, byAxis, byClassifier, penalty } = reading;
  const counts = kind === 'class' ? [reading.nInClass, reading.majority] : [null, null];
  return [name, kind, n, ...counts, ...scoreCells(byAxis), ...scoreCells(byClassifier), penalty, null];
}

type Scores = Exclude<AttributeReading, { kind: 'not judged' }>['byAxis' | 'byClassifier'];

function scoreCells(scores: Scores): TableValue[] {
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
