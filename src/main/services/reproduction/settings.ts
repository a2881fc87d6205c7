import type { EngineKind } from '../../engine/engine.ts';
import type { VaeGanConfig } from '../../generative/vaegan/config.ts';
import { defaultRules } from '../../glm/voxel-selection.ts';
import { vaeGanConfigFor } from '../models.ts';
import type { GlmSettingsInput } from '../subjects.ts';

/** The sizes of the simulated study; docs/reproduction.md says why. */
export const size = {
  portraits: 3000,
  /** Pixels of the pictures; the central 0.8 is kept, which leaves what the model takes. */
  imageSize: 40,
  crop: 0.8,
  /** Of the folder of portraits, kept out of both trainings. */
  heldOut: 0.02,
  /** Sets of runs whose sums are kept apart: the steps of the learning curve. */
  folds: 20,
} as const;

export const portraits = 'portraits';
export const kinds = ['vaegan', 'pca'] as const;

/** 32 x 32 pixels and 64 latents: drawn faces have 28 traits, and a region some 700 voxels to tell latents apart by. */
export const modelConfig: VaeGanConfig = vaeGanConfigFor('tiny');

export const runSettings: GlmSettingsInput = {
  hrfModel: 'spm',
  driftModel: 'cosine',
  highPass: 0.01,
  driftOrder: 1,
  confounds: ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'],
};

export const voxelRules = { ...defaultRules, noise: 'ar1', gainMeasure: 'f' } as const;

export interface Computing {
  readonly engine: EngineKind;
  readonly seed: number;
}
