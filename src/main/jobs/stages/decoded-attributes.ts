import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type AttributeReadingRow,
  type DecodedAttributes,
  type ReadingRule,
  readingRules,
} from '../../../shared/decoded-attributes.ts';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { Metric } from '../../../shared/evaluation.ts';
import {
  borderOf,
  positionsOf,
  readingDefinitions,
  scoreNumber,
  scoreReading,
} from '../../decoding/read-decoded.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import { fdrAdjusted } from '../../math/multiple-testing.ts';
import { defineStage } from '../stage.ts';
import { type LearntAttribute, type NotLearnt, readAttributeAxes } from './attribute-axes.ts';
import { readDecoded } from './decode-patterns.ts';
import { decodedAttributesChart } from './decoded-attributes-chart.ts';
import { type PositionRow, writeDecodedAttributes } from './decoded-attributes-result.ts';
import { positionColumns, readingColumns } from './decoded-attributes-tables.ts';
import { rowsOf } from './face-rows.ts';
import { pickCodes, readLatents } from './latents.ts';
import { TestLabels } from './test-labels.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  decoder: z.string(),
  seed: z.number().int(),
  /** Permutations for numbers; classes have exact ones. */
  nPermutations: z.number().int().min(1),
  /** Whether the tables are written as Parquet too. */
  parquet: z.boolean(),
});

/**
 * Decoded codes (input `decoded`), the true codes of the stimuli (`latents`), labels of the test faces (`labels`: a face set or a
 * table), and what was learnt of a labelled set of faces (`axes`, of `attribute-axes`) -> every attribute read from true and decoded
 * codes, region by region, by every rule.
 */
export const decodedAttributesStage = defineStage({
  name: 'decoded-attributes',
  version: 1,
  parameters,
  async run({ modelName, decoder, seed, nPermutations, parquet }, context) {
    const { inputs, outDir } = context;
    const { description, regions } = await readDecoded(inputs.decoded);
    const { testFaces } = description;
    const latents = await readLatents(inputs.latents);
    const labels = await TestLabels.read(inputs.labels, testFaces);
    const learnt = await readAttributeAxes(inputs.axes);
    const sources: CodeSource[] = [
      {
        codes: 'true',
        region: null,
        nVoxels: null,
        values: pickCodes(latents, rowsOf(testFaces, latents.files, inputs.latents)),
      },
      ...regions.map(({ name, nVoxels, test }) => ({
        codes: 'decoded' as const,
        region: name,
        nVoxels,
        values: test,
      })),
    ];
    const raw: Omit<AttributeReadingRow, 'q'>[] = [];
    const notJudged: DecodedAttributes['notJudged'] = [];
    const positions: PositionRow[] = [];
    const unlabelled = new Map<string, string[]>();
    for (const [at, attribute] of learnt.entries()) {
      context.signal.throwIfAborted();
      const known = askLabels(attribute, labels);
      if ('reason' in known) {
        notJudged.push({ attribute: attribute.name, reason: known.reason });
        continue;
      }
      const { rows, truth } = known;
      if (rows.length < testFaces.length) {
        const missing = testFaces.filter((_, row) => !rows.includes(row)).join(', ');
        unlabelled.set(missing, [...(unlabelled.get(missing) ?? []), attribute.name]);
      }
      for (const source of sources) {
        const codes = pickCodes({ codes: source.values, latentDim: latents.latentDim }, rows);
        for (const rule of rulesOf(known.attribute)) {
          const border = borderOf(rule, known.attribute.axis, known.attribute.classifier);
          const read = positionsOf(border, codes);
          raw.push(scored(known.attribute, source, rule, read, truth, { seed, nPermutations }));
          if (rule === 'axis-midpoint' || rule === 'classifier-balanced') {
            positions.push(...placed(attribute.name, source, rule, rows, testFaces, read, truth));
          }
        }
      }
      context.report({ done: at + 1, total: learnt.length, unit: 'attributes' });
    }
    if (raw.length === 0) {
      throw new FusiformError('TEST_FACES_UNLABELLED', nothingRead(notJudged), {
        file: labels.file,
        details: { notJudged },
      });
    }
    const readings = withQ(raw);
    const result: DecodedAttributes = {
      subject: description.subject,
      model: modelName,
      decoder,
      testFaces: testFaces.length,
      readings,
      notJudged,
    };
    await writeDecodedAttributes(outDir, result);
    const formats = tableFormats(parquet);
    await writeTable(join(outDir, 'readings'), readingColumns(readings), formats);
    await writeTable(join(outDir, 'positions'), positionColumns(positions), formats);
    await writeFile(join(outDir, 'attributes.svg'), await decodedAttributesChart(readings));
    return {
      summary: {
        subject: result.subject,
        model: modelName,
        decoder,
        testFaces: testFaces.length,
        regions: regions.map(({ name }) => name),
        attributes: new Set(readings.map(({ attribute }) => attribute)).size,
        notJudged,
        readings: readings.map((reading) => ({ ...reading })),
      },
      problems: unlabelledProblems(unlabelled, labels.file),
      metrics: metricsOf(result),
    };
  },
});

interface CodeSource extends Pick<AttributeReadingRow, 'codes' | 'region' | 'nVoxels'> {
  /** [testFaces, latentDim] */
  readonly values: Float32Array;
}

