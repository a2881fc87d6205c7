import type { NoiseModel } from '../../glm/fit-run.ts';
import type { GlmSettings } from './glm-settings.ts';

const noiseDescriptions: Record<NoiseModel, string> = {
  ols: 'white noise: ordinary least squares',
  'ar1-global': 'AR(1), one covariance a run for all voxels by restricted maximum likelihood, as SPM',
  ar1: 'AR(1), a coefficient a voxel in steps of 0.01, as nilearn',
};

/** The noise model for a sidecar, with its mean coefficient a run. */
export function describeNoise(
  noise: NoiseModel,
  autocorrelations: readonly (number | null)[],
): Record<string, unknown> {
  return {
    NoiseModel: noise,
    NoiseModelDescription: noiseDescriptions[noise],
    ...(noise === 'ols' ? {} : { MeanAutocorrelation: autocorrelations }),
  };
}

/** What a sidecar says of the runs' models. */
export function modelDescription(settings: GlmSettings): Record<string, unknown> {
  const { hrfModel, firDelays, hrfShape, convention, driftModel, highPass, driftOrder, censor } = settings;
  const { framewiseDisplacement, stdDvars, outlierColumns, before, after, shortest } = censor;
  const censors = framewiseDisplacement !== null || stdDvars !== null || outlierColumns;
  return {
    HrfModel: hrfModel,
    ...(hrfModel === 'fir' ? { FirDelays: firDelays } : {}),
    ...(hrfShape === null ? {} : { HrfParameters: hrfShape }),
    DesignConvention: convention,
    ...(convention === 'spm'
      ? { MicrotimeResolution: settings.microtimeResolution, MicrotimeOnset: settings.microtimeOnset }
      : { SliceTimeReference: settings.sliceTimeReference }),
    DriftModel: driftModel,
    ...(driftModel === 'cosine' ? { HighPassHz: highPass } : {}),
    ...(driftModel === 'polynomial' ? { DriftOrder: driftOrder } : {}),
    Confounds: {
      Columns: settings.confounds,
      Motion: settings.motion,
      ...(settings.motion > 6 ? { MotionModel: settings.motionModel } : {}),
      CompCor: settings.compCor,
      ...(settings.compCor > 0 ? { CompCorMask: settings.compCorMask } : {}),
      MissingValues: settings.missingConfounds,
    },
    ...(censors
      ? { Censoring: { framewiseDisplacement, stdDvars, outlierColumns, before, after, shortest } }
      : {}),
  };
}

export function glmReadme(noise: NoiseModel): string {
  return `General linear models of one subject, a model a run, combined over runs as fixed effects.
Noise: ${noiseDescriptions[noise]}.

*_statmap.nii.gz   maps, 0 outside the mask; the sidecar of each says contrast, weights, units and model
*_design.tsv       the design matrix of a run, a row a volume; the JSON beside it says what each column is
*_mask.nii.gz      the voxels that were analysed
fusiform.json      what was computed from what, with which parameters, and what was noticed on the way
`;
}
