import type { DesignEvent } from '../../glm/design.ts';
import { fitRunWith } from '../../glm/fit-run.ts';
import { fitLss, lsaDesign, type SingleTrialKind, trialsOf } from '../../glm/single-trial.ts';
import { type BoldRun, frameTimes } from './bold-run.ts';
import { designOptions, type GlmSettings } from './glm-settings.ts';

export interface TrialPatternsRequest {
  readonly settings: GlmSettings;
  readonly singleTrial: SingleTrialKind;
  /** All events of the run, by regressors. */
  readonly events: readonly DesignEvent[];
  /** Regressors whose trials are wanted. */
  readonly conditions: readonly string[];
  /** [nVolumes, nVoxels] */
  readonly y: Float32Array;
  readonly nVoxels: number;
}

/** [trials, nVoxels] in the order of the events: effects, in the units of the images as the weights of the encoding model are. */
export function trialPatterns(
  run: BoldRun,
  { settings, singleTrial, events, conditions, y, nVoxels }: TrialPatternsRequest,
  signal: AbortSignal,
): Float32Array {
  const options = {
    ...designOptions(settings),
    // A trial has one column: its response without derivatives.
    hrfModel: settings.hrfModel.startsWith('glover') ? ('glover' as const) : ('spm' as const),
    frameTimes: frameTimes(run.series.nVolumes, run.tR, settings.sliceTimeReference),
    events,
    ...(run.confounds ? { confounds: run.confounds } : {}),
  };
  const trials = trialsOf(events, conditions);
  const work = { signal, report: () => undefined };
  if (singleTrial === 'lss') {
    return Float32Array.from(fitLss(options, trials, y, nVoxels, work).effects);
  }
  const { names, beta } = fitRunWith('ols', lsaDesign(options, trials), y, nVoxels, work);
  const patterns = new Float32Array(trials.length * nVoxels);
  trials.forEach(({ name }, at) => {
    const from = names.indexOf(name) * nVoxels;
    patterns.set(beta.subarray(from, from + nVoxels), at * nVoxels);
  });
  return patterns;
}