/** The test faces whose label is known, or why the attribute cannot be judged on them. */
function askLabels(
  attribute: LearntAttribute | NotLearnt,
  labels: TestLabels,
): { attribute: LearntAttribute; rows: number[]; truth: number[] } | { reason: string } {
  if (attribute.kind === 'not judged') return { reason: `in the labelled set: ${attribute.reason}` };
  const known = labels.of(attribute.name, attribute.kind);
  if (known === null) return { reason: 'the labels of the test faces have no such column' };
  const rows = [...known.values.keys()].filter((row) => known.values[row] !== null);
  const truth = rows.map((row) => known.values[row] ?? 0);
  if (rows.length === 0) return { reason: 'no test face has a label' };
  const distinct = new Set(truth).size;
  if (attribute.kind === 'class' && distinct < 2) {
    return {
      reason: `all ${rows.length} labelled test faces are ${truth[0] === 1 ? 'in' : 'outside'} the class`,
    };
  }
  if (attribute.kind === 'number' && (distinct < 2 || rows.length < 3)) {
    return { reason: `${rows.length} test faces have a value, ${distinct} of them different` };
  }
  return { attribute, rows, truth };
}

/** A threshold says nothing of a number. */
function rulesOf({ kind }: LearntAttribute): readonly ReadingRule[] {
  return kind === 'class' ? readingRules : ['axis-midpoint', 'classifier'];
}

function scored(
  attribute: LearntAttribute,
  { codes, region, nVoxels }: CodeSource,
  rule: ReadingRule,
  read: Float64Array,
  truth: readonly number[],
  options: { readonly seed: number; readonly nPermutations: number },
): Omit<AttributeReadingRow, 'q'> {
  const shared = { attribute: attribute.name, codes, region, nVoxels, rule };
  if (attribute.kind === 'number') {
    return {
      ...shared,
      kind: 'number',
      definition: rule === 'classifier' ? 'number-ridge/1' : 'number-axis/1',
      ...unknownOfNumbers,
      ...scoreNumber(read, truth, options),
    };
  }
  const scores = scoreReading(
    read,
    truth.map((value) => value === 1),
  );
  const heldOut = rule.startsWith('axis') ? attribute.heldOut?.axis : attribute.heldOut?.classifier;
  return {
    ...shared,
    kind: 'class',
    definition: readingDefinitions[rule],
    ...scores,
    r: null,
    heldOut: heldOut ?? null,
  };
}

const unknownOfNumbers = {
  nInClass: null,
  nSaid: null,
  nCorrect: null,
  accuracy: null,
  lower: null,
  upper: null,
  majority: null,
  balancedAccuracy: null,
  auc: null,
  pBinomial: null,
  pMajority: null,
  heldOut: null,
} as const;

function placed(
  attribute: string,
  { codes, region }: CodeSource,
  rule: ReadingRule,
  rows: readonly number[],
  testFaces: readonly string[],
  read: Float64Array,
  truth: readonly number[],
): PositionRow[] {
  return rows.map((row, at) => ({
    attribute,
    codes,
    region,
    rule,
    face: testFaces[row],
    truth: truth[at],
    position: read[at],
  }));
}

function withQ(raw: readonly Omit<AttributeReadingRow, 'q'>[]): AttributeReadingRow[] {
  const families = Map.groupBy(raw.keys(), (at) => `${raw[at].rule} ${raw[at].codes}`);
  const q = new Float64Array(raw.length);
  for (const members of families.values()) {
    const adjusted = fdrAdjusted(members.map((at) => raw[at].pPermutation));
    members.forEach((at, place) => {
      q[at] = adjusted[place];
    });
  }
  return raw.map((reading, at) => ({ ...reading, q: q[at] }));
}

function nothingRead(notJudged: DecodedAttributes['notJudged']): string {
  const listed = notJudged.slice(0, 10).map(({ attribute, reason }) => `${attribute} (${reason})`);
  const more = notJudged.length > 10 ? `, and ${notJudged.length - 10} more` : '';
  return `No attribute can be judged on the test faces: ${listed.join(', ')}${more}.`;
}

function unlabelledProblems(unlabelled: ReadonlyMap<string, readonly string[]>, file: string): Problem[] {
  return [...unlabelled].map(([faces, attributes]) =>
    new FusiformError(
      'TEST_FACES_UNLABELLED',
      `Test faces without a label of ${attributes.join(', ')} are left out there: ${faces}.`,
      { file },
    ).toProblem(),
  );
}

/** Of every class and region what was read as published, and by the classifier. */
function metricsOf({ subject, model, decoder, readings }: DecodedAttributes): Metric[] {
  return readings.flatMap((reading) => {
    const { rule, region, definition, attribute, n, balancedAccuracy, accuracy, pPermutation, pBinomial } =
      reading;
    const shared = { definition, subject, model, decoder, region: region ?? 'true codes', n, chance: 0.5 };
    if (rule === 'axis-origin' && accuracy !== null && pBinomial !== null) {
      return [{ ...shared, name: `attribute ${attribute}`, value: accuracy, p: pBinomial }];
    }
    if (rule === 'classifier-balanced' && balancedAccuracy !== null) {
      return [
        { ...shared, name: `attribute ${attribute}, balanced`, value: balancedAccuracy, p: pPermutation },
      ];
    }
    return [];
  });
}
