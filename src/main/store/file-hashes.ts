import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Sql } from './database.ts';

/** SHA-256 of a file's content in hexadecimal, read in a stream. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** As `sha256File`, but a file whose size and time of change are known is not read again. */
export async function rememberedHash(sql: Sql, path: string): Promise<string> {
  const info = await stat(path, { bigint: true });
  const known = sql
    .prepare('SELECT sha256 FROM file_hash WHERE path = ? AND bytes = ? AND modified_ns = ?')
    .get(path, info.size, String(info.mtimeNs)) as { sha256: string } | undefined;
  if (known) return known.sha256;
  const sha256 = await sha256File(path);
  sql
    .prepare('INSERT OR REPLACE INTO file_hash (path, bytes, modified_ns, sha256) VALUES (?, ?, ?, ?)')
    .run(path, info.size, String(info.mtimeNs), sha256);
  return sha256;
}
