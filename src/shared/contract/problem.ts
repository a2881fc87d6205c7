import { z } from 'zod';

/** A fault as data (see `Problem`): `code` is one of the error codes, or `CRASH` for a fault of the program itself. */
export const problemSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ProblemData = z.output<typeof problemSchema>;
