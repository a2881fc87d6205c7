import { oc } from '@orpc/contract';
import { z } from 'zod';
import { problemSchema } from './problem.ts';

/** What every procedure starts from: a refusal carries the whole problem, so that a screen can show what to do. */
export const procedure = oc.errors({ PROBLEM: { status: 422, data: problemSchema } });

/** The name of a project in addresses, the same at every opening of the same folder. */
export const projectId = z.string().regex(/^[0-9a-f]{12}$/);
export const inProject = z.strictObject({ project: projectId });
/** What stands under a name in a project: a face set, a model, a subject. */
export const entryName = z.string().min(1).max(200);
/** A place on the host's disk, as an absolute path. */
export const hostPath = z.string().min(1).max(4096);
