import { openMat } from './open-mat.ts';
import type { MatValue, MatVariable, MatVariables } from './values.ts';

/**
 * Reads a MATLAB file of any version since 5 (Level 5 and 7.3). See `MatValue` for the order of axes. Files larger than
 * memory: `openMat`, which reads parts.
 *
 * @param names the variables wanted, as far as the file has them; without it, all.
 * @throws FusiformError MAT_INVALID, MAT_UNSUPPORTED, MAT_TOO_LARGE, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readMat(path: string, names?: readonly string[]): Promise<MatVariables> {
  const file = await openMat(path);
  try {
    const variables = new Map<string, MatValue>();
    for (const name of file.variables.keys()) {
      if (names === undefined || names.includes(name)) variables.set(name, await file.read(name));
    }
    return variables;
  } finally {
    file.close();
  }
}

/** The variables of a MATLAB file of any version since 5; their values are not read. */
export async function listMat(path: string): Promise<MatVariable[]> {
  const file = await openMat(path);
  file.close();
  return [...file.variables.values()];
}
