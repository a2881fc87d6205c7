import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** A short name of a project's folder for addresses: links and aliases of one folder have one name. */
export function projectIdOf(dir: string): string {
  return createHash('sha256').update(wholePath(dir)).digest('hex').slice(0, 12);
}

/** The folder without links; as it is where it is not there. */
export function wholePath(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    return resolve(dir);
  }
}
