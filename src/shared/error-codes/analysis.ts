import type { ErrorDefinition } from './definition.ts';

/** Masks and regions, models of runs, decoding. */
export const analysisErrors = {
  // imaging
  MASK_GRID_MISMATCH: {
    kind: 'input',
    remedy: 'Give an image in the space of the runs; register it to them first.',
  },
  MASK_RESAMPLED: {
    kind: 'input',
    remedy: 'Nothing, if the image is in the space of the runs; look at the mask that was written.',
  },
  AFFINE_SINGULAR: { kind: 'input', remedy: 'Correct the affine of the image with the tool that made it.' },
  ATLAS_INVALID: { kind: 'input', remedy: 'Give a table of labels as docs/guide/voxels.md describes.' },
  ATLAS_LABEL_UNKNOWN: {
    kind: 'usage',
    remedy: '`fusiform regions show` lists the labels of an atlas.',
  },
  REGION_EMPTY: {
    kind: 'input',
    remedy: 'Name labels or masks that lie inside the voxels that are analysed.',
  },
  MASK_EMPTY: { kind: 'input', remedy: 'Give a mask that selects at least one voxel.' },

  VOXEL_OUTSIDE: { kind: 'usage', remedy: 'Name a voxel inside the mask of the analysis, indices from 0.' },

  // models of runs
  RUN_UNKNOWN: {
    kind: 'usage',
    remedy: 'Name a run that the subject has, such as `fusiform subject list` shows.',
  },
  RUN_CHANGED: {
    kind: 'input',
    remedy: 'Bring the file back as it was, or fit the mapping anew to what it is now.',
  },
  MAPPING_WITHOUT_RUNS: {
    kind: 'project',
    remedy: 'Fit the mapping in this project: a published mapping has no runs here to look at.',
  },
  DESIGN_INVALID: { kind: 'input', remedy: 'Correct the events, confounds or frame times that are named.' },
  DESIGN_DUPLICATE_COLUMN: {
    kind: 'input',
    remedy: 'Rename the trial type, confound or modulator: every column of a design has its own name.',
  },
  DESIGN_COLLINEAR: {
    kind: 'input',
    remedy:
      'Leave one of the named columns out, or merge the conditions: their effects cannot be told apart.',
  },
  DESIGN_ILL_CONDITIONED: {
    kind: 'input',
    remedy: 'Use fewer latents or more runs, or give a ridge: the named columns are hardly told apart.',
  },
  DESIGN_NUISANCE_DROPPED: {
    kind: 'input',
    remedy: 'Nothing has to be done: a nuisance column that others contain was left out.',
  },
  NOISE_MODEL_FALLBACK: {
    kind: 'input',
    remedy:
      'Nothing has to be done; look at the run, whose noise is unlike AR(1), or use --noise ar1 or ols.',
  },
  DESIGN_NO_DOF: {
    kind: 'input',
    remedy: 'Use fewer columns (a lower high-pass frequency, fewer confounds) or longer runs.',
  },
  DATA_NOT_FINITE: { kind: 'input', remedy: 'Leave the voxels with NaN or Inf out of the mask.' },
  CONTRAST_UNKNOWN_COLUMN: { kind: 'input', remedy: 'Name columns of the design; the message lists them.' },
  CONTRAST_INVALID: {
    kind: 'usage',
    remedy: "Write a weighted sum of columns such as 'face - house' or '0.5*face + 0.5*cat - house'.",
  },
  NORMAL_EQUATIONS_MISMATCH: {
    kind: 'input',
    remedy: 'Add up sums of the same regressors and the same mask only.',
  },
  RELIABILITY_TOO_FEW: { kind: 'input', remedy: 'Use fewer sets of runs (--sets 2), or more runs.' },
  RELIABILITY_FACES_LEFT_OUT: {
    kind: 'input',
    remedy: 'Nothing has to be done; with fewer sets of runs (--sets) more faces take part.',
  },
  VOXELS_NOT_CROSS_VALIDATED: {
    kind: 'usage',
    remedy: 'Fit the encoding model with folds of runs (--folds 4).',
  },
  VOXEL_SELECTION_EMPTY: { kind: 'input', remedy: 'Lower the thresholds: no voxel passes them.' },

  // decoding
  MAPPING_SINGULAR: {
    kind: 'input',
    remedy: 'Use fewer latents, more voxels or a ridge: some latents cannot be told apart in these voxels.',
  },
  TEST_FACES_TOO_FEW: { kind: 'input', remedy: 'Show at least two test faces.' },
  MAPS_NO_GRID: {
    kind: 'input',
    remedy:
      'Import the published results with an image of the subject (--reference), or fit a mapping to runs.',
  },
  CODES_CONSTANT: {
    kind: 'input',
    remedy: 'Look at the latent model and the stimuli: a code of one value throughout tells nothing.',
  },
  EVALUATION_OLDER: {
    kind: 'project',
    remedy: 'Run `fusiform evaluate` again: it scores the same codes anew.',
  },
  DECODER_NOT_FITTED: {
    kind: 'input',
    remedy: 'Use fewer latents, or keep more voxels (`--face-keep`, `--gain-keep`).',
  },
  DECODER_TOO_FEW_RUNS: {
    kind: 'input',
    remedy:
      'Give at least two runs with training faces, or use the decoder `pseudo-inverse`, which has nothing to tune.',
  },
  DECODER_OF_OTHER_VOXELS: {
    kind: 'input',
    remedy: 'Fit the decoder again with `decoder fit`: the mapping was fitted anew since.',
  },
  PATTERN_GRID_MISMATCH: {
    kind: 'input',
    remedy: 'Resample the patterns to the grid of the mapping (desc-selected_mask.nii.gz).',
  },
  PATTERN_OF_OTHER_SUBJECT: {
    kind: 'input',
    remedy: 'Give patterns of the subject whose mapping decodes them.',
  },
  PATTERN_FILE_UNSUITABLE: {
    kind: 'input',
    remedy:
      'Give a NIfTI image of one pattern or several, a .npy array or one numeric variable of a .mat file.',
  },
  RUN_OF_MAPPING: {
    kind: 'input',
    remedy:
      'Decode runs that the mapping was not fitted with; those of the fit are decoded by `decode` itself.',
  },
  NOTHING_TO_DECODE: {
    kind: 'input',
    remedy: 'Name the trial types of these runs that are to be decoded.',
  },
  MAPPING_OF_OTHER_MODEL: {
    kind: 'input',
    remedy: 'Run `map fit` again: the latent model was trained anew under the same name.',
  },
  ONNX_RUNTIME_MISSING: {
    kind: 'machine',
    remedy:
      'Run `npm ci` again with ONNXRUNTIME_NODE_INSTALL=skip in the environment, on Linux, Windows or macOS; or leave --features-model out.',
  },
  ONNX_INVALID: { kind: 'input', remedy: 'Give an ONNX model that onnxruntime can run on the processor.' },
  ONNX_INPUT: {
    kind: 'input',
    remedy:
      'Give a network of colour pictures, and say its size and layout (--features-input-size, --features-layout).',
  },
  ONNX_LAYER: { kind: 'input', remedy: 'Name an output or a layer of the network (--features-layer).' },
  PATTERN_NOT_FINITE: { kind: 'input', remedy: 'Leave the voxels without data out of the mask.' },
  PATTERN_VOXELS_MISMATCH: {
    kind: 'input',
    remedy: 'Give patterns of the voxels that the mapping was fitted on.',
  },

  // the public study's own results
  PUBLISHED_NONE_FOUND: {
    kind: 'input',
    remedy: "Name the study's folder, its derivatives, or the subject's folder in them.",
  },
  PUBLISHED_FILE_MISSING: {
    kind: 'input',
    remedy: "Fetch the file of the public study (OpenNeuro ds001761) into the subject's folder.",
  },
  PUBLISHED_SHAPE: {
    kind: 'input',
    remedy:
      'Take the files of one subject and of the latent space of the model; `fusiform published list` shows what each holds.',
  },
  PUBLISHED_DISAGREES: {
    kind: 'input',
    remedy: 'Check that all files are of the same subject, latent space and version of the study.',
  },
  PUBLISHED_NOT_FINITE: {
    kind: 'input',
    remedy: 'Nothing need be done: such values count as zero, as in the published code.',
  },
} as const satisfies Record<string, ErrorDefinition>;
