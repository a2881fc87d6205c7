import { z } from 'zod';
import { entryName, inProject, procedure } from './base.ts';

const count = z.number().int();
/** A code: a number for each latent of the model. */
const code = z.array(z.number()).min(1).max(4096);
const ofModel = inProject.extend({ model: entryName });
const ofSet = ofModel.extend({ faces: entryName });

export const exploredModelSchema = z.object({
  name: z.string(),
  /** Codes are decoded at `POST /data/<project>/decode/<artifact>`. */
  artifact: z.string(),
  kind: z.enum(['vaegan', 'vae', 'pca']),
  latentDim: count,
  imageSize: count,
  /** The face set it was trained on, where the project holds it as it was. */
  trainedOn: z.string().nullable(),
  /** Face sets whose codes the project holds. */
  encoded: z.array(z.string()),
});
export type ExploredModel = z.output<typeof exploredModelSchema>;

export const latentSpreadSchema = z.object({
  n: count,
  mean: z.array(z.number()),
  /** Standard deviation over the faces. */
  deviation: z.array(z.number()),
  /** Latents, counted from 0 as the selection does, those of the most variance first. */
  order: z.array(count),
  active: count,
});
export type LatentSpreadFacts = z.output<typeof latentSpreadSchema>;

export const attributeDirectionSchema = z.object({
  name: z.string(),
  kind: z.enum(['class', 'number']),
  /** Balanced accuracy on faces that were left out; null of a number. */
  accuracy: z.number().nullable(),
  /** One unit: from the mean code of the others to that of the class. */
  direction: z.array(z.number()),
});
export type AttributeDirectionFacts = z.output<typeof attributeDirectionSchema>;

/** Looking through a model, face by face. Pictures of codes come from `/data/<project>/decode/...`. */
export const explore = {
  models: procedure.input(inProject).output(z.array(exploredModelSchema)),
  /** Null until the set was encoded: the job `encode-faces`. */
  latents: procedure.input(ofSet).output(latentSpreadSchema.nullable()),
  /** Null until they were learnt: the job `attribute-axes`. */
  axes: procedure.input(ofSet).output(z.array(attributeDirectionSchema).nullable()),
  code: procedure.input(ofSet.extend({ index: count.min(0) })).output(z.array(z.number())),
  /** `closeness`: Pearson's correlation of the codes, or their distance. */
  nearest: procedure
    .input(
      ofSet.extend({
        code,
        count: count.min(1).max(100).default(8),
        by: z.enum(['correlation', 'euclidean']).default('correlation'),
      }),
    )
    .output(z.array(z.object({ index: count, closeness: z.number() }))),
  between: procedure
    .input(
      ofModel.extend({
        from: code,
        to: code,
        steps: count.min(2).max(64).default(9),
        way: z.enum(['linear', 'spherical']).default('linear'),
      }),
    )
    .output(z.array(z.array(z.number()))),
  draw: procedure
    .input(
      ofModel.extend({
        /** The set whose codes are imitated, for `from: 'codes'`. */
        faces: entryName.nullable(),
        count: count.min(1).max(64).default(16),
        from: z.enum(['prior', 'codes']).default('codes'),
        seed: count.min(0).default(1),
      }),
    )
    .output(z.array(z.array(z.number()))),
};
