import { join, resolve } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { gridOf, readNiftiHeader } from '../../formats/nifti/read.ts';
import type { Grid } from '../../imaging/grid.ts';
import { mappingGrid } from './mapping-regions.ts';

/** Images that are read as they lie. A pair (`.hdr`, `.img`) is sent as one file. */
export const imageEnding = /\.(nii|hdr|img)(\.gz)?$/i;
export const surfaceEnding = /\.gii(\.gz)?$/i;

const hashPattern = /^[0-9a-f]{32}$/;

/** Where an image comes from, as its id in addresses says. */
export type ImageSource =
  | { readonly kind: 'artifact'; readonly hash: string; readonly file: string }
  | { readonly kind: 'regions'; readonly hash: string }
  | { readonly kind: 'mean' | 'file'; readonly file: string };

/** @throws FusiformError PARAMETERS_INVALID */
export function parseImageId(id: string): ImageSource {
  const [, kind, rest] = /^(regions|mean|file):(.+)$/s.exec(id) ?? [];
  if ((kind === 'file' || kind === 'mean') && imageEnding.test(rest)) return { kind, file: resolve(rest) };
  if (kind === 'regions' && hashPattern.test(rest)) return { kind, hash: rest };
  const [, hash, file] = /^artifacts\/([0-9a-f]{32})\/([^\\]+)$/.exec(id) ?? [];
  if (hash !== undefined && !file.split('/').includes('..')) return { kind: 'artifact', hash, file };
  throw new FusiformError('PARAMETERS_INVALID', `"${id}" names no image.`);
}

/** Where the voxels of an image lie. @throws FusiformError as `readNiftiHeader` */
export async function gridOfImage(artifactsDir: string, id: string): Promise<Grid> {
  const source = parseImageId(id);
  if (source.kind === 'regions') return mappingGrid(join(artifactsDir, source.hash));
  const file = source.kind === 'artifact' ? join(artifactsDir, source.hash, source.file) : source.file;
  return gridOf(await readNiftiHeader(file));
}
