import type { ErrorDefinition } from './definition.ts';

/** Face sets, latent models and their codes. */
export const faceErrors = {
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
  TRAINING_FACES_UNKNOWN: {
    kind: 'project',
    remedy: 'Import the face set that the model was trained on again, under the same settings.',
  },
  LATENTS_DIM_MISMATCH: { kind: 'input', remedy: 'Use the model that made the codes, or encode again.' },
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
  DECODING_SUPERSEDED: { kind: 'usage', remedy: 'Nothing has to be done: the newer request is answered.' },
  DECODING_BUSY: { kind: 'machine', remedy: 'Wait until what was asked for before is shown.' },
  MODEL_INVALID: { kind: 'input', remedy: 'Train or import the model again.' },

  // simulation
  SIMULATION_OPTIONS: { kind: 'usage', remedy: 'Correct the named option of the simulated study.' },
} as const satisfies Record<string, ErrorDefinition>;
