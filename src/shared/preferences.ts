import { z } from 'zod';

/** Maps from blue or violet over white to red or orange, for signed values: zero is the middle. */
export const signedColourMaps = ['RdBu_r', 'PuOr_r', 'coolwarm'] as const;
/** Maps that grow evenly lighter, for values of one sign. */
export const oneSignedColourMaps = ['inferno', 'viridis', 'magma', 'cividis'] as const;
/** How numbers are written: as the system does, or as in a language. Every export writes them with a point. */
export const numberLocales = ['system', 'en', 'de', 'fr', 'de-CH', 'ja'] as const;

/** How one likes to see things. None of it changes a result. What is missing or unknown takes its default. */
export const preferencesSchema = z.object({
  /** Neurological: the subject's left is drawn on the left. Radiological: it is drawn on the right. */
  convention: z.enum(['neurological', 'radiological']).catch('neurological'),
  /** Whether somebody said so, or it is the default and has to be asked. */
  conventionIsChosen: z.boolean().catch(false),
  /** To which side the nose points in sagittal planes. */
  noseSide: z.enum(['left', 'right']).catch('left'),
  colourMaps: z
    .object({
      signed: z.enum(signedColourMaps).catch('RdBu_r'),
      oneSigned: z.enum(oneSignedColourMaps).catch('inferno'),
    })
    .catch({ signed: 'RdBu_r', oneSigned: 'inferno' }),
  numberLocale: z.enum(numberLocales).catch('system'),
});
export type Preferences = z.output<typeof preferencesSchema>;

export const defaultPreferences: Preferences = preferencesSchema.parse({});
