import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { estimateAr1, whitenColumns, whitenSeries } from '../../glm/autocorrelation.ts';
import { sideBySide } from '../../glm/design.ts';
import { regressorNames } from '../../glm/hrf.ts';
import { NormalEquations } from '../../glm/streaming.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { forEachRun, openRuns, readRun, runSpecSchema } from './bold-run.ts';
import { conditionNames, runDesign } from './encoding-design.ts';
import { glmSettingsSchema } from './glm-settings.ts';
import { type ImageryTrials, imageryTrials, imaginedRegressor } from './imagery-trials.ts';
import { readSubjectIndex } from './index-subject.ts';
import { readMaskImage } from './mask-image.ts';
import { writePatterns } from './other-patterns.ts';
import { testRegressor } from './roles.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  noise: z.enum(['ols', 'ar1']),
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Decides which trials of the test faces count. */
  seed: z.number().int(),
});

const patternSchema = z.object({
  /** Of a face that is seen, or imagined. */
  kind: z.enum(['seen', 'imagined']),
  /** Name of the test face, or of the imagined face; `unnamed` where the events do not say. */
  face: z.string(),
  /** From all runs, those of one session, or every other run (with imagery). */
  part: z.enum(['all', 'session', 'half']),
  /** Label of the session, or 1 or 2; null for all runs. */
  label: z.string().nullable(),
});
/** What a pattern is of; in the order of the patterns. */
export type ImageryPattern = z.output<typeof patternSchema>;

const resultSchema = z.object({
  patterns: z.array(patternSchema),
  trials: z.object({
    imagined: z.record(z.string(), z.number().int()),
    seen: z.record(z.string(), z.number().int()),
    matched: z.number().int(),
  }),
});
export type ImageryPatterns = z.output<typeof resultSchema>;

const fileName = 'imagery-patterns.json';

export async function readImageryPatterns(folder: string): Promise<ImageryPatterns> {
  return resultSchema.parse(await readJsonFile(join(folder, fileName)));
}

/**
 * Runs (inputs as in bold-run.ts), `subject`, and the voxels of a mapping (`mapping`) -> patterns of imagined faces and, from as
 * many trials, of seen test faces: from all runs, from each session, and from every other run.
 *
 * The model has no latents: those modulate the training faces alone.
 */
export const imageryPatternsStage = defineStage({
  name: 'imagery-patterns',
  version: 2,
  parameters,
  async run({ runs, settings, noise, engine: kind, seed }, context) {
    const { signal, outDir } = context;
    const index = await readSubjectIndex(context.inputs.subject);
    const mask = await readMaskImage(join(context.inputs.mapping, 'desc-selected_mask.nii.gz'));
    const nVoxels = mask.indices.length;
    const usable = runs.filter(({ name }) => index.runs.some((run) => run.name === name));
    const opened = await openRuns(usable, settings, context);
    const trials = imageryTrials(opened.results, index.roles, seed);
    if (trials.imagined.size === 0) {
      throw new FusiformError('IMAGERY_NONE', `Subject ${index.subject} imagined no face in these runs.`);
    }
    const names = conditionNames(
      trials.runs.map(({ run }) => run),
      index.roles,
      settings,
    );
    const engine = await context.engine(kind);
    const parts = new Map<string, Part>();
    const planned = trials.runs.map((planned) => ({ ...planned, name: planned.run.name }));
    const fitted = await forEachRun(planned, async ({ run, session, half, trials: own }, at) => {
      signal.throwIfAborted();
      const y = await readRun(run, mask, signal);
      const { x, nuisance } = runDesign(run, index.roles, settings, null, names, []);
      const rho = noise === 'ar1' ? estimateAr1(sideBySide([nuisance, x]), y, nVoxels) : 0;
      if (rho !== 0) whitenSeries(y, nVoxels, rho);
      const part = partOf(parts, session, half, names, nVoxels);
      await part.sums.addRun(engine, whitenColumns(x, rho), whitenColumns(nuisance, rho), y);
      for (const name of conditionNames([run], index.roles, settings)) part.present.add(name);
      addCounts(part.trials, own);
      context.report({ done: at + 1, total: planned.length, unit: 'runs' });
      return run.problems;
    });
    const problems: Problem[] = [...opened.problems, ...fitted.problems, ...fitted.results.flat()];
    const made = await allPatterns(
      [...parts.values()],
      trials,
      names,
      nVoxels,
      context,
      problems,
      (name) => regressorNames(name, settings.hrfModel, settings.firDelays)[0],
    );
    for (const { sums } of parts.values()) sums.dispose();
    await writePatterns(outDir, {
      names: made.map(({ of }) => patternName(of)),
      nVoxels,
      patterns: joined(made.map(({ values }) => values)),
      presentations: made.map(({ presentations }) => presentations),
    });
    const result: ImageryPatterns = {
      patterns: made.map(({ of }) => of),
      trials: {
        imagined: Object.fromEntries(trials.imagined),
        seen: Object.fromEntries(trials.seen),
        matched: trials.matched,
      },
    };
    await writeJsonFile(join(outDir, fileName), result);
    return {
      summary: { ...result.trials, patterns: made.length, voxels: nVoxels, runs: fitted.results.length },
      problems,
    };
  },
});

