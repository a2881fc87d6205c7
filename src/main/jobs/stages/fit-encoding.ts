import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { whitenColumns } from '../../glm/autocorrelation.ts';
import { selectColumns, sideBySide } from '../../glm/design.ts';
import { NormalEquations } from '../../glm/streaming.ts';
import type { Mask } from '../../imaging/mask.ts';
import type { Matrix } from '../../math/matrix.ts';
import { ReadAhead } from '../read-ahead.ts';
import { SeriesReader } from '../series-reader.ts';
import { defineStage } from '../stage.ts';
import { type BoldRun, checkGrid, forEachRun, runSpecSchema } from './bold-run.ts';
import { CodeBook, conditionNames, latentSpaceSchema, runDesign } from './encoding-design.ts';
import { EncodingSums, maximumFolds, writeSums } from './encoding-sums.ts';
import { glmSettingsSchema } from './glm-settings.ts';
import { readLatents } from './latents.ts';
import { readMaskImage, writeMaskImage } from './mask-image.ts';
import { openSubjectRuns } from './subject-runs.ts';

export const encodingParameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  /**
   * `ar1`: noise correlated from volume to volume, one coefficient a run, as SPM models it; the tests by which voxels are
   * selected would otherwise pass almost every voxel. `ols`: white noise.
   */
  noise: z.enum(['ols', 'ar1']),
  /** Of a mask of probabilities, the least that counts. */
  maskThreshold: z.number().min(0).max(1),
  /** Folds of runs whose sums are kept apart, so that voxels can be judged by runs that were left out; 0 for none. */
  folds: z
    .number()
    .int()
    .min(0)
    .max(maximumFolds)
    .refine((folds) => folds !== 1, 'One fold leaves nothing to fit.'),
  engine: z.enum(['native', 'webgpu', 'wasm']),
});

export const encodingDescriptionSchema = z.object({
  subject: z.string(),
  /** Names of the latents that the model holds. */
  latentNames: z.array(z.string()),
  latentSpace: latentSpaceSchema,
  /** Regressors without the latents. */
  others: z.array(z.string()),
  runs: z.number().int(),
});

export const encodingFiles = {
  equations: 'equations.safetensors',
  description: 'encoding.json',
  mask: 'mask.nii.gz',
} as const;

/**
 * Runs (inputs as in bold-run.ts), `subject`, `latents` of its stimuli, optionally `mask` -> the sums of the linear
 * model that explains every voxel by fixation, face, the latents as parametric modulators of the face, one regressor a
 * test face, one-back and imagery. Goes on after the last run that was saved.
 */
export const fitEncodingStage = defineStage({
  name: 'fit-encoding',
  version: 2,
  parameters: encodingParameters,
  async run({ runs, settings, noise, maskThreshold, folds, engine: kind }, context) {
    const { signal, outDir } = context;
    const { index, mask, ...opened } = await openSubjectRuns(runs, settings, maskThreshold, context);
    const latents = await readLatents(context.inputs.latents);
    const codes = new CodeBook(latents, index.trainFaces);
    refuseLeakage(
      codes.pairsAlike(
        index.testFaces.map((face) => face.stimFile),
        index.trainFaces,
      ),
    );
    const latentNames = codes.space.modelled.map((at) => `latent-${String(at + 1).padStart(4, '0')}`);
    const names = [...conditionNames(opened.runs, index.roles, settings), ...latentNames];
    const engine = await context.engine(kind);
    const sums = await EncodingSums.open(context, names, mask.indices.length, folds);
    const foldOf = new Map(opened.runs.map(({ name }, at) => [name, folds === 0 ? 0 : at % folds]));
    const fold = ({ name }: BoldRun) => foldOf.get(name) ?? 0;
    // Fold by fold: the sums of one are in memory at a time.
    const ahead = opened.runs
      .filter((run) => !sums.seen.includes(run.name))
      .sort((a, b) => fold(a) - fold(b));
    const reader = new SeriesReader(mask.indices);
    const volumes = new ReadAhead(ahead, async (run) => {
      checkGrid(run, mask);
      const design = runDesign(run, index.roles, settings, codes, names, latentNames);
      const behind = noise === 'ar1' ? allButLatents(design, latentNames.length) : null;
      return { design, ...(await reader.read(run.series.path, behind, signal)) };
    });
    const addRun = async (run: BoldRun, at: number) => {
      signal.throwIfAborted();
      const { design, values, rho } = await volumes.take(at);
      const [x, nuisance] = [design.x, design.nuisance].map((columns) => whitenColumns(columns, rho));
      const equations = await sums.of(fold(run));
      await equations.addRun(engine, x, nuisance, values, { centred: rho !== 0 });
      reader.recycle(values);
      await sums.added(fold(run), run.name);
      context.report({ done: sums.seen.length, total: opened.runs.length, unit: 'runs' });
      return run.problems;
    };
    const addAll = async () => {
      try {
        const fitted = await forEachRun(ahead, addRun);
        const equations = await sums.finish(outDir);
        await writeSums(join(outDir, encodingFiles.equations), equations);
        return { fitted, nRuns: equations.nRuns, observations: equations.nEffectiveObservations };
      } finally {
        await reader.close();
        sums.dispose();
      }
    };
    const { fitted, nRuns, observations } = await addAll();
    await writeMaskImage(join(outDir, encodingFiles.mask), mask);
    await writeJsonFile(join(outDir, encodingFiles.description), {
      subject: index.subject,
      latentNames,
      latentSpace: codes.space,
      others: names.slice(0, -latentNames.length),
      runs: nRuns,
    } satisfies z.input<typeof encodingDescriptionSchema>);
    const problems: Problem[] = [...opened.problems, ...fitted.problems, ...fitted.results.flat()];
    return {
      summary: {
        runs: nRuns,
        voxels: mask.indices.length,
        regressors: names.length,
        observations,
      },
      problems,
    };
  },
});

/** What noise is estimated behind: the latents explain too little to matter here. */
export function allButLatents(
  { x, nuisance }: { readonly x: Matrix; readonly nuisance: Matrix },
  nLatents: number,
): Matrix {
  const conditions = selectColumns(x, [...Array(x.cols - nLatents).keys()]);
  return sideBySide([nuisance, conditions]);
}

/** What was trained on cannot be tested on. */
function refuseLeakage(pairs: readonly (readonly [test: string, train: string])[]): void {
  if (pairs.length === 0) return;
  const [[test, train]] = pairs;
  throw new FusiformError(
    'LEAKAGE_TRAIN_TEST',
    `${pairs.length} test faces are training faces too; the first is "${test}", which is the picture "${train}".`,
    { details: { pairs } },
  );
}

export interface Encoding {
  readonly description: z.output<typeof encodingDescriptionSchema>;
  readonly equations: NormalEquations;
  readonly mask: Mask;
}

export async function readEncoding(folder: string): Promise<Encoding> {
  const description = encodingDescriptionSchema.parse(
    await readJsonFile(join(folder, encodingFiles.description)),
  );
  const { arrays } = await readSafetensorsFile(join(folder, encodingFiles.equations));
  const equations = NormalEquations.fromNamedArrays(arrays);
  const mask = await readMaskImage(join(folder, encodingFiles.mask));
  return { description, equations, mask };
}
