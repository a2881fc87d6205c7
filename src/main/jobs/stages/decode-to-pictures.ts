import type { WorkContext } from '../../../shared/progress.ts';
import { toPixels } from '../../formats/image/encode.ts';
import { chunks } from '../../generative/chunks.ts';
import type { LatentModel } from '../../generative/latent-model.ts';

const codesAtOnce = 128;

/**
 * Pictures of codes, to stand in a table of pictures: all of them are held in memory.
 *
 * @param codes [n, latentDim]
 * @returns n pictures, each [imageSize, imageSize, 3], bytes
 */
export async function decodeToPictures(
  model: LatentModel,
  codes: Float32Array,
  { report, signal }: WorkContext,
): Promise<Uint8Array[]> {
  const { latentDim, imageSize } = model;
  const stride = imageSize * imageSize * 3;
  const count = codes.length / latentDim;
  const pictures: Uint8Array[] = [];
  for (const [from, to] of chunks(count, codesAtOnce)) {
    signal.throwIfAborted();
    const values = await model.decode(codes.subarray(from * latentDim, to * latentDim));
    for (let at = 0; at < to - from; at++)
      pictures.push(toPixels(values.subarray(at * stride, (at + 1) * stride)));
    report({ done: to, total: count, unit: 'images' });
  }
  return pictures;
}
