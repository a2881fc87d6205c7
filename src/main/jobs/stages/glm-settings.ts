import { z } from 'zod';

/** How a run is modelled; the same settings for contrasts, patterns and the encoding model. */
export const glmSettingsSchema = z.strictObject({
  hrfModel: z.enum(['spm', 'spm + derivative', 'glover', 'glover + derivative']).default('spm'),
  driftModel: z.enum(['cosine', 'polynomial', 'none']).default('cosine'),
  /** Hz; for the cosine model. */
  highPass: z.number().gt(0).default(0.01),
  /** For the polynomial model. */
  driftOrder: z.number().int().min(0).default(1),
  /** Columns of the runs' confounds tables. */
  confounds: z.array(z.string()).default([]),
});
export type GlmSettings = z.output<typeof glmSettingsSchema>;
