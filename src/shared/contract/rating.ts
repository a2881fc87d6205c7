import { z } from 'zod';
import { entryName, hostPath, inProject, procedure } from './base.ts';

const count = z.number().int().min(0);
const seed = z
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** Who rates: a name or a code. */
export const raterName = z.string().trim().min(1).max(100);

export const ratingSessionSchema = z.object({
  name: z.string(),
  createdAt: z.string(),
  seed,
  /** What is compared: a latent model and decoder each, such as `vaegan` and `pca`, or `vaegan/ridge`. */
  first: z.string(),
  second: z.string(),
  subjects: z.array(z.string()),
  comparisons: count,
  /** Who rated, and how many comparisons each. */
  raters: z.array(z.object({ rater: z.string(), rated: count })),
});
export type RatingSession = z.output<typeof ratingSessionSchema>;

export const ratingStateSchema = z.object({
  rated: count,
  total: count,
  /** Null when everything was rated. Which picture is whose is not told. */
  comparison: z
    .object({
      item: count,
      /** Addresses below `/data/<project>/`. */
      original: z.string(),
      left: z.string(),
      right: z.string(),
    })
    .nullable(),
});
export type RatingState = z.output<typeof ratingStateSchema>;

export const preferenceSchema = z.object({
  /** Ratings, and those that preferred the first. */
  n: count,
  preferFirst: count,
  share: z.number(),
  /** Exact 95 % interval (Clopper & Pearson). */
  lower: z.number(),
  upper: z.number(),
  /** Exact binomial test against one half, two-sided. */
  p: z.number(),
});
export type Preference = z.output<typeof preferenceSchema>;

/** Whether the mean share differs from one half: signed ranks, exact, two-sided. */
const overSchema = z.object({ n: count, mean: z.number(), p: z.number() });

export const ratingSummarySchema = z.object({
  session: ratingSessionSchema,
  /** All ratings together, taken as independent, as published; null before the first. */
  all: preferenceSchema.nullable(),
  raters: z.array(preferenceSchema.extend({ rater: z.string() })),
  subjects: z.array(preferenceSchema.extend({ subject: z.string() })),
  /** Shares of each rater; null for fewer than two. */
  overRaters: overSchema.nullable(),
  /** Shares of each face over its raters; null for fewer than two faces. */
  overFaces: overSchema.nullable(),
  /** Fleiss' kappa over the faces that every rater rated; null where that cannot be had. */
  agreement: z
    .object({
      kappa: z.number().nullable(),
      agreement: z.number(),
      byChance: z.number(),
      nItems: count,
      nRaters: count,
    })
    .nullable(),
});
export type RatingSummary = z.output<typeof ratingSummarySchema>;

const oneSession = inProject.extend({ session: entryName });
const oneRater = oneSession.extend({ rater: raterName });

export const rating = {
  list: procedure.input(inProject).output(z.array(ratingSessionSchema)),
  create: procedure
    .input(
      inProject.extend({
        name: entryName,
        first: z.string().min(1),
        second: z.string().min(1),
        /** Absent: all that both decoded. */
        subjects: z.array(entryName).min(1).exactOptional(),
        seed: seed.default(1),
      }),
    )
    .output(ratingSessionSchema),
  /** What a rater is to be shown next. */
  state: procedure.input(oneRater).output(ratingStateSchema),
  answer: procedure
    .input(
      oneRater.extend({
        item: count,
        side: z.enum(['left', 'right']),
        seconds: z.number().min(0).max(86_400),
      }),
    )
    .output(ratingStateSchema),
  /** Takes the last answer back. */
  undo: procedure.input(oneRater).output(ratingStateSchema),
  summary: procedure.input(oneSession).output(ratingSummarySchema),
  /** Writes every rating as a table (TSV with its description). */
  export: procedure
    .input(oneSession.extend({ file: hostPath }))
    .output(z.object({ file: z.string(), ratings: count })),
  remove: procedure.input(oneSession).output(z.void()),
};
