import { z } from 'zod';
import type { SelectionRule } from '../../glm/voxel-selection.ts';

export const ruleSchema: z.ZodType<SelectionRule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('threshold'), statistic: z.number() }),
  z.strictObject({ kind: z.literal('p'), p: z.number().gt(0).lt(1) }),
  z.strictObject({ kind: z.literal('fdr'), q: z.number().gt(0).lt(1) }),
  z.strictObject({ kind: z.literal('fraction'), keep: z.number().gt(0).max(1) }),
  z.strictObject({ kind: z.literal('count'), keep: z.number().int().min(1) }),
  z.strictObject({ kind: z.literal('all') }),
]);

/** What the gain rule is drawn on; `cross-validated` needs an encoding model with folds of runs. */
export const gainMeasureSchema = z.enum(['f', 'cross-validated']);
