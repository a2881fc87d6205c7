import type { Sql } from './database.ts';

interface FileHash {
  readonly path: string;
  readonly bytes: number;
  readonly modified_ns: string;
  readonly inode: string;
  readonly sha256: string;
}

/**
 * Takes back all that `action` writes to the database, however it ends: for looking at what would be done. Only the hashes
 * of files that it read stay, since reading them again takes as long.
 */
export async function takenBack<T>(sql: Sql, action: () => Promise<T>): Promise<T> {
  sql.exec('BEGIN');
  try {
    return await action();
  } finally {
    const hashes = sql.prepare('SELECT * FROM file_hash').all() as FileHash[];
    sql.exec('ROLLBACK');
    const keep = sql.prepare(
      `INSERT OR REPLACE INTO file_hash (path, bytes, modified_ns, inode, sha256)
       VALUES (@path, @bytes, @modified_ns, @inode, @sha256)`,
    );
    sql.transaction(() => {
      for (const hash of hashes) keep.run(hash);
    })();
  }
}
