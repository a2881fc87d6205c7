import { join } from 'node:path';
import { z } from 'zod';
import { readingRules } from '../../decoding/read-decoded.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';

const numeric = z.number().nullable();
const readingSchema = z.object({
  attribute: z.string(),
  kind: z.enum(['class', 'number']),
  /** True codes of the test faces, which bound what decoding can reach, or decoded ones. */
  codes: z.enum(['true', 'decoded']),
  /** Null for true codes. */
  region: z.string().nullable(),
  nVoxels: numeric,
  rule: z.enum(readingRules),
  definition: z.string(),
  /** Test faces whose label is known. */
  n: z.number().int(),
  nInClass: numeric,
  nSaid: numeric,
  nCorrect: numeric,
  accuracy: numeric,
  lower: numeric,
  upper: numeric,
  majority: numeric,
  balancedAccuracy: numeric,
  auc: numeric,
  r: numeric,
  pBinomial: numeric,
  pMajority: numeric,
  pPermutation: z.number(),
  /** `pPermutation` adjusted for the false discovery rate over attributes and regions, for each rule, and true codes, by itself. */
  q: z.number(),
  /** Balanced accuracy of the rule on labelled faces that it was not learnt from; null of a number. */
  heldOut: numeric,
});
/** What one rule read of one attribute from one set of codes. */
export type AttributeReadingRow = z.output<typeof readingSchema>;

const resultSchema = z.object({
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  testFaces: z.number().int(),
  readings: z.array(readingSchema),
  notJudged: z.array(z.object({ attribute: z.string(), reason: z.string() })),
});
export type DecodedAttributes = z.output<typeof resultSchema>;

const fileName = 'attributes.json';

export async function readDecodedAttributes(folder: string): Promise<DecodedAttributes> {
  return resultSchema.parse(await readJsonFile(join(folder, fileName)));
}

export function writeDecodedAttributes(folder: string, result: DecodedAttributes): Promise<void> {
  return writeJsonFile(join(folder, fileName), result);
}

/** Where one face lies on one rule's axis. */
export interface PositionRow extends Pick<AttributeReadingRow, 'attribute' | 'codes' | 'region' | 'rule'> {
  readonly face: string;
  /** 1 in the class, 0 outside; of a number its value. */
  readonly truth: number;
  readonly position: number;
}
