import type { ErrorDefinition } from './definition.ts';

/** Studies, their runs, and what was shown in them. */
export const runErrors = {
  // studies and their tables
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
    remedy:
      'Take these faces out of the training or of the test trials; where pictures are only nearly alike and yet different, --allow-near goes on.',
  },
  LEAKAGE_IMAGERY_TRAIN: {
    kind: 'input',
    remedy: 'Take candidates that the subject was not trained on; the details list all pairs.',
  },
  LEAKAGE_NEAR_ALLOWED: {
    kind: 'input',
    remedy: 'Look at the pairs; leave --allow-near out if any shows the same picture.',
  },
  LEAKAGE_MODEL_FACES: {
    kind: 'input',
    remedy:
      'Train the model without these faces if pictures are to be compared with those of faces that it never saw; the details list all pairs.',
  },
  LEAKAGE_LABELLED_FACES: {
    kind: 'input',
    remedy: 'Nothing has to be done: these faces took no part in what was learnt from labels.',
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
  ROLES_OF_OTHER_EVENTS: {
    kind: 'input',
    remedy:
      'Look at the roles that are proposed (`fusiform subject roles`); the table before is among the versions (`--history`).',
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
  IMAGERY_NONE: {
    kind: 'input',
    remedy: 'Give the trial type of imagery its role (`fusiform subject roles --set TYPE=imagery`).',
  },
  IMAGERY_UNNAMED: { kind: 'usage', remedy: 'Name the face that was imagined (--imagined).' },
  IMAGERY_NOT_A_CANDIDATE: { kind: 'input', remedy: 'Name the imagined face among its candidates.' },
  LABELS_INCOMPLETE: { kind: 'input', remedy: 'Complete the labels of the stimuli, or leave --gender out.' },
  ATTRIBUTE_UNKNOWN: { kind: 'usage', remedy: 'Name an attribute as the message lists them: COLUMN=VALUE.' },
  REGION_UNKNOWN: { kind: 'usage', remedy: 'Name a region that was decoded; the message lists them.' },
  TEST_FACES_UNLABELLED: {
    kind: 'input',
    remedy:
      'Label the test faces: labels.tsv among the stimuli, or a table with a column of file names (--labels).',
  },
  LABELS_OF_ANOTHER_SET: { kind: 'input', remedy: 'Give the labels of the faces that the codes are of.' },
  LABEL_CLASS_EMPTY: {
    kind: 'input',
    remedy: 'Name a value that some of the faces have, and some have not.',
  },
  PATTERNS_TOO_FEW: { kind: 'input', remedy: 'Take a larger mask, more runs or more conditions.' },
} as const satisfies Record<string, ErrorDefinition>;
