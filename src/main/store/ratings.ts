import type { Sql } from './database.ts';
import { schemaVersion } from './database.ts';

/** Two decoded pictures of one face beside the original; addresses below the project's artefacts. */
export interface RatingItem {
  readonly subject: string;
  readonly stimulus: string;
  readonly original: string;
  readonly first: string;
  readonly second: string;
}

export interface SessionRecord {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  readonly seed: number;
  readonly first: string;
  readonly second: string;
  /** As they were when the session was made: what is evaluated later changes nothing in it. */
  readonly items: readonly RatingItem[];
}

export interface RatingRecord {
  readonly rater: string;
  readonly item: number;
  /** Counts the rater's answers from 0. */
  readonly place: number;
  readonly choice: 'first' | 'second';
  /** Where the first stood. */
  readonly firstSide: 'left' | 'right';
  readonly seconds: number;
  readonly answeredAt: string;
}

/** The schema that has the tables; a project that is only looked at may be older. */
const since = 8;

export function addRatingSession(sql: Sql, session: Omit<SessionRecord, 'id' | 'createdAt'>): void {
  sql
    .prepare(
      `INSERT INTO rating_session (name, created_at, seed, first, second, items) VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(
      session.name,
      new Date().toISOString(),
      session.seed,
      session.first,
      session.second,
      JSON.stringify(session.items),
    );
}

export function listRatingSessions(sql: Sql): SessionRecord[] {
  if (schemaVersion(sql) < since) return [];
  const rows = sql
    .prepare(
      'SELECT id, name, created_at AS createdAt, seed, first, second, items FROM rating_session ORDER BY id',
    )
    .all() as (Omit<SessionRecord, 'items'> & { items: string })[];
  return rows.map((row) => ({ ...row, items: JSON.parse(row.items) as RatingItem[] }));
}

/** The session goes with all its ratings. */
export function removeRatingSession(sql: Sql, id: number): void {
  sql.prepare('DELETE FROM rating_session WHERE id = ?').run(id);
}

/** In the order in which they were given. */
export function listRatings(sql: Sql, session: number): RatingRecord[] {
  return sql
    .prepare(
      `SELECT rater, item, place, choice, first_side AS firstSide, seconds, answered_at AS answeredAt
       FROM rating WHERE session = ? ORDER BY rater, place`,
    )
    .all(session) as RatingRecord[];
}

export function addRating(sql: Sql, session: number, rating: Omit<RatingRecord, 'answeredAt'>): void {
  const { rater, item, place, choice, firstSide, seconds } = rating;
  sql
    .prepare(
      `INSERT INTO rating (session, rater, item, place, choice, first_side, seconds, answered_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(session, rater, item, place, choice, firstSide, seconds, new Date().toISOString());
}

/** Takes a rater's last answer back; nothing where there is none. */
export function removeLastRating(sql: Sql, session: number, rater: string): void {
  sql
    .prepare(
      `DELETE FROM rating WHERE session = ? AND rater = ?
         AND place = (SELECT max(place) FROM rating WHERE session = ? AND rater = ?)`,
    )
    .run(session, rater, session, rater);
}
