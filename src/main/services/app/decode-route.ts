import { FusiformError } from '../../../shared/errors.ts';
import type { Explorer } from '../explorer.ts';
import { bytesResponse, refused, volatile } from './responses.ts';
import { encodeSheet } from './sheet.ts';

/** Pictures of one request. */
const codesLimit = 256;
/** As many codes of 4096 latents, in float32. */
const bytesLimit = codesLimit * 4096 * 4;

/**
 * Codes to pictures: the body is float32, little-endian, [n, latents of the model]; the answer is a PNG of the pictures
 * side by side, without gaps, in rows of `columns` (default: one row). Of requests with the same `place` that wait, the
 * newest is answered and the others are refused with 409.
 */
export async function decodeRoute(
  request: Request,
  url: URL,
  explorer: Explorer,
  model: string,
): Promise<Response> {
  const body = await readBody(request);
  if (body === null) return refused(413, `At most ${bytesLimit} bytes of codes are decoded at a time.`);
  if (body.length === 0 || body.length % 4 !== 0) {
    throw new FusiformError('LATENT_SIZE_MISMATCH', `${body.length} bytes are no codes of float32 numbers.`);
  }
  const { pictures, imageSize } = await explorer.decode(model, float32Of(body), {
    place: url.searchParams.get('place'),
    limit: codesLimit,
  });
  const columns = Number(url.searchParams.get('columns') ?? pictures.length);
  if (!Number.isInteger(columns) || columns < 1 || columns > codesLimit) {
    return refused(400, `Columns are 1 to ${codesLimit}.`);
  }
  const png = await encodeSheet(pictures, imageSize, imageSize, Math.min(columns, pictures.length));
  return bytesResponse(png, 'image/png', volatile);
}

/** The whole body; null where it is longer than allowed, whatever its header says. */
async function readBody(request: Request): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesLimit) return null;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > bytesLimit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function float32Of(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true));
}
