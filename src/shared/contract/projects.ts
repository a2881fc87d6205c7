import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { entryKinds } from '../entry-kinds.ts';
import { entryName, hostPath, inProject, procedure, projectId } from './base.ts';

export const recentProjectSchema = z.object({
  id: projectId,
  dir: z.string(),
  name: z.string(),
  openedAt: z.string(),
  /** False where the folder was moved or its disk is not there. */
  exists: z.boolean(),
  open: z.boolean(),
});
export type RecentProject = z.output<typeof recentProjectSchema>;

export const openProjectSchema = z.object({ id: projectId, dir: z.string(), name: z.string() });
export type OpenProjectFacts = z.output<typeof openProjectSchema>;

export const projectInfoSchema = z.object({
  dir: z.string(),
  name: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  artifactBytes: z.number(),
  entries: z.array(
    z.object({ kind: z.string(), name: z.string(), source: z.string().nullable(), artifact: z.string() }),
  ),
  stale: z.array(z.string()),
  jobs: z.array(
    z.object({
      key: z.string(),
      stage: z.string(),
      label: z.string(),
      state: z.string(),
      seconds: z.number(),
      finishedAt: z.string().nullable(),
    }),
  ),
});

export const integritySchema = z.object({
  artifacts: z.number(),
  bytes: z.number(),
  /** Artefacts whose folder is gone, and such whose contents no longer have their name's hash. */
  missing: z.array(z.string()),
  damaged: z.array(z.string()),
});
export type Integrity = z.output<typeof integritySchema>;

/** What the list of projects tells of one, without opening it. */
export const projectSummarySchema = z.object({
  createdAt: z.string(),
  /** The program that made it, and those that computed in it. */
  createdBy: z.string(),
  computedBy: z.array(z.string()),
  /** Bytes on the disk: results, the database, and work that was begun. */
  bytes: z.number(),
  /** When the last result was finished; null where there is none. */
  lastResultAt: z.string().nullable(),
  counts: z.array(z.object({ kind: z.enum(entryKinds), count: z.number().int() })),
  /** Jobs of the queue that are not finished. */
  unfinished: z.number().int(),
});
export type ProjectSummary = z.output<typeof projectSummarySchema>;

/** Long work on a whole project: how many of its bytes are done, then what came of it. */
const progressing = <Result extends z.ZodType>(result: Result) =>
  eventIterator(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('progress'), done: z.number(), total: z.number() }),
      z.object({ type: z.literal('result'), result }),
    ]),
  );

const namedEntry = z.strictObject({ kind: z.enum(entryKinds), name: entryName });

export const removalPlanSchema = z.object({
  entry: namedEntry,
  /** Entries that were computed from it. */
  dependents: z.array(namedEntry),
  roleTables: z.number().int(),
  /** Bytes that are freed where it alone goes, and where its dependents go with it. */
  bytesAlone: z.number(),
  bytesWithDependents: z.number(),
});
export type RemovalPlan = z.output<typeof removalPlanSchema>;

export const projects = {
  recent: procedure.output(z.array(recentProjectSchema)),
  /** Takes a project out of the list; its folder stays as it is. */
  forget: procedure.input(inProject).output(z.void()),
  create: procedure
    .input(z.strictObject({ dir: hostPath, name: z.string().min(1).max(200).optional() }))
    .output(openProjectSchema),
  /** By its folder, or by its id where it was opened before. Opening an open one finds it open. */
  open: procedure
    .input(z.union([z.strictObject({ dir: hostPath }), z.strictObject({ id: projectId })]))
    .output(openProjectSchema),
  /** Stops what runs at the next safe place; it waits for the next opening. */
  close: procedure.input(inProject).output(z.void()),
  info: procedure.input(inProject).output(projectInfoSchema),
  /** What the list tells of a project, open or not. */
  describe: procedure.input(inProject).output(projectSummarySchema),
  /** Copies the folder as it stands to a new or empty one; nothing may be running. */
  copy: procedure.input(inProject.extend({ to: hostPath })).output(progressing(openProjectSchema)),
  /** Hashes every artefact anew. */
  verify: procedure.input(inProject).output(progressing(integritySchema)),
  /** Everything that has a name, for finding it: the entries, and the regions that scores were computed in. */
  names: procedure.input(inProject).output(
    z.object({
      entries: z.array(z.object({ kind: z.enum(entryKinds), name: z.string() })),
      regions: z.array(z.string()),
    }),
  ),
  /** What takes the space, the most first: artefacts by the stage that made them, and what is no artefact. */
  storage: procedure.input(inProject).output(
    z.object({
      stages: z.array(z.object({ stage: z.string(), artifacts: z.number().int(), bytes: z.number() })),
      /** Of work that was begun and can be gone on with. */
      workBytes: z.number(),
      databaseBytes: z.number(),
    }),
  ),
  /** What the removal of an entry would take with it. */
  removal: procedure.input(inProject.extend(namedEntry.shape)).output(removalPlanSchema),
  /** Removes an entry: alone (`dependents` null), or with those that the plan named. Nothing may be running. */
  remove: procedure
    .input(inProject.extend({ ...namedEntry.shape, dependents: z.array(namedEntry).nullable() }))
    .output(z.object({ removed: z.array(namedEntry), bytes: z.number() })),
  /** A number that grows with every change of the project, the present one first: ask anew what was asked. */
  changes: procedure.input(inProject).output(eventIterator(z.object({ revision: z.number().int() }))),
};
