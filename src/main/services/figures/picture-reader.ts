import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../formats/image/encode.ts';
import { readFaceSet } from '../../jobs/stages/face-set.ts';
import type { Workspace } from '../workspace.ts';

/** Reads a picture by its address below the project's; null where it is not at hand. */
export type PictureReader = (address: string | null) => Promise<Uint8Array | null>;

/** A picture of what a region decodes, which has to be made. */
export type MakeRegionPicture = (
  hashes: { readonly decoding: string; readonly model: string },
  region: string,
  row: number,
) => Promise<Uint8Array | null>;

/** @param make absent: pictures of regions are not at hand */
export function pictureReader({ store }: Workspace, make?: MakeRegionPicture): PictureReader {
  return async (address) => {
    if (address === null) return null;
    const { pathname, searchParams } = new URL(address, 'file:///');
    const [area, hash, ...rest] = pathname.slice(1).split('/').map(decodeURIComponent);
    if (area === 'artifacts') return readFile(join(store.artifactsDir, hash, ...rest)).catch(() => null);
    const row = Number.parseInt(rest.at(-1) ?? '', 10);
    if (area === 'faces') return facePicture(join(store.artifactsDir, hash), row);
    const model = searchParams.get('model') ?? '';
    return (await make?.({ decoding: hash, model }, rest[0], row)) ?? null;
  };
}

async function facePicture(folder: string, row: number): Promise<Uint8Array> {
  const { images, close } = await readFaceSet(folder);
  try {
    return await encodePng(images.image(row), images.size, images.size);
  } finally {
    close();
  }
}
