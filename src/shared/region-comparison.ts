import { z } from 'zod';

const scoreSchema = z.object({
  nVoxels: z.number().int(),
  /** Pairwise identification by Pearson correlation; chance 0.5. */
  pairwise: z.number(),
  /** Exact, of the sum of ranks. */
  p: z.number(),
});
const rowSchema = z.object({
  region: z.string(),
  /** Null where the region, or all others, have too few voxels to be decoded from. */
  alone: scoreSchema.nullable(),
  without: scoreSchema.nullable(),
  /** What is lost when the region is left out: all voxels less all but the region, over faces. */
  loss: z
    .object({ difference: z.number(), lower: z.number(), upper: z.number(), p: z.number(), q: z.number() })
    .nullable(),
});
export const regionComparisonSchema = z.object({
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  testFaces: z.number().int(),
  all: scoreSchema,
  regions: z.array(rowSchema),
});
/** Every region alone, and all voxels without it. */
export type RegionComparison = z.output<typeof regionComparisonSchema>;
