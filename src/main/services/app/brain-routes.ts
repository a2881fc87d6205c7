import { join } from 'node:path';
import { encodeNifti } from '../../formats/nifti/write.ts';
import { readVolume } from '../../formats/nifti/read.ts';
import { imageEnding, surfaceEnding } from '../brain/image-ids.ts';
import { mappingRegionsImage } from '../brain/mapping-regions.ts';
import { meanImage } from '../brain/mean-image.ts';
import { surfaceBytes } from '../brain/surface-bytes.ts';
import { bytesResponse, fileResponse, immutable, volatile } from './responses.ts';

const nifti = 'application/octet-stream';

/**
 * Images and surfaces of the brain. Files are named by their place on the host's disk, as everywhere where the user
 * chooses one; nothing but images and surfaces is sent.
 *
 * @returns null where there is no such thing
 */
export async function brainRoute(
  request: Request,
  url: URL,
  area: 'files' | 'means' | 'surfaces',
): Promise<Response | null> {
  const path = url.searchParams.get('path');
  if (path === null || !(area === 'surfaces' ? surfaceEnding : imageEnding).test(path)) return null;
  if (area === 'means') return bytesResponse(await meanImage(path), nifti, volatile);
  if (area === 'surfaces') return bytesResponse(await surfaceBytes(path), nifti, volatile);
  if (/\.(hdr|img)(\.gz)?$/i.test(path)) {
    return bytesResponse(encodeNifti(await readVolume(path)), nifti, volatile);
  }
  return fileResponse(request, path, { cacheControl: volatile });
}

/** The regions of a mapping as an image of labels. */
export async function regionsRoute(artifactsDir: string, hash: string): Promise<Response> {
  return bytesResponse(await mappingRegionsImage(join(artifactsDir, hash)), nifti, immutable);
}
