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
const oneSubject = inProject.extend({ subject: entryName });

const path = z.string().nullable();
const runFilesSchema = z.object({
  name: z.string(),
  session: z.string().nullable(),
  task: z.string(),
  run: z.string().nullable(),
  /** Which version of the image: `raw`, `space-T1w desc-preproc`. */
  version: z.string(),
  boldPath: z.string(),
  /** Where the image links to when its content is not there. */
  danglingLink: path,
  eventsPath: path,
  confoundsPath: path,
  maskPath: path,
  repetitionTime: z.unknown(),
});
export type RunFiles = z.output<typeof runFilesSchema>;

export const studyFilesSchema = z.object({
  root: z.string(),
  layout: z.enum(['bids', 'fmriprep', 'spm', 'plain']),
  name: z.string().nullable(),
  subjects: z.array(
    z.object({
      label: z.string(),
      sessions: z.array(z.string()),
      runs: z.array(runFilesSchema),
      masks: z.array(
        z.object({
          name: z.string(),
          path: z.string(),
          danglingLink: path,
          space: z.string().nullable(),
          isGreyMatter: z.boolean(),
        }),
      ),
      /** The mask that an analysis takes where none is named; null: the brain is looked for in the images. */
      mask: path,
    }),
  ),
  problems: z.array(problemSchema),
});
export type StudyFiles = z.output<typeof studyFilesSchema>;

/** Something missing or contradictory, with its place; null: the whole study, or the whole subject. */
export const studyIssueSchema = problemSchema.extend({
  severity: z.enum(['error', 'warning', 'note']),
  subject: z.string().nullable(),
  run: z.string().nullable(),
});
export type StudyIssueFacts = z.output<typeof studyIssueSchema>;

export const studyCheckSchema = z.object({
  root: z.string(),
  layout: z.string(),
  subjects: z.array(z.looseObject({ label: z.string(), runs: z.number(), usable: z.number() })),
  issues: z.array(studyIssueSchema),
});

export const eventColumnMeanings = ['onset', 'duration', 'trialType', 'stimFile', 'oneback'] as const;

export const rolesReportSchema = z.object({
  subject: z.string(),
  task: z.string(),
  origin: z.enum(['proposed', 'edited', 'confirmed', 'restored']),
  /** Null where the project keeps none. */
  version: z.number().nullable(),
  table: z.object({
    /** Which column of the events means what. */
    columns: z.record(z.enum(eventColumnMeanings), z.string().nullable()),
    columnReasons: z.record(z.string(), z.string()),
    types: z.array(
      z.object({
        name: z.string(),
        role: z.string(),
        trials: z.number().int(),
        runs: z.number().int(),
        why: z.string(),
      }),
    ),
  }),
  otherColumns: z.array(z.string()),
  /** Results that were computed from other roles. */
  stale: z.array(z.string()),
  problems: z.array(problemSchema),
});
export type RolesReport = z.output<typeof rolesReportSchema>;

/** A setting of the fit, with what it is when nothing is said, and what the article says of it. */
export const fitParameterSchema = z.object({
  /** Its place in the settings, by dots: `censor.stdDvars`. */
  key: z.string(),
  group: z.enum(['response', 'drift', 'confounds', 'censoring']),
  name: z.string(),
  description: z.string(),
  unit: z.string().nullable(),
  control: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('choice'), options: z.array(z.string()), isNumber: z.boolean() }),
    z.object({ kind: z.literal('number'), min: z.number(), step: z.number(), optional: z.boolean() }),
    z.object({ kind: z.literal('words') }),
  ]),
  default: z.union([z.string(), z.number(), z.array(z.string()), z.null()]),
  /** What VanRullen & Reddy (2019) did; null where they do not say. */
  paper: z.string().nullable(),
  source: z.string(),
});
export type FitParameter = z.output<typeof fitParameterSchema>;

export const designSchema = z.object({
  run: z.string(),
  /** Seconds. */
  tR: z.number(),
  nVolumes: z.number().int(),
  names: z.array(z.string()),
  roles: z.array(z.enum(['condition', 'modulator', 'confound', 'drift', 'constant'])),
  /** [nVolumes, names], a row a volume. */
  values: z.array(z.number()),
  /** By column: how much of its variance the others take, as 1 / (1 - R2); null: a combination of others. */
  inflation: z.array(z.number().nullable()),
  strongest: z.array(z.object({ a: z.string(), b: z.string(), r: z.number() })),
});
export type DesignFacts = z.output<typeof designSchema>;

export const qualitySchema = z.object({
  artifact: z.string(),
  finishedAt: z.string().nullable(),
  seconds: z.number(),
  problems: z.array(problemSchema),
  /** `qc.json` of the artefact. */
  document: z.looseObject({
    mask: z.object({ voxels: z.number(), source: z.string() }),
    thresholds: z.object({ fd: z.number(), stdDvars: z.number(), outlierFraction: z.number() }),
    columns: z.record(z.string(), z.object({ Description: z.string(), Units: z.string().exactOptional() })),
    runs: z.array(
      z.looseObject({
        run: z.string(),
        verdict: z.enum(['good', 'look', 'bad']),
        flags: z.array(z.looseObject({ level: z.string(), reason: z.string() })),
        volumes: z.number(),
        tr: z.number(),
        flaggedVolumes: z.array(z.number()),
        motion: z.string().nullable(),
        design: z
          .looseObject({ strongest: z.array(z.object({ a: z.string(), b: z.string(), r: z.number() })) })
          .nullable(),
      }),
    ),
  }),
});
export type QualityFacts = z.output<typeof qualitySchema>;

const series = z.array(z.number().nullable());
export const runVolumesSchema = z.object({
  run: z.string(),
  /** Columns of the run's table of quality, a value a volume. */
  columns: z.record(z.string(), series),
  /** The six parameters of head motion; null where the run's confounds have none. */
  motion: z
    .object({ translations: z.record(z.string(), series), rotations: z.record(z.string(), series) })
    .nullable(),
});
export type RunVolumes = z.output<typeof runVolumesSchema>;

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
        index: studyOptions.exactOptional(),
        task: z.string().exactOptional(),
      }),
    )
    .output(z.array(rolesReportSchema)),
  /**
   * Changes the roles of trial types (`{ type: role }`) or what columns mean, keeps the table as it is, or takes the version
   * before back. With `bids`, before the project has the subject.
   */
  changeRoles: procedure
    .input(
      oneSubject.extend({
        bids: hostPath.exactOptional(),
        index: studyOptions.exactOptional(),
        task: z.string().exactOptional(),
        set: z.record(z.string(), z.string()).default({}),
        columns: z.partialRecord(z.enum(eventColumnMeanings), z.string().nullable()).default({}),
        confirm: z.boolean().default(false),
        undo: z.boolean().default(false),
      }),
    )
    .output(z.array(rolesReportSchema)),
  /** Settings of the model of a run, with defaults and the article's values. */
  fitParameters: procedure.output(z.array(fitParameterSchema)),
  /** The design matrix of a run under some settings, before anything is fitted. */
  design: procedure
    .input(oneSubject.extend({ run: z.string(), settings: z.record(z.string(), z.json()).default({}) }))
    .output(designSchema),
  /** What quality control found last; null where it was not asked for yet. */
  quality: procedure.input(oneSubject).output(qualitySchema.nullable()),
  /** Volume by volume: displacement, DVARS, outliers, head motion. */
  runVolumes: procedure.input(oneSubject.extend({ run: z.string() })).output(runVolumesSchema),
};
