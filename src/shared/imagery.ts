import { z } from 'zod';

const regionFields = {
  region: z.string(),
  nVoxels: z.number().int(),
};

const identificationSchema = z.object({
  ...regionFields,
  /** The imagined face, as the stimuli name it. */
  imagined: z.string(),
  /** `encoding`: the pattern of the encoding model, as published. `trials`: of the model without latents, as the ceiling. */
  model: z.enum(['encoding', 'trials']),
  /** From all trials, those of one session, or every other run with imagery. */
  part: z.enum(['all', 'session', 'half']),
  label: z.string().nullable(),
  candidates: z.number().int(),
  beaten: z.number(),
  pairwise: z.number(),
  rank: z.number(),
  /** Exact: rank / candidates. */
  p: z.number(),
  /** `p` adjusted for the false discovery rate over the regions, of patterns from all trials; null of others. */
  q: z.number().nullable(),
});

const combinedSchema = z.object({
  ...regionFields,
  /** Imagined faces that are taken together. */
  n: z.number().int(),
  pairwise: z.number(),
  /** Exact, over all combinations of ranks. */
  p: z.number(),
});

const ceilingSchema = z.object({
  ...regionFields,
  imagined: z.string(),
  /** `all` presentations of the seen faces, or `matched`: as many trials as an imagined face has. */
  trials: z.enum(['all', 'matched']),
  n: z.number().int(),
  pairwise: z.number(),
  p: z.number(),
  /** Share of the ceiling that imagery reaches, both above chance; null where seen faces are not above chance. */
  transfer: z.number().nullable(),
});

const reliabilitySchema = z.object({
  ...regionFields,
  kind: z.enum(['imagined', 'seen']),
  /** Of seen faces the mean over these. */
  n: z.number().int(),
  r: z.number(),
  spearmanBrown: z.number(),
});

export const imageryResultSchema = z.object({
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  candidates: z.array(z.string()),
  identifications: z.array(identificationSchema),
  /** Empty where one face was imagined. */
  combined: z.array(combinedSchema),
  ceilings: z.array(ceilingSchema),
  /** Empty where the runs were not at hand, or imagery fills one run. */
  reliability: z.array(reliabilitySchema),
  /** Numbers of trials; null where the runs were not at hand. */
  trials: z
    .object({
      imagined: z.record(z.string(), z.number()),
      seen: z.record(z.string(), z.number()),
      matched: z.number(),
    })
    .nullable(),
});
/** What can be told of imagined faces. */
export type ImageryResult = z.output<typeof imageryResultSchema>;
export type ImageryIdentificationRow = ImageryResult['identifications'][number];
export type SeenCeilingRow = ImageryResult['ceilings'][number];
export type ReliabilityRow = ImageryResult['reliability'][number];
