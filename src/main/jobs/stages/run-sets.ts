import { FusiformError } from '../../../shared/errors.ts';
import { estimateAr1, whitenColumns, whitenSeries } from '../../glm/autocorrelation.ts';
import { sideBySide } from '../../glm/design.ts';
import { NormalEquations } from '../../glm/streaming.ts';
import type { StageContext } from '../stage.ts';
import type { BoldRun } from './bold-run.ts';
import { conditionNames, runDesign } from './encoding-design.ts';
import type { GlmSettings } from './glm-settings.ts';
import type { SubjectIndex } from './index-subject.ts';
import { testFaceOf } from './roles.ts';

function tooFew(message: string): FusiformError {
  return new FusiformError('RELIABILITY_TOO_FEW', message);
}

export interface SetPlan {
  /** Regressors that the runs of each set have. */
  readonly present: readonly ReadonlySet<string>[];
  /** Regressors of the test faces that every set has. */
  readonly faces: readonly string[];
  /** Names of those that some set lacks. */
  readonly leftOut: readonly string[];
}

/**
 * As many sets as were asked for, or fewer, so that each shows every test face. Where not even two do, two, and the faces
 * that both have.
 *
 * @throws FusiformError RELIABILITY_TOO_FEW, DESIGN_INVALID
 */
export function planSets(
  runs: readonly BoldRun[],
  { roles, testFaces }: SubjectIndex,
  settings: GlmSettings,
  wanted: number,
): SetPlan {
  if (settings.hrfModel === 'fir') {
    throw new FusiformError(
      'DESIGN_INVALID',
      "The reliability of voxels needs one response a test face: the model 'fir' has one a delay; choose another (--hrf).",
    );
  }
  const known = new Set(testFaces.map(({ name }) => name));
  const isFace = (name: string) => known.has(testFaceOf(name) ?? '');
  const ofRuns = runs.map((run) => conditionNames([run], roles, settings));
  const all = [...new Set(ofRuns.flat())].filter(isFace).sort();
  const planOf = (nSets: number): SetPlan => {
    const present = Array.from(
      { length: nSets },
      (_, at) => new Set(ofRuns.filter((_names, run) => run % nSets === at).flat()),
    );
    const everywhere = (name: string) => present.every((set) => set.has(name));
    return {
      present,
      faces: all.filter(everywhere),
      leftOut: all.filter((name) => !everywhere(name)).map((name) => testFaceOf(name) ?? name),
    };
  };
  if (runs.length < 2) throw tooFew('Reliability needs at least two runs.');
  let nSets = Math.min(wanted, runs.length - (runs.length % 2));
  let plan = planOf(nSets);
  while (nSets > 2 && plan.leftOut.length > 0) {
    nSets -= 2;
    plan = planOf(nSets);
  }
  if (plan.faces.length >= 3) return plan;
  throw tooFew(
    `Only ${plan.faces.length} test faces were shown both in odd and in even runs; at least 3 are needed.`,
  );
}

/** The sums of every set of runs. */
export class RunSets {
  readonly #names: readonly string[];
  readonly #sets: readonly { readonly equations: NormalEquations; readonly present: ReadonlySet<string> }[];

  constructor(names: readonly string[], nVoxels: number, present: SetPlan['present']) {
    this.#names = names;
    this.#sets = present.map((set) => ({ equations: NormalEquations.create(names, nVoxels), present: set }));
  }

  /** @param y [nTime, nVoxels]; overwritten */
  async add(
    at: number,
    run: BoldRun,
    { roles }: SubjectIndex,
    settings: GlmSettings,
    noise: 'ols' | 'ar1',
    y: Float32Array,
  ): Promise<void> {
    const { equations } = this.#sets[at];
    const { x, nuisance } = runDesign(run, roles, settings, null, this.#names, []);
    const rho = noise === 'ar1' ? estimateAr1(sideBySide([nuisance, x]), y, equations.nVoxels) : 0;
    if (rho !== 0) whitenSeries(y, equations.nVoxels, rho);
    await equations.addRun(null, whitenColumns(x, rho), whitenColumns(nuisance, rho), y);
  }

  /** [sets][faces, nVoxels] */
  patterns(faces: readonly string[], context: StageContext): Promise<Float32Array[]> {
    return Promise.all(
      this.#sets.map(({ equations, present }) => patternsOf(equations, present, faces, context)),
    );
  }

  /** Patterns of the odd and of the even sets, which are the odd and the even runs. */
  async halves(faces: readonly string[], context: StageContext): Promise<[Float32Array, Float32Array]> {
    const half = async (parity: number) => {
      const sum = NormalEquations.create(this.#names, this.#sets[0].equations.nVoxels);
      const present = new Set<string>();
      for (const [at, set] of this.#sets.entries()) {
        if (at % 2 !== parity) continue;
        await sum.merge(set.equations);
        for (const name of set.present) present.add(name);
      }
      return patternsOf(sum, present, faces, context);
    };
    return [await half(0), await half(1)];
  }
}

/** The rows of the faces among the coefficients; a regressor that these runs lack is left out of their model. */
async function patternsOf(
  equations: NormalEquations,
  present: ReadonlySet<string>,
  faces: readonly string[],
  { signal }: StageContext,
): Promise<Float32Array> {
  const columns = equations.names.filter((name) => present.has(name));
  const { beta } = await equations.solveSubset(columns, { work: { signal, report: () => undefined } });
  const { nVoxels } = equations;
  const patterns = new Float32Array(faces.length * nVoxels);
  faces.forEach((face, row) => {
    const from = columns.indexOf(face) * nVoxels;
    patterns.set(beta.subarray(from, from + nVoxels), row * nVoxels);
  });
  return patterns;
}
