import type { JsonObject } from '../../shared/json.ts';
import { type Sql, schemaVersion } from './database.ts';

/**
 * - `proposed`: the program's, nobody has looked at it;
 * - `confirmed`: the user has, and left it as it was;
 * - `edited`: the user has changed it;
 * - `restored`: an earlier version was taken back.
 */
export type RoleTableOrigin = 'proposed' | 'confirmed' | 'edited' | 'restored';

export interface RoleTableVersion {
  readonly subject: string;
  /** 1 for the first; the highest holds. */
  readonly version: number;
  readonly createdAt: string;
  readonly origin: RoleTableOrigin;
  /** The version that was taken back; null where none was. */
  readonly restoredFrom: number | null;
  readonly content: JsonObject;
}

/** The schema that has the table; a project that is only looked at may be older. */
const since = 3;

/** Keeps a new version of a subject's role table; earlier ones stay. */
export function addRoleTable(
  sql: Sql,
  table: Pick<RoleTableVersion, 'subject' | 'origin' | 'content'> & { readonly restoredFrom?: number },
): number {
  const { subject, origin, content, restoredFrom = null } = table;
  const add = sql.transaction((): number => {
    const version = (latestRoleTable(sql, subject)?.version ?? 0) + 1;
    sql
      .prepare(
        `INSERT INTO role_table (subject, version, created_at, origin, restored_from, content)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(subject, version, new Date().toISOString(), origin, restoredFrom, JSON.stringify(content));
    return version;
  });
  return add();
}

/** Every version of a subject's role table, the first one first. */
export function listRoleTables(sql: Sql, subject: string): RoleTableVersion[] {
  if (schemaVersion(sql) < since) return [];
  const rows = sql
    .prepare(
      `SELECT subject, version, created_at AS createdAt, origin, restored_from AS restoredFrom, content
       FROM role_table WHERE subject = ? ORDER BY version`,
    )
    .all(subject) as (Omit<RoleTableVersion, 'content'> & { content: string })[];
  return rows.map((row) => ({ ...row, content: JSON.parse(row.content) as JsonObject }));
}

export function latestRoleTable(sql: Sql, subject: string): RoleTableVersion | undefined {
  return listRoleTables(sql, subject).at(-1);
}

/** How a subject's study is to be read, where what lies there leaves a choice: layout, derivatives, space. */
export function setStudyOptions(sql: Sql, subject: string, options: JsonObject): void {
  sql
    .prepare(
      `INSERT INTO study_options (subject, options) VALUES (?, ?)
       ON CONFLICT (subject) DO UPDATE SET options = excluded.options`,
    )
    .run(subject, JSON.stringify(options));
}

export function studyOptions(sql: Sql, subject: string): JsonObject {
  if (schemaVersion(sql) < since) return {};
  const row = sql.prepare('SELECT options FROM study_options WHERE subject = ?').get(subject) as
    | { options: string }
    | undefined;
  return row === undefined ? {} : (JSON.parse(row.options) as JsonObject);
}
