import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { eventColumnsSchema } from '../../bids/event-columns.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { defineStage } from '../stage.ts';
import { type BoldRun, forEachRun, openRun, runSpecSchema } from './bold-run.ts';
import { defaultGlmSettings } from './glm-settings.ts';
import { faceName, isOneback, modelledEvents, type Roles, rolesSchema, stimulusOf } from './roles.ts';
import { agreeingRuns } from './run-agreement.ts';

const parameters = z.strictObject({
  subject: z.string(),
  task: z.string(),
  runs: z.array(runSpecSchema).min(1),
  roles: rolesSchema,
});

const subjectSchema = z.object({
  subject: z.string(),
  task: z.string(),
  roles: rolesSchema,
  /** Which columns of the events mean what; null: by their names. */
  eventColumns: eventColumnsSchema.nullable().default(null),
  runs: z.array(
    z.object({
      name: z.string(),
      nVolumes: z.number().int(),
      tR: z.number(),
      trialTypes: z.record(z.string(), z.number().int()),
    }),
  ),
  /** Stimulus files of training trials, each once, in order. */
  trainFaces: z.array(z.string()),
  /** Names of the test faces, with the first stimulus file that shows each. */
  testFaces: z.array(z.object({ name: z.string(), stimFile: z.string(), presentations: z.number().int() })),
});
/** What the project knows of a subject's runs. */
export type SubjectIndex = z.output<typeof subjectSchema>;

const fileName = 'subject.json';

export async function readSubjectIndex(folder: string): Promise<SubjectIndex> {
  return subjectSchema.parse(await readJsonFile(join(folder, fileName)));
}

/** Runs (inputs as in bold-run.ts) -> which runs can be used, and what was shown in them. */
export const indexSubjectStage = defineStage({
  name: 'index-subject',
  version: 2,
  parameters,
  async run({ subject, task, runs, roles }, context) {
    const opened = await forEachRun(runs, async (spec, index) => {
      context.signal.throwIfAborted();
      const run = await openRun(spec, defaultGlmSettings, context);
      context.report({ done: index + 1, total: runs.length, unit: 'runs' });
      return run;
    });
    const agreed = agreeingRuns(opened.results);
    const usable = await forEachRun(agreed.runs, async (run) => ({ run, shown: facesShown(run, roles) }));
    const results = usable.results.map(({ run }) => run);
    refuseUnknownTypes(roles, opened.results);
    const trainFaces = new Set<string>();
    const testFaces = new Map<string, { stimFile: string; presentations: number }>();
    for (const { shown } of usable.results) {
      for (const stimFile of shown.train) trainFaces.add(stimFile);
      for (const stimFile of shown.test) {
        const known = testFaces.get(faceName(stimFile));
        if (known) known.presentations += 1;
        else testFaces.set(faceName(stimFile), { stimFile, presentations: 1 });
      }
    }
    const index: SubjectIndex = {
      subject,
      task,
      roles,
      eventColumns: runs[0].eventColumns ?? null,
      runs: results.map(({ name, series, tR, events }) => ({
        name,
        nVolumes: series.nVolumes,
        tR,
        trialTypes: countTypes(events.rows.map((row) => row.trialType)),
      })),
      trainFaces: [...trainFaces],
      testFaces: [...testFaces]
        .map(([name, face]) => ({ name, ...face }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
    await writeJsonFile(join(context.outDir, fileName), index);
    return {
      summary: {
        subject,
        task,
        runs: index.runs.length,
        volumes: index.runs.reduce((sum, run) => sum + run.nVolumes, 0),
        roles: { ...roles },
        trainFaces: index.trainFaces.length,
        testFaces: index.testFaces.length,
      },
      problems: [
        ...opened.problems,
        ...agreed.problems,
        ...usable.problems,
        ...results.flatMap((run) => run.problems),
        ...missingRoles(roles, results[0].events.file),
      ],
    };
  },
});

/** Stimulus files of the run's training and test trials, one a trial. @throws FusiformError STIMULUS_MISSING */
function facesShown({ events }: BoldRun, roles: Roles): { train: string[]; test: string[] } {
  const shown = modelledEvents(events.rows, roles).filter((row) => !isOneback(row, roles));
  const ofTypes = (types: readonly string[]): string[] =>
    shown.filter((row) => types.includes(row.trialType)).map((row) => stimulusOf(row, events.file));
  return { train: ofTypes(roles.trainFace), test: ofTypes(roles.testFace) };
}

/** Without these there is nothing to decode; other analyses of the subject may still be wanted. */
function missingRoles(roles: Roles, file: string): Problem[] {
  if (roles.trainFace.length > 0 && roles.testFace.length > 0) return [];
  const message = 'No trial type stands for training faces, or none for test faces.';
  return [new FusiformError('ROLES_INCOMPLETE', message, { file }).toProblem()];
}

function countTypes(types: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Types that only runs have which are left out are known all the same. */
function refuseUnknownTypes(roles: Roles, runs: readonly BoldRun[]): void {
  const types = new Set(runs.flatMap(({ events }) => events.rows.map((row) => row.trialType)));
  const unknown = [...roles.trainFace, ...roles.testFace].find((type) => !types.has(type));
  if (unknown === undefined) return;
  throw new FusiformError(
    'TRIAL_TYPE_UNKNOWN',
    `No run has trials of type "${unknown}"; there are ${[...types]
      .sort()
      .map((type) => `"${type}"`)
      .join(', ')}.`,
    { file: runs[0].events.file },
  );
}
