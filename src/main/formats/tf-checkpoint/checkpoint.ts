import { openBundle } from './bundle.ts';
import { locateCheckpoint } from './locate.ts';
import type { Checkpoint } from './types.ts';
import { openV1 } from './v1.ts';

/**
 * Opens a TensorFlow checkpoint of either format, without TensorFlow.
 *
 * @param path its prefix (`model.ckpt-1000`), its `.index`, the single file of the first format, or a folder with
 *   TensorFlow's file `checkpoint`.
 * @throws FusiformError FILE_NOT_FOUND, TF_CHECKPOINT_INVALID, TF_CHECKPOINT_UNSUPPORTED
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const found = await locateCheckpoint(path);
  return found.version === 1 ? openV1(found.tables) : openBundle(found.prefix);
}
