import { FusiformError } from '../../../shared/errors.ts';

/** What is wrong with a checkpoint, found where the file's name is not known. */
export class CheckpointFault extends Error {
  override readonly name = 'CheckpointFault';
}

/** Runs a part of the reader and names the file in what it finds wrong. */
export async function inFile<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof CheckpointFault ? invalid(error.message, file) : error;
  }
}

export function invalid(why: string, file: string): FusiformError {
  return new FusiformError('TF_CHECKPOINT_INVALID', `This TensorFlow checkpoint is damaged: ${why}.`, {
    file,
  });
}

export function unsupported(why: string, file: string): FusiformError {
  return new FusiformError(
    'TF_CHECKPOINT_UNSUPPORTED',
    `This TensorFlow checkpoint cannot be read: ${why}.`,
    {
      file,
    },
  );
}
