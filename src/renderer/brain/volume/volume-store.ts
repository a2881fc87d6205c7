import { FusiformError } from '../../../shared/errors.ts';
import { type ErrorCode, errorCodes } from '../../../shared/error-codes.ts';
import { type ValueRange, valueRange } from '../layers/statistics.ts';
import { type ReadVolume, readNiftiVolume } from './read-volume.ts';

export interface LoadedVolume extends ReadVolume {
  readonly range: ValueRange;
}

/** Bytes of voxels that are kept; the volume that was looked at longest ago goes first. */
const mostBytes = 512 * 2 ** 20;

/** Volumes by their address, fetched once. */
class VolumeStore {
  readonly #kept = new Map<string, { volume: Promise<LoadedVolume>; bytes: number }>();

  get(address: string, name: string): Promise<LoadedVolume> {
    const known = this.#kept.get(address) ?? { volume: load(address, name), bytes: 0 };
    this.#kept.delete(address);
    this.#kept.set(address, known);
    known.volume.then(
      ({ data }) => {
        known.bytes = data.byteLength;
        this.#forgetOldest();
      },
      () => this.#kept.delete(address),
    );
    return known.volume;
  }

  #forgetOldest(): void {
    let bytes = 0;
    for (const [address, kept] of [...this.#kept].reverse()) {
      bytes += kept.bytes;
      if (bytes > mostBytes && kept.bytes > 0) this.#kept.delete(address);
    }
  }
}

export const volumes = new VolumeStore();

async function load(address: string, name: string): Promise<LoadedVolume> {
  const response = await fetch(address);
  if (!response.ok) {
    const text = (await response.text()).trim();
    const code = /^([A-Z0-9_]+):/.exec(text)?.[1];
    throw new FusiformError(
      code !== undefined && code in errorCodes ? (code as ErrorCode) : 'FILE_NOT_FOUND',
      text,
      {
        file: name,
      },
    );
  }
  const volume = await readNiftiVolume(await response.arrayBuffer(), name);
  return { ...volume, range: valueRange(volume.data) };
}
