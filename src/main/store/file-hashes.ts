import { createHash, hash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Sql } from './database.ts';

/** SHA-256 of a file's content in hexadecimal, read in a stream. */
export async function sha256File(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  return digest.digest('hex');
}

/** As `sha256File`, but a file whose size, time of change and inode are known is not read again. */
export async function rememberedHash(sql: Sql, path: string): Promise<string> {
  const [found] = await rememberedHashes(sql, [path]);
  if (found instanceof Error) throw found;
  return found;
}

/** Files in work at once: enough to hide the latency of a disk on the network. */
const filesAtOnce = 32;
/** Files a transaction remembers. */
const filesRemembered = 4096;
/** Up to this many bytes a file is read at once, which is faster than a stream. */
const smallFile = 2n ** 22n;

/**
 * The hashes of many files, in their order; those that are remembered are only looked at. A file that cannot be read
 * gives its error instead. New hashes are remembered every few thousand files, so that work that is broken off is
 * not lost.
 *
 * @param progress called after each group of files; throws to cancel.
 */
export async function rememberedHashes(
  sql: Sql,
  paths: readonly string[],
  progress: (done: number) => void = () => undefined,
): Promise<(string | Error)[]> {
  const lookUp = sql.prepare(
    'SELECT sha256 FROM file_hash WHERE path = ? AND bytes = ? AND modified_ns = ? AND inode = ?',
  );
  const remember = sql.prepare(
    'INSERT OR REPLACE INTO file_hash (path, bytes, modified_ns, inode, sha256) VALUES (?, ?, ?, ?, ?)',
  );
  let fresh: { path: string; info: BigIntStats; sha256: string }[] = [];
  const store = sql.transaction(() => {
    for (const { path, info, sha256 } of fresh) {
      remember.run(path, info.size, String(info.mtimeNs), String(info.ino), sha256);
    }
  });
  const hashOf = async (path: string): Promise<string | Error> => {
    try {
      const info = await stat(path, { bigint: true });
      if (!info.isFile()) return notAFile(path);
      const known = lookUp.get(path, info.size, String(info.mtimeNs), String(info.ino)) as
        | { sha256: string }
        | undefined;
      if (known) return known.sha256;
      const sha256 =
        info.size <= smallFile ? hash('sha256', await readFile(path), 'hex') : await sha256File(path);
      fresh.push({ path, info, sha256 });
      return sha256;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return error;
      throw error;
    }
  };
  const hashes: (string | Error)[] = [];
  try {
    for (let start = 0; start < paths.length; start += filesAtOnce) {
      hashes.push(...(await Promise.all(paths.slice(start, start + filesAtOnce).map(hashOf))));
      if (fresh.length >= filesRemembered) {
        store();
        fresh = [];
      }
      progress(hashes.length);
    }
  } finally {
    store();
  }
  return hashes;
}

/** Reading a pipe or a device might wait for ever. */
function notAFile(path: string): Error {
  return Object.assign(new Error(`${path} is no ordinary file`), { code: 'EISDIR' });
}
