import { z } from 'zod';
import { preferencesSchema } from '../preferences.ts';
import { procedure } from './base.ts';

const engineName = z.enum(['auto', 'native', 'webgpu', 'wasm']);

export const enginesSchema = z.object({
  engines: z.array(z.looseObject({ kind: z.string(), available: z.boolean() })),
  set: engineName.nullable(),
  threads: z.number().nullable(),
  chosen: z.looseObject({ kind: z.string().nullable(), reason: z.string() }),
  settings: z.string(),
});

/** Some of the preferences; unlike in the file, an unknown value is refused. */
const { convention, conventionIsChosen, noseSide, colourMaps, numberLocale } = preferencesSchema.shape;
const preferenceChanges = z.strictObject({
  convention: convention.unwrap().exactOptional(),
  conventionIsChosen: conventionIsChosen.unwrap().exactOptional(),
  noseSide: noseSide.unwrap().exactOptional(),
  colourMaps: z
    .strictObject({
      signed: colourMaps.unwrap().shape.signed.unwrap(),
      oneSigned: colourMaps.unwrap().shape.oneSigned.unwrap(),
    })
    .exactOptional(),
  numberLocale: numberLocale.unwrap().exactOptional(),
});

export const settings = {
  /** What `fusiform doctor` tells; every engine is tried in a process of its own, which takes seconds. */
  doctor: procedure.output(
    z.looseObject({
      fusiform: z.string(),
      node: z.string(),
      platform: z.string(),
      processor: z.string(),
      cores: z.number(),
      memoryBytes: z.number(),
    }),
  ),
  engines: procedure.output(enginesSchema),
  useEngine: procedure
    .input(z.strictObject({ engine: engineName, threads: z.number().int().min(1).max(1024).optional() }))
    .output(enginesSchema),
  /** How this user likes to see things, for all projects. */
  preferences: procedure.output(preferencesSchema),
  prefer: procedure.input(preferenceChanges).output(preferencesSchema),
};
