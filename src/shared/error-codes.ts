/**
 * Every fault that a user can meet, in one list. A code never changes its meaning.
 * `kind` decides the exit code of the command line:
 * `usage` the command, `input` the data, `project` the project's state, `machine` disk, memory, engines.
 */
export interface ErrorDefinition {
  readonly kind: 'usage' | 'input' | 'project' | 'machine';
  readonly remedy: string;
  /** What the attempt left in the project's work folder is of use to the user, although the data were refused. */
  readonly keepsWork?: true;
}

export const errorCodes = {
  // usage
  USAGE: { kind: 'usage', remedy: 'See `fusiform help` and the help of the command.' },

  PARAMETERS_INVALID: { kind: 'usage', remedy: 'Give values within the limits that the message names.' },

  // files of any kind
  FILE_NOT_FOUND: {
    kind: 'input',
    remedy: 'Check the path; a dangling link needs its content fetched first.',
  },
  FILE_UNREADABLE: { kind: 'input', remedy: 'Check the permissions of the file and the disk it is on.' },
  FILE_EMPTY: { kind: 'input', remedy: 'Copy or download the file again.' },
  FILE_CHANGED: { kind: 'input', remedy: 'Leave the files alone and run the same command again.' },
  FORMAT_UNKNOWN: { kind: 'input', remedy: 'Give a file of a format that `fusiform inspect --help` lists.' },
  DISK_FULL: {
    kind: 'machine',
    remedy: 'Free some space or choose another folder, then run the same command again.',
  },
  WRITE_FAILED: { kind: 'machine', remedy: 'Check that the folder exists and may be written to.' },

  // the project folder and its store
  PROJECT_NOT_FOUND: {
    kind: 'project',
    remedy: 'Create it with `fusiform project create DIR`, or name the right folder with --project.',
  },
  PROJECT_EXISTS: {
    kind: 'project',
    remedy: 'Choose another folder, or work with the project that is there.',
  },
  PROJECT_NEWER: { kind: 'project', remedy: 'Open it with the newer Fusiform that wrote it.' },
  PROJECT_LOCKED: { kind: 'project', remedy: 'Wait until the other process has finished, or stop it.' },
  PROJECT_DAMAGED: {
    kind: 'project',
    remedy: 'Restore project.sqlite from a backup; the artefact files are untouched.',
  },
  ARTIFACT_MISSING: {
    kind: 'project',
    remedy: 'Run the stage again; its result is made anew from the same inputs.',
  },
  NAME_UNKNOWN: { kind: 'project', remedy: '`fusiform project info` lists what the project holds.' },
  JOB_CANCELLED: { kind: 'usage', remedy: 'Run the same command again to go on from where it stopped.' },

  // face sets
  FACES_NONE_FOUND: { kind: 'input', remedy: 'Give a folder that holds PNG, JPEG, TIFF or WebP images.' },
  FACES_NONE_READABLE: { kind: 'input', remedy: 'Check that the images are whole; the problems name each.' },
  FACES_SIZE_MISMATCH: { kind: 'input', remedy: 'Import the faces at the size of the model (--size).' },
  LABELS_UNKNOWN_IMAGE: { kind: 'input', remedy: 'Correct the name in the table, or add the image.' },
  LABELS_REPEATED_IMAGE: {
    kind: 'input',
    remedy: 'Take one of the rows out; until then the first one holds.',
  },
  LABELS_MATCH_NONE: {
    kind: 'input',
    remedy:
      'Give a table whose file column holds the names of the images, as paths below the folder or bare.',
  },

  // runs of a scan
  CONFOUNDS_MISSING: {
    kind: 'input',
    remedy: 'Run without --confounds, or put the confounds table beside the run or under derivatives/.',
  },
  CONFOUNDS_COMPCOR: {
    kind: 'input',
    remedy:
      'Ask for fewer components or another mask; before fMRIPrep 21 the masks stand in the sidecar of the table.',
  },
  VOLUMES_CENSORED: {
    kind: 'input',
    remedy: 'Nothing has to be done: the volumes have a column each. A higher threshold leaves fewer out.',
  },
  CONFOUNDS_LENGTH: { kind: 'input', remedy: 'Use the table that was made from this very run.' },
  EVENTS_MISSING: { kind: 'input', remedy: 'Add the events file of the run, or leave the run out.' },
  RUN_GRID_MISMATCH: { kind: 'input', remedy: 'Resample the run to the grid of the others first.' },
  VOXELS_CONSTANT: {
    kind: 'input',
    remedy: 'Nothing, if these voxels lie outside the brain; else look at the images of the run.',
  },
  RUN_SHORT: { kind: 'input', remedy: 'Leave the run out if the scan was broken off.' },
  RUN_DUPLICATE: { kind: 'input', remedy: 'Fetch the right image, or take one of the two runs out.' },
  RUN_NUMBERS: { kind: 'input', remedy: 'Nothing has to be done if these runs were never scanned.' },
  RUN_WITHOUT_DATA: { kind: 'input', remedy: 'Copy or convert the image again, or leave the run out.' },
  SIDECAR_MISSING: { kind: 'input', remedy: 'Write RepetitionTime (in seconds) into a sidecar of the run.' },
  RUN_TR_DIFFERS: {
    kind: 'input',
    remedy: 'Nothing has to be done if the runs were scanned so; else correct the sidecar or the header.',
  },
  RUN_TOO_SHORT: {
    kind: 'input',
    remedy: 'Leave the run out: so few volumes are a broken recording or a test scan.',
  },
  RUN_WITHOUT_SIGNAL: {
    kind: 'input',
    remedy: 'Check that the image holds the run and that the mask lies on the brain; else leave the run out.',
  },
  VOXELS_WITHOUT_DATA: { kind: 'input', remedy: 'Nothing, if these voxels lie outside the scanned slab.' },
  CONDITION_MISSING: { kind: 'input', remedy: 'Name conditions that every run has (--conditions).' },

  // what was shown
  STIMULUS_MISSING: {
    kind: 'input',
    remedy: 'Name the picture of every face trial in the column stim_file.',
  },
  STIMULUS_NOT_FOUND: {
    kind: 'input',
    remedy:
      'Add the picture to the stimuli, correct its name in the events file, or name another folder (--stimuli).',
  },
  STIMULUS_NOT_ENCODED: {
    kind: 'input',
    remedy: 'Add the picture to the stimuli, or correct its name in the events file.',
  },
  STIMULI_MISSING: { kind: 'input', remedy: 'Name the folder of pictures with --stimuli.' },
  LEAKAGE_TRAIN_TEST: {
    kind: 'input',
    remedy: 'Take these faces out of the training or of the test trials; the details list all of them.',
  },
  TRIAL_TYPE_UNKNOWN: { kind: 'input', remedy: 'Name trial types that the events files have.' },
  ROLES_INVALID: {
    kind: 'input',
    remedy: 'Correct the role table at the named line, or write a new one (--out).',
  },
  ROLES_NO_VERSION: { kind: 'input', remedy: '`fusiform subject roles --history` lists the versions.' },
  ROLES_STALE: {
    kind: 'input',
    remedy: 'Run `fusiform map fit` and `fusiform decode` again: they take the roles that hold.',
  },
  ROLES_INCOMPLETE: {
    kind: 'input',
    remedy:
      'Say which trial types are training and test faces (`fusiform subject roles --set TYPE=training-face`).',
  },

  REGION_TOO_SMALL: {
    kind: 'input',
    remedy: 'Loosen the voxel selection, or use a model with fewer latents.',
  },

  IMAGERY_NOT_A_CANDIDATE: { kind: 'input', remedy: 'Name the imagined face among its candidates.' },
  LABELS_INCOMPLETE: { kind: 'input', remedy: 'Complete the labels of the stimuli, or leave --gender out.' },
  LABELS_OF_ANOTHER_SET: { kind: 'input', remedy: 'Give the labels of the faces that the codes are of.' },
  LABEL_CLASS_EMPTY: {
    kind: 'input',
    remedy: 'Name a value that some of the faces have, and some have not.',
  },

  PATTERNS_TOO_FEW: { kind: 'input', remedy: 'Take a larger mask, more runs or more conditions.' },

  // latent models
  LATENTS_OF_ANOTHER_MODEL: {
    kind: 'input',
    remedy: 'Use the model that made the codes, or encode the pictures again.',
  },
  LATENTS_NOT_FINITE: { kind: 'input', remedy: 'Write the codes again without NaN and Inf.' },
  LATENT_UNKNOWN: { kind: 'usage', remedy: 'Name a latent or component that the model has, counted from 1.' },
  PRIOR_MISSING: { kind: 'usage', remedy: 'Draw from the codes of a face set: --from codes.' },
  FACE_UNKNOWN: {
    kind: 'usage',
    remedy: 'Give a picture file, a face of a set (SET:FILE), or a row of a file of codes (codes.npy:1).',
  },
  HELD_OUT_UNKNOWN: {
    kind: 'input',
    remedy: 'Take the face set that the model was trained on; train with --held-out above 0.',
  },
  LATENTS_DIM_MISMATCH: { kind: 'input', remedy: 'Use the model that made the codes, or encode again.' },

  // formats
  GZIP_CORRUPT: { kind: 'input', remedy: 'Copy or download the file again; `gzip -t FILE` tests it.' },
  NIFTI_BAD_MAGIC: {
    kind: 'input',
    remedy: 'Give a NIfTI-1 or NIfTI-2 file; convert other formats first, for example with dcm2niix.',
  },
  NIFTI_BAD_DIMENSIONS: { kind: 'input', remedy: 'Write the image again with the tool that made it.' },
  NIFTI_BAD_HEADER: { kind: 'input', remedy: 'Write the image again with the tool that made it.' },
  NIFTI_FORMS_DISAGREE: {
    kind: 'input',
    remedy: 'Nothing, if the sform is the right one: it is used, as nibabel does; else correct the header.',
  },
  NIFTI_TRUNCATED: { kind: 'input', remedy: 'Copy or download the file again: its end is missing.' },
  NIFTI_DTYPE_UNSUPPORTED: {
    kind: 'input',
    remedy: 'Convert the image to an integer or float type, for example float32.',
  },
  NIFTI_NOT_3D: { kind: 'input', remedy: 'Give an image of one volume, or pick one volume of it.' },
  NIFTI_NOT_4D: { kind: 'input', remedy: 'Give a time series: three axes of space and one of time.' },
  PARQUET_INVALID: { kind: 'input', remedy: 'Write the table again, or give it as TSV.' },
  GIFTI_INVALID: {
    kind: 'input',
    remedy: 'Write the file again with the tool that made it, or copy it again.',
  },
  GIFTI_UNSUPPORTED: {
    kind: 'input',
    remedy: 'Write the file again with its numbers inside, as integers or floats (for example with nibabel).',
  },
  NPY_INVALID: { kind: 'input', remedy: 'Save the array again with numpy.save, without objects in it.' },
  SAFETENSORS_INVALID: { kind: 'input', remedy: 'Write or copy the file again.' },
  TF_CHECKPOINT_INVALID: {
    kind: 'input',
    remedy: 'Copy or download all files of the checkpoint again; their sizes must match the source.',
  },
  TF_CHECKPOINT_SHARD_MISSING: {
    kind: 'input',
    remedy: 'Put every .data-...-of-... file of the checkpoint beside its .index.',
  },
  TF_CHECKPOINT_UNSUPPORTED: {
    kind: 'input',
    remedy: 'Save the variables again as numbers with TensorFlow (tf.compat.v1.train.Saver).',
  },
  MAT_INVALID: { kind: 'input', remedy: 'Copy the file again, or save it again with MATLAB.' },
  MAT_UNSUPPORTED: {
    kind: 'input',
    remedy:
      'Save the variable in MATLAB as a plain array of real numbers: full(x), real(x), or a field of the struct.',
  },
  MAT_VARIABLE_MISSING: {
    kind: 'input',
    remedy: 'Save the variable under the name that the message asks for.',
  },
  MAT_TOO_LARGE: {
    kind: 'input',
    remedy: 'Take fewer images or codes at a time; .npy files have no such limit.',
  },
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
  TABLE_INVALID: { kind: 'input', remedy: 'Correct the table at the named line.' },
  TABLE_ROW_RAGGED: { kind: 'input', remedy: 'Give the row as many cells as the header has columns.' },
  TABLE_COLUMN_UNKNOWN: { kind: 'input', remedy: 'Name one of the columns that the table has.' },
  JSON_SYNTAX: { kind: 'input', remedy: 'Correct the JSON at the named line.' },
  IMAGE_UNREADABLE: { kind: 'input', remedy: 'Replace the image, or leave it out.' },
  IMAGE_TOO_SMALL: { kind: 'input', remedy: 'Replace the image by a larger one, or leave it out.' },
  IMAGE_TOO_LARGE: { kind: 'input', remedy: 'Reduce the image to fewer pixels, or leave it out.' },

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

  // bids
  BIDS_NOT_A_DATASET: {
    kind: 'input',
    remedy:
      'Give the folder that holds the `sub-...` folders, or images with their tables, or a table of runs.',
  },
  BIDS_NO_SUBJECT: { kind: 'input', remedy: 'Name one of the subjects that the dataset has.' },
  BIDS_NO_RUNS: { kind: 'input', remedy: 'Name a task, session and run that the subject has.' },
  BIDS_IMAGE_MISSING: {
    kind: 'input',
    remedy: 'Fetch the content of the images first, for example with `datalad get` or `git annex get`.',
  },
  BIDS_TR_INVALID: {
    kind: 'input',
    remedy: 'Correct RepetitionTime (in seconds) in the sidecar, or the time unit in the image header.',
  },
  STUDY_VERSION_UNKNOWN: {
    kind: 'input',
    remedy: 'Name one of the versions that the message lists (--layout, --space, --res, --prefix).',
  },
  STUDY_VERSIONS: {
    kind: 'input',
    remedy: 'Nothing has to be done, or name another version (--layout, --space, --res, --prefix).',
  },
  STUDY_VERSION_MISSING: {
    kind: 'input',
    remedy: 'Preprocess the run as the others were, or take a version that all runs have (--space, --res).',
  },
  STUDY_RUN_TWICE: { kind: 'input', remedy: 'Keep one of the two files.' },
  STUDY_VOLUMES_APART: {
    kind: 'input',
    remedy: 'Join the volumes of each run into one 4D image, for example with spm_file_merge or fslmerge -t.',
  },
  RUN_TABLE_INVALID: {
    kind: 'input',
    remedy: 'Correct the table of runs at the named line; the guide lists its columns.',
  },
  BIDS_TR_UNIT: {
    kind: 'input',
    remedy: 'Nothing has to be done: the time of the sidecar is taken; the header may be corrected.',
  },
  EVENTS_BAD_NUMBER: { kind: 'input', remedy: 'Correct the number in the events file at the named line.' },
  EVENTS_BEYOND_RUN: {
    kind: 'input',
    remedy: 'Check that the events belong to this run, and that onsets are in seconds from its first volume.',
  },
  EVENTS_BEFORE_RUN: {
    kind: 'input',
    remedy: 'Check that the events belong to this run, and that onsets are in seconds from its first volume.',
  },
  EVENTS_NEGATIVE: {
    kind: 'input',
    remedy: 'Nothing has to be done if volumes before the first one were taken away; else correct the onset.',
  },
  EVENTS_TWICE: { kind: 'input', remedy: 'Take one of the two rows out if the event happened once.' },
  EVENTS_OVERLAP: {
    kind: 'input',
    remedy: 'Nothing has to be done if the events were meant to overlap; else correct onsets and durations.',
  },
  EVENTS_MAT_INVALID: {
    kind: 'input',
    remedy:
      "Give SPM's multiple conditions: names, onsets and durations, a cell a condition, onsets in seconds.",
  },
  EVENTS_EMPTY: { kind: 'input', remedy: 'Write the events of the run into the file, or leave the run out.' },
  EVENTS_OUTLAST_RUN: {
    kind: 'input',
    remedy: 'Nothing has to be done: what lies behind the run has no effect.',
  },
  EVENTS_COLUMNS_DIFFER: { kind: 'input', remedy: 'Give the events files of a task the same columns.' },
  EVENTS_LABELS: { kind: 'input', remedy: 'Write every trial type in one way in all events files.' },
  EVENTS_NO_TYPE: { kind: 'input', remedy: 'Give the rows a trial type if they should be modelled.' },
  EVENTS_UNSORTED: { kind: 'input', remedy: 'Nothing has to be done: the rows were sorted by onset.' },
  CONFOUNDS_NOT_FINITE: { kind: 'input', remedy: 'Leave the column out, or correct the named row.' },
  CONFOUNDS_FIRST_ROW: {
    kind: 'input',
    remedy: 'Nothing has to be done: a difference between volumes has no value at the first.',
  },

  // decoding
  MAPPING_SINGULAR: {
    kind: 'input',
    remedy: 'Use fewer latents, more voxels or a ridge: some latents cannot be told apart in these voxels.',
  },
  PATTERN_NOT_FINITE: { kind: 'input', remedy: 'Leave the voxels without data out of the mask.' },
  PATTERN_VOXELS_MISMATCH: {
    kind: 'input',
    remedy: 'Give patterns of the voxels that the mapping was fitted on.',
  },

  // simulation
  SIMULATION_OPTIONS: { kind: 'usage', remedy: 'Correct the named option of the simulated study.' },

  // latent models
  TRAINING_DIVERGED: {
    kind: 'input',
    remedy:
      'Follow the diagnosis, and start a new model from the last good state, which is kept: `fusiform model train --fork NAME --name NEW --set optimiser.learningRate=...`.',
    keepsWork: true,
  },
  OUT_OF_MEMORY: {
    kind: 'machine',
    remedy:
      'Close other programs, or train with a smaller --micro-batch or network; the last checkpoint is kept.',
  },
  TOO_FEW_FACES: { kind: 'input', remedy: 'Import more faces; a few hundred are the least that make sense.' },
  IMAGE_SIZE_MISMATCH: { kind: 'input', remedy: 'Import the images again at the size that the model takes.' },
  LATENT_SIZE_MISMATCH: { kind: 'input', remedy: 'Give codes that the same model made.' },
  CHECKPOINT_MISMATCH: {
    kind: 'project',
    remedy: 'Train from the start, or with the settings that the checkpoint was made with.',
  },
  MICRO_BATCH_HALVED: {
    kind: 'machine',
    remedy: 'Nothing has to be done; with more free memory, or a --micro-batch given, steps take less time.',
  },
  CHECKPOINT_UNKNOWN: {
    kind: 'project',
    remedy: 'Name one of the steps that the message lists, or the model alone for its last good state.',
  },
  CHECKPOINT_DAMAGED: {
    kind: 'project',
    remedy: 'Nothing has to be done: the training goes on from the checkpoint before it.',
  },
  RELEASED_MODEL_MISMATCH: {
    kind: 'input',
    remedy:
      'Give the checkpoint of the released VAE-GAN, or one saved from its code; the details list its variables.',
  },
  MODEL_INVALID: { kind: 'input', remedy: 'Train or import the model again.' },

  // glm
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

  // engines
  ENGINE_UNAVAILABLE: {
    kind: 'machine',
    remedy: 'See `fusiform doctor` for the engines of this machine; `--engine auto` takes the best one.',
  },
  SETTINGS_INVALID: {
    kind: 'machine',
    remedy: 'Correct the named settings file, or set the engine anew with `fusiform engine use auto`.',
  },
  ENGINE_PRECISION_UNSUPPORTED: {
    kind: 'machine',
    remedy: 'Leave `optimiser.precision` at float32, or take the native engine on another processor.',
  },
  ENGINE_OUT_OF_MEMORY: {
    kind: 'machine',
    remedy:
      'Use a smaller batch or a smaller preset, close what else uses the memory, or take another engine (`--engine`).',
  },
  ENGINE_DEVICE_LOST: {
    kind: 'machine',
    remedy:
      'Run the same command again: it goes on from its last checkpoint. If it happens again, take another engine (`--engine`) or renew the graphics driver.',
  },
  ENGINE_FAILED: {
    kind: 'machine',
    remedy: 'Take another engine (`--engine`), and renew the graphics driver.',
  },
  ENGINE_TOOL_MISSING: {
    kind: 'machine',
    remedy: 'Install the packages that are named, then run the same command again.',
  },
  ENGINE_INSTALL_FAILED: {
    kind: 'machine',
    remedy: 'Run the same command again; what was downloaded is used again. WebAssembly works without it.',
  },
  ENGINE_DOWNLOAD_FAILED: {
    kind: 'machine',
    remedy:
      'Run the same command again: it goes on where it stopped. Or bring the wheel from another machine and name it with --from.',
  },
  ENGINE_WHEEL_INVALID: {
    kind: 'input',
    remedy: 'Give the wheel that `fusiform engine install --dry-run` names, copied whole.',
  },
  ENGINE_INSTALL_BUSY: {
    kind: 'machine',
    remedy: 'Wait until the other process has finished, or stop it; then run the same command again.',
  },
  ENGINE_DAMAGED: { kind: 'machine', remedy: 'Run `fusiform engine install`: it installs the engine anew.' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCodes;
