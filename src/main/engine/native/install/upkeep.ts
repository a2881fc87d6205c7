import { rm } from 'node:fs/promises';
import { FusiformError } from '../../../../shared/errors.ts';
import type { WorkContext } from '../../../../shared/progress.ts';
import { enginesFolder, type NativeHome, nativeFolder, nativeStatus, readManifest } from '../home.ts';
import { asInstallFault } from './faults.ts';
import { describeFiles, listFiles } from './files.ts';
import { withInstallLock } from './install-lock.ts';
import { downloadsFolder } from './plan.ts';
import { buildingHome } from './provision.ts';

export interface Verification {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Reads every installed file and compares its checksum with the one that was taken when it was installed.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE if none is installed, ENGINE_DAMAGED naming the files, JOB_CANCELLED
 */
export async function verifyNative(options: NativeHome, context: WorkContext): Promise<Verification> {
  const folder = nativeFolder(options);
  const manifest = readManifest(folder);
  if (manifest === undefined) {
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      `There is nothing to verify: ${nativeStatus(options).reason}.`,
      {
        file: folder,
      },
    );
  }
  try {
    const found = await describeFiles(folder, context);
    const expected = Object.entries(manifest.files);
    const damaged = expected
      .filter(([name, { sha256 }]) => found[name]?.sha256 !== sha256)
      .map(([name]) => ({ name, why: found[name] === undefined ? 'missing' : 'changed' }));
    if (damaged.length > 0) {
      const list = damaged.map(({ name, why }) => `${name} (${why})`).join(', ');
      throw new FusiformError('ENGINE_DAMAGED', `Not as they were installed: ${list}.`, {
        file: folder,
        details: { damaged },
      });
    }
    return {
      folder,
      files: expected.length,
      bytes: expected.reduce((sum, [, { bytes }]) => sum + bytes, 0),
    };
  } catch (error) {
    throw asInstallFault(error, folder);
  }
}

export interface Removal {
  /** The folders that were there. */
  readonly removed: readonly string[];
  /** Bytes freed. */
  readonly bytes: number;
}

/** Removes the engine and what attempts to install it left behind. */
export async function removeNative(options: NativeHome): Promise<Removal> {
  const engines = enginesFolder(options);
  if ((await listFiles(engines)).length === 0) return { removed: [], bytes: 0 };
  return await withInstallLock(engines, async () => {
    const removed = [];
    let bytes = 0;
    const native = nativeFolder(options);
    // `native.building` is where earlier versions worked.
    for (const folder of [
      native,
      `${native}.former`,
      `${native}.building`,
      buildingHome(options),
      downloadsFolder(options),
    ]) {
      const files = await listFiles(folder);
      if (files.length > 0) removed.push(folder);
      bytes += files.reduce((sum, file) => sum + file.bytes, 0);
      await rm(folder, { recursive: true, force: true });
    }
    return { removed, bytes };
  }).catch((error: unknown) => {
    throw asInstallFault(error, engines);
  });
}
