import type { WorkContext } from '../../shared/progress.ts';
import { fitRunAr1 } from './ar1.ts';
import { fitRunAr1Global } from './ar1-global.ts';
import type { Design } from './design.ts';
import { fitRun, type RunFit } from './ols.ts';

/**
 * What the noise of a run is taken as: white (`ols`), AR(1) of one shape for all voxels as SPM (`ar1-global`), AR(1) of a
 * coefficient a voxel as nilearn (`ar1`).
 */
export const noiseModels = ['ols', 'ar1-global', 'ar1'] as const;
export type NoiseModel = (typeof noiseModels)[number];

const fits = { ols: fitRun, 'ar1-global': fitRunAr1Global, ar1: fitRunAr1 };

/** Fits one run at every voxel; see `fitRun`, `fitRunAr1Global`, `fitRunAr1`. @param y [nTime, nVoxels] */
export function fitRunWith(
  noise: NoiseModel,
  design: Design,
  y: Float32Array,
  nVoxels: number,
  work?: WorkContext,
): RunFit {
  return fits[noise](design, y, nVoxels, work);
}
