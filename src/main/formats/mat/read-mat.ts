import { RandomAccessFile } from '../files/random-access.ts';
import { Mat73File } from './hdf5.ts';
import { listLevel5, readLevel5 } from './level5-read.ts';
import type { MatValue, MatVariable, MatVariables } from './values.ts';

const hdf5Magic = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** Whether a file is HDF5, which MATLAB 7.3 puts behind a block of 512 bytes of its own. */
export async function isHdf5(path: string): Promise<boolean> {
  const file = await RandomAccessFile.open(path);
  try {
    const begin = Buffer.from(await file.read(0, 520));
    return [0, 512].some((at) => begin.subarray(at, at + 8).equals(hdf5Magic));
  } finally {
    await file.close();
  }
}

/**
 * Reads a MATLAB file of any version since 5 (Level 5 and 7.3). See `MatValue` for the order of axes. Files larger than
 * memory: `Mat73File`, which reads parts.
 *
 * @param names the variables wanted, as far as the file has them; without it, all.
 * @throws FusiformError MAT_INVALID, MAT_UNSUPPORTED, MAT_TOO_LARGE, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readMat(path: string, names?: readonly string[]): Promise<MatVariables> {
  const wanted = names === undefined ? undefined : new Set(names);
  if (!(await isHdf5(path))) return readLevel5(path, wanted);
  const file = await Mat73File.open(path);
  try {
    const variables = new Map<string, MatValue>();
    for (const name of file.variables.keys()) {
      if (wanted === undefined || wanted.has(name)) variables.set(name, file.read(name));
    }
    return variables;
  } finally {
    file.close();
  }
}

/** The variables of a MATLAB file of any version since 5; their values are not read. */
export async function listMat(path: string): Promise<MatVariable[]> {
  if (!(await isHdf5(path))) return listLevel5(path);
  const file = await Mat73File.open(path);
  try {
    return [...file.variables.values()];
  } finally {
    file.close();
  }
}
