import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { designConventions } from '../../glm/convolver.ts';
import { driftModels } from '../../glm/drift.ts';
import { hrfModels } from '../../glm/hrf.ts';
import { motionModels } from '../../glm/motion.ts';

/** Parameters of a double gamma response, as SPM's p(1) to p(5); p(5) is 1 / undershootRatio. */
const hrfShapeSchema = z.strictObject({
  delay: z.number().gt(0),
  undershootDelay: z.number().gt(0),
  dispersion: z.number().gt(0),
  undershootDispersion: z.number().gt(0),
  undershootRatio: z.number().min(0),
});

/** Volumes that a run's model is to ignore, one column each. */
const censorSchema = z.strictObject({
  /** Framewise displacement above which a volume is left out, millimetres. */
  framewiseDisplacement: z.number().gt(0).nullable().default(null),
  /** Standardised DVARS above which a volume is left out. */
  stdDvars: z.number().gt(0).nullable().default(null),
  /** Whether fMRIPrep's own columns (`motion_outlier*`, `non_steady_state*`) are taken. */
  outlierColumns: z.boolean().default(false),
  /** Volumes left out before and after each that is. */
  before: z.number().int().min(0).default(0),
  after: z.number().int().min(0).default(0),
  /** Stretches of kept volumes shorter than this are left out too; 0 for none. */
  shortest: z.number().int().min(0).default(0),
});

const settingsSchema = z.strictObject({
  hrfModel: z.enum(hrfModels).default('spm'),
  /** Volumes after the onset, one column each; for the model `fir`. */
  firDelays: z.array(z.number().int().min(0)).min(1).default([0]),
  /** In place of the model's own parameters; null for those. */
  hrfShape: hrfShapeSchema.nullable().default(null),
  /** Whose way of building a design. */
  convention: z.enum(designConventions).default('nilearn'),
  /** SPM's fMRI_T and fMRI_T0; for its convention. */
  microtimeResolution: z.number().int().min(1).default(16),
  microtimeOnset: z.number().int().min(1).default(8),
  /** When in a volume its data were taken, 0 to 1 of the TR; for nilearn's convention. */
  sliceTimeReference: z.number().min(0).max(1).default(0),
  driftModel: z.enum(driftModels).default('cosine'),
  /** Hz; for the cosine model. */
  highPass: z.number().gt(0).default(0.01),
  /** For the polynomial model. */
  driftOrder: z.number().int().min(0).default(1),
  /** Columns of the runs' confounds tables; `*` stands for any characters. */
  confounds: z.array(z.string()).default([]),
  /** Parameters of head motion: none, the six, with their changes (12), with the squares of both (24). */
  motion: z.literal([0, 6, 12, 24]).default(0),
  motionModel: z.enum(motionModels).default('derivatives'),
  /** Components of CompCor. */
  compCor: z.number().int().min(0).default(0),
  compCorMask: z
    .enum(['combined', 'csf', 'white-matter', 'csf-and-white-matter', 'temporal'])
    .default('combined'),
  censor: censorSchema.prefault({}),
  /**
   * Cells without a value. In the first row of a difference between volumes: 0 (`zero`) or the column's mean (`mean`).
   * `censor`: as `mean`, and a volume with such a cell elsewhere is left out by a column of its own. Otherwise it is an
   * error.
   */
  missingConfounds: z.enum(['zero', 'mean', 'censor']).default('zero'),
});

/** How a run is modelled; the same settings for contrasts, patterns and the encoding model. */
export const glmSettingsSchema = settingsSchema.refine(
  ({ microtimeOnset, microtimeResolution }) => microtimeOnset <= microtimeResolution,
  { path: ['microtimeOnset'], message: 'A volume has no such bin: it is larger than microtimeResolution' },
);
export type GlmSettings = z.output<typeof glmSettingsSchema>;
export const defaultGlmSettings: GlmSettings = glmSettingsSchema.parse({});
/** As given: what is left out has its default. */
export type GlmSettingsInput = z.input<typeof glmSettingsSchema>;

/** @throws FusiformError PARAMETERS_INVALID with the place of each fault */
export function parseGlmSettings(given: GlmSettingsInput): GlmSettings {
  const parsed = glmSettingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FusiformError('PARAMETERS_INVALID', `The model of the runs: ${z.prettifyError(parsed.error)}`);
}

/** Whether a run needs its table of confounds. */
export function needsConfounds({ confounds, motion, compCor, censor }: GlmSettings): boolean {
  const { framewiseDisplacement, stdDvars, outlierColumns } = censor;
  return (
    confounds.length > 0 ||
    motion > 0 ||
    compCor > 0 ||
    framewiseDisplacement !== null ||
    stdDvars !== null ||
    outlierColumns
  );
}

/** What `buildDesign` is to know of the settings. */
export function designOptions(settings: GlmSettings) {
  const { hrfModel, firDelays, hrfShape, convention, microtimeResolution, microtimeOnset } = settings;
  const { driftModel, highPass, driftOrder } = settings;
  return {
    hrfModel,
    firDelays,
    ...(hrfShape === null ? {} : { shape: hrfShape }),
    convention,
    microtimeResolution,
    microtimeOnset,
    driftModel,
    highPass,
    driftOrder,
  };
}
