import { z } from 'zod';
import { hostPath, procedure } from './base.ts';

export const listingSchema = z.object({
  dir: z.string(),
  /** Null at a root. */
  parent: z.string().nullable(),
  entries: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      kind: z.enum(['folder', 'file', 'project']),
      /** Of files. */
      bytes: z.number().nullable(),
    }),
  ),
  /** Whether there were more entries than are listed. */
  truncated: z.boolean(),
});
export type Listing = z.output<typeof listingSchema>;

/** The host's disk, for screens whose host has no dialogs of its own. */
export const locations = {
  roots: procedure.output(z.array(z.object({ name: z.string(), path: z.string() }))),
  list: procedure
    .input(z.strictObject({ dir: hostPath, hidden: z.boolean().default(false) }))
    .output(listingSchema),
  createFolder: procedure
    .input(z.strictObject({ dir: hostPath, name: z.string().min(1).max(255) }))
    .output(z.object({ path: z.string() })),
};
