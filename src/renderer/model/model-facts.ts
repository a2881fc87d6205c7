import { z } from 'zod';

export const kindNames: Readonly<Record<string, string>> = { vaegan: 'VAE-GAN', vae: 'VAE', pca: 'PCA' };

const heldOutSchema = z.object({
  faces: z.number(),
  ssim: z.number(),
  pixCorr: z.number(),
  pca: z.object({ ssim: z.number(), pixCorr: z.number() }).optional(),
});

/** What a model scored on faces that training never saw; null where none were held out. */
export interface HeldOutScores {
  readonly faces: number;
  readonly ssim: number;
  readonly pixCorr: number;
  readonly pcaSsim: number | null;
  readonly pcaPixCorr: number | null;
}

export function heldOutOf(summary: Readonly<Record<string, unknown>>): HeldOutScores | null {
  const parsed = heldOutSchema.safeParse(summary.heldOut);
  if (!parsed.success) return null;
  const { pca, ...scores } = parsed.data;
  return { ...scores, pcaSsim: pca?.ssim ?? null, pcaPixCorr: pca?.pixCorr ?? null };
}
