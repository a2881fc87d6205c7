import type { ErrorDefinition } from './definition.ts';

/** Files of one format. */
export const formatErrors = {
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
  TABLE_INVALID: { kind: 'input', remedy: 'Correct the table at the named line.' },
  TABLE_ROW_RAGGED: { kind: 'input', remedy: 'Give the row as many cells as the header has columns.' },
  TABLE_COLUMN_UNKNOWN: { kind: 'input', remedy: 'Name one of the columns that the table has.' },
  JSON_SYNTAX: { kind: 'input', remedy: 'Correct the JSON at the named line.' },
  IMAGE_UNREADABLE: { kind: 'input', remedy: 'Replace the image, or leave it out.' },
  IMAGE_TOO_SMALL: { kind: 'input', remedy: 'Replace the image by a larger one, or leave it out.' },
  IMAGE_TOO_LARGE: { kind: 'input', remedy: 'Reduce the image to fewer pixels, or leave it out.' },
} as const satisfies Record<string, ErrorDefinition>;
