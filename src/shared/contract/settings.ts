import { z } from 'zod';
import { procedure } from './base.ts';

const engineName = z.enum(['auto', 'native', 'webgpu', 'wasm']);

export const enginesSchema = z.object({
  engines: z.array(z.looseObject({ kind: z.string(), available: z.boolean() })),
  set: engineName.nullable(),
  threads: z.number().nullable(),
  chosen: z.looseObject({ kind: z.string().nullable(), reason: z.string() }),
  settings: z.string(),
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
};