/** The sums of the runs of one session and half. */
interface Part {
  readonly session: string | null;
  readonly half: 0 | 1;
  readonly sums: NormalEquations;
  /** Regressors that some of its runs have. */
  readonly present: Set<string>;
  /** Trials in its runs, by regressor. */
  readonly trials: Map<string, number>;
}

function addCounts(to: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) to.set(name, (to.get(name) ?? 0) + count);
}

function partOf(
  parts: Map<string, Part>,
  session: string | null,
  half: 0 | 1,
  names: readonly string[],
  nVoxels: number,
): Part {
  const key = `${session} ${half}`;
  const known = parts.get(key);
  if (known) return known;
  const sums = NormalEquations.create(names, nVoxels, { precision: 'float32' });
  const part = { session, half, sums, present: new Set<string>(), trials: new Map<string, number>() };
  parts.set(key, part);
  return part;
}

interface MadePattern {
  readonly of: ImageryPattern;
  /** [nVoxels] */
  readonly values: Float32Array;
  /** Trials that it is the response to: a decoder with a prior weighs it by them. */
  readonly presentations: number;
}

async function allPatterns(
  parts: readonly Part[],
  trials: ImageryTrials,
  names: readonly string[],
  nVoxels: number,
  context: StageContext,
  problems: Problem[],
  mainOf: (regressor: string) => string,
): Promise<MadePattern[]> {
  const faces = [
    ...[...trials.imagined.keys()].sort().map((face) => ({ kind: 'imagined' as const, face })),
    ...[...trials.seen.keys()].sort().map((face) => ({ kind: 'seen' as const, face })),
  ];
  const made: MadePattern[] = [];
  const add = async (
    chosen: readonly Part[],
    part: ImageryPattern['part'],
    label: string | null,
    wanted: typeof faces,
  ) => {
    const sum = NormalEquations.create(names, nVoxels, { precision: 'float32' });
    const present = new Set<string>();
    const trialsOf = new Map<string, number>();
    for (const { sums, present: own, trials: counts } of chosen) {
      await sum.merge(sums);
      for (const name of own) present.add(name);
      addCounts(trialsOf, counts);
    }
    const columns = names.filter((name) => present.has(name));
    const { signal } = context;
    try {
      const { beta } = await sum.solveSubset(columns, { work: { signal, report: () => undefined } });
      for (const { kind, face } of wanted) {
        const condition = kind === 'seen' ? testRegressor(face) : imaginedRegressor(face);
        const row = columns.indexOf(mainOf(condition));
        if (row < 0) continue;
        const values = beta.slice(row * nVoxels, (row + 1) * nVoxels);
        made.push({
          of: { kind, face, part, label },
          values,
          presentations: trialsOf.get(condition) ?? 1,
        });
      }
    } catch (error) {
      if (part === 'all' || !(error instanceof FusiformError) || error.code === 'JOB_CANCELLED') throw error;
      problems.push({ ...error.toProblem(), message: `${part} ${label} is left out: ${error.message}` });
    } finally {
      sum.dispose();
    }
  };
  await add(parts, 'all', null, faces);
  for (const half of [0, 1]) {
    await add(
      parts.filter((part) => part.half === half),
      'half',
      String(half + 1),
      faces,
    );
  }
  const sessions = [...new Set(parts.map(({ session }) => session))].filter((session) => session !== null);
  const imagined = faces.filter(({ kind }) => kind === 'imagined');
  if (sessions.length > 1) {
    for (const session of sessions.sort()) {
      await add(
        parts.filter((part) => part.session === session),
        'session',
        session,
        imagined,
      );
    }
  }
  return made;
}

/** A name that can be a file's: pictures of decoded patterns bear it. */
function patternName({ kind, face, part, label }: ImageryPattern): string {
  return `${kind}_${face.replace(/\.[^.]*$/, '')}${part === 'all' ? '' : `_${part}-${label}`}`;
}

function joined(patterns: readonly Float32Array[]): Float32Array {
  const size = patterns[0]?.length ?? 0;
  const all = new Float32Array(patterns.length * size);
  patterns.forEach((pattern, at) => {
    all.set(pattern, at * size);
  });
  return all;
}
