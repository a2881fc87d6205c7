import { z } from 'zod';

/**
 * The rules by which an attribute is read from a code. All are learnt from the true codes of a labelled set of faces; nothing is
 * adjusted to the codes that are read.
 *
 * - `axis-origin`: as published (VanRullen & Reddy 2019), the sign of the projection of the code as it is on the difference of
 *   the class means.
 * - `axis-midpoint`: the same direction; classes part half way between their means.
 * - `classifier`: ridge regression on the class (the direction of linear discriminant analysis with a shrunk covariance); classes
 *   part where discriminant analysis puts the border, with the shares that the classes have in the labelled set.
 * - `classifier-balanced`: the same direction; classes part half way between their means, as suits classes of equal size.
 */
export const readingRules = ['axis-origin', 'axis-midpoint', 'classifier', 'classifier-balanced'] as const;
export type ReadingRule = (typeof readingRules)[number];

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

export const decodedAttributesSchema = z.object({
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  testFaces: z.number().int(),
  readings: z.array(readingSchema),
  notJudged: z.array(z.object({ attribute: z.string(), reason: z.string() })),
});
/** What was read of every attribute, from true and decoded codes. */
export type DecodedAttributes = z.output<typeof decodedAttributesSchema>;
