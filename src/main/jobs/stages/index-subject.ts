import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { defineStage } from '../stage.ts';
import { forEachRun, openRun, runSpecSchema } from './bold-run.ts';
import { defaultGlmSettings } from './glm-settings.ts';
import { faceName, proposeRoles, rolesSchema, stimulusOf } from './roles.ts';

const parameters = z.strictObject({
  subject: z.string(),
  task: z.string(),
  runs: z.array(runSpecSchema).min(1),
  /** Null: proposed from the trial types. */
  roles: rolesSchema.nullable(),
});

const subjectSchema = z.object({
  subject: z.string(),
  task: z.string(),
  roles: rolesSchema,
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
  version: 1,
  parameters,
  async run({ subject, task, runs, roles: given }, context) {
    const { results, problems } = await forEachRun(runs, async (spec, index) => {
      context.signal.throwIfAborted();
      const run = await openRun(spec, defaultGlmSettings, context);
      context.report({ done: index + 1, total: runs.length, unit: 'runs' });
      return run;
    });
    const roles =
      given ?? proposeRoles(results.flatMap((run) => run.events.rows.map((row) => row.trialType)));
    if (given !== null)
      refuseUnknownTypes(
        given,
        results.flatMap((run) => run.events.rows.map((row) => row.trialType)),
        results[0].events.file,
      );
    const trainFaces = new Set<string>();
    const testFaces = new Map<string, { stimFile: string; presentations: number }>();
    for (const { events } of results) {
      for (const row of events.rows) {
        if (row.oneback) continue;
        if (roles.trainFace.includes(row.trialType)) trainFaces.add(stimulusOf(row, events.file));
        if (!roles.testFace.includes(row.trialType)) continue;
        const stimFile = stimulusOf(row, events.file);
        const known = testFaces.get(faceName(stimFile));
        if (known) known.presentations += 1;
        else testFaces.set(faceName(stimFile), { stimFile, presentations: 1 });
      }
    }
    const index: SubjectIndex = {
      subject,
      task,
      roles,
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
        ...problems,
        ...results.flatMap((run) => run.problems),
        ...missingRoles(roles, results[0].events.file),
      ],
    };
  },
});

/** Without these there is nothing to decode; other analyses of the subject may still be wanted. */
function missingRoles(roles: z.output<typeof rolesSchema>, file: string): Problem[] {
  if (roles.trainFace.length > 0 && roles.testFace.length > 0) return [];
  const note = new FusiformError(
    'ROLES_INCOMPLETE',
    'No trial type stands for training faces, or none for test faces.',
    {
      file,
    },
  );
  return [note.toProblem()];
}

function countTypes(types: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function refuseUnknownTypes(
  roles: z.output<typeof rolesSchema>,
  present: readonly string[],
  file: string,
): void {
  const types = new Set(present);
  const unknown = Object.values(roles)
    .flat()
    .find((type) => !types.has(type));
  if (unknown === undefined) return;
  throw new FusiformError(
    'TRIAL_TYPE_UNKNOWN',
    `No run has trials of type "${unknown}"; there are ${[...types]
      .sort()
      .map((type) => `"${type}"`)
      .join(', ')}.`,
    { file },
  );
}
