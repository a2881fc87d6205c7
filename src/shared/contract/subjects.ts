import { z } from 'zod';
import { entryName, hostPath, inProject, procedure } from './base.ts';
import { studyOptions } from './job-requests.ts';
import { problemSchema } from './problem.ts';

export const subjectSchema = z.object({
  name: z.string(),
  source: z.string().nullable(),
  artifact: z.string(),
  task: z.string(),
  roles: z.record(z.string(), z.array(z.string())),
  runs: z.array(
    z.object({
      name: z.string(),
      nVolumes: z.number().int(),
      tR: z.number(),
      trialTypes: z.record(z.string(), z.number().int()),
    }),
  ),
  trainFaces: z.number().int(),
  testFaces: z.number().int(),
});
export type SubjectFacts = z.output<typeof subjectSchema>;

const study = z.strictObject({ bids: hostPath, index: studyOptions.exactOptional() });

export const studyFilesSchema = z.object({
  root: z.string(),
  layout: z.string(),
  name: z.string().nullable(),
  subjects: z.array(
    z.looseObject({
      label: z.string(),
      sessions: z.array(z.string()),
      runs: z.array(z.looseObject({ name: z.string(), task: z.string() })),
    }),
  ),
  problems: z.array(problemSchema),
});

export const studyCheckSchema = z.looseObject({
  root: z.string(),
  layout: z.string(),
  subjects: z.array(z.looseObject({ label: z.string(), runs: z.number(), usable: z.number() })),
  issues: z.array(z.looseObject({})),
});

export const rolesReportSchema = z.looseObject({
  subject: z.string(),
  task: z.string(),
  origin: z.string(),
  version: z.number().nullable(),
  table: z.looseObject({}),
  stale: z.array(z.string()),
  problems: z.array(problemSchema),
});

export const subjects = {
  list: procedure.input(inProject).output(z.array(subjectSchema)),
  /** What a study on the host's disk holds, by its file names. */
  study: procedure.input(study).output(studyFilesSchema),
  /** Everything that is missing or contradictory, the most severe first. */
  check: procedure
    .input(study.extend({ subjects: z.array(z.string()).exactOptional(), task: z.string().exactOptional() }))
    .output(studyCheckSchema),
  /** Role tables as they stand, or as they would be proposed. */
  roles: procedure
    .input(
      inProject.extend({
        subject: z.string().exactOptional(),
        bids: hostPath.exactOptional(),
        task: z.string().exactOptional(),
      }),
    )
    .output(z.array(rolesReportSchema)),
  /** Changes the roles of trial types (`{ type: role }`), keeps the table as it is, or takes the version before back. */
  changeRoles: procedure
    .input(
      inProject.extend({
        subject: entryName,
        set: z.record(z.string(), z.string()).default({}),
        confirm: z.boolean().default(false),
        undo: z.boolean().default(false),
      }),
    )
    .output(z.array(rolesReportSchema)),
};
