import type { RatingSession, RatingState, RatingSummary } from '../../../shared/contract/rating.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { TableColumn } from '../../formats/table/columns.ts';
import { writeTable } from '../../formats/table/write.ts';
import {
  addRating,
  addRatingSession,
  listRatingSessions,
  listRatings,
  type RatingItem,
  type RatingRecord,
  removeLastRating,
  removeRatingSession,
  type SessionRecord,
} from '../../store/ratings.ts';
import { describeRows } from '../gallery/rows.ts';
import { galleryOf } from '../gallery/table.ts';
import type { Workspace } from '../workspace.ts';
import { planOf, type Shown } from './plan.ts';
import { summarise } from './statistics.ts';

/*
 * Human judgement: which of two decoded pictures is more like the original, as VanRullen & Reddy (2019) asked of VAE-GAN and PCA.
 * Raters do not learn which picture is whose.
 */

export interface CreateRatingRequest {
  readonly name: string;
  /** Latent models and decoders: `vaegan`, `pca`, `vaegan/ridge`. */
  readonly first: string;
  readonly second: string;
  /** Default: all that both were decoded of. */
  readonly subjects?: readonly string[];
  readonly seed: number;
}

/** Makes a session of every face that both decoded. @throws FusiformError RATING_EXISTS, RATING_NOTHING_TO_COMPARE */
export async function createRatingSession(
  workspace: Workspace,
  request: CreateRatingRequest,
): Promise<RatingSession> {
  const { name, first, second, subjects, seed } = request;
  const { sql } = workspace.store;
  if (listRatingSessions(sql).some((session) => session.name === name)) {
    throw new FusiformError('RATING_EXISTS', `The project has a rating session "${name}" already.`);
  }
  const table = await galleryOf(workspace);
  const ids = table.stimuli
    .filter(({ subject }) => subjects === undefined || subjects.includes(subject))
    .map(({ id }) => id);
  const rows = await describeRows(workspace, table, ids, 'all');
  const items = rows.flatMap(({ subject, stimulus, original, cells }): RatingItem[] => {
    const pictureOf = (source: string) => cells.find((cell) => cell.source === source)?.decoded ?? null;
    const [one, other] = [pictureOf(first), pictureOf(second)];
    if (original === null || one === null || other === null || first === second) return [];
    return [{ subject, stimulus, original, first: one, second: other }];
  });
  if (items.length === 0) {
    const known = table.facts.sources.map(({ id }) => id).join(', ') || 'nothing';
    throw new FusiformError(
      'RATING_NOTHING_TO_COMPARE',
      `No face was decoded by both "${first}" and "${second}" with its original at hand (evaluated: ${known}).`,
    );
  }
  addRatingSession(sql, { name, seed, first, second, items });
  return describe(workspace, sessionOf(workspace, name));
}

export function ratingSessions(workspace: Workspace): RatingSession[] {
  return listRatingSessions(workspace.store.sql).map((session) => describe(workspace, session));
}

/** What a rater is to be shown next. */
export function ratingState(workspace: Workspace, name: string, rater: string): RatingState {
  const session = sessionOf(workspace, name);
  const rated = ratingsBy(workspace, session, rater).length;
  const next = planOf(session.seed, rater, session.items.length).at(rated);
  return {
    rated,
    total: session.items.length,
    comparison: next === undefined ? null : shown(session.items[next.item], next),
  };
}

function shown(item: RatingItem, { item: at, firstSide }: Shown): RatingState['comparison'] {
  const { original, first, second } = item;
  return {
    item: at,
    original,
    left: firstSide === 'left' ? first : second,
    right: firstSide === 'left' ? second : first,
  };
}

export interface RatingAnswer {
  readonly rater: string;
  readonly item: number;
  readonly side: 'left' | 'right';
  /** From when the pictures were shown. */
  readonly seconds: number;
}

/**
 * Keeps an answer, and says what comes next.
 *
 * @throws FusiformError RATING_OUT_OF_TURN where the comparison is not the rater's next one, such as one answered in another window
 */
export function answerRating(
  workspace: Workspace,
  name: string,
  { rater, item, side, seconds }: RatingAnswer,
): RatingState {
  const { sql } = workspace.store;
  const session = sessionOf(workspace, name);
  const keep = sql.transaction(() => {
    const place = ratingsBy(workspace, session, rater).length;
    const next = planOf(session.seed, rater, session.items.length).at(place);
    if (next === undefined || next.item !== item) {
      throw new FusiformError('RATING_OUT_OF_TURN', 'This comparison was answered already.');
    }
    const { firstSide } = next;
    const choice = side === firstSide ? 'first' : 'second';
    addRating(sql, session.id, { rater, item, place, choice, firstSide, seconds });
  });
  keep();
  return ratingState(workspace, name, rater);
}

/** Takes a rater's last answer back, and shows that comparison once more. */
export function undoRating(workspace: Workspace, name: string, rater: string): RatingState {
  removeLastRating(workspace.store.sql, sessionOf(workspace, name).id, rater);
  return ratingState(workspace, name, rater);
}

export function ratingSummary(workspace: Workspace, name: string): RatingSummary {
  const session = sessionOf(workspace, name);
  const ratings = listRatings(workspace.store.sql, session.id);
  return summarise(describe(workspace, session), session.items, ratings);
}

export function removeRating(workspace: Workspace, name: string): void {
  removeRatingSession(workspace.store.sql, sessionOf(workspace, name).id);
}

/** Writes every rating as a row, with a description of the columns beside it. @param file with or without `.tsv` */
export async function exportRatings(
  workspace: Workspace,
  name: string,
  file: string,
): Promise<{ file: string; ratings: number }> {
  const session = sessionOf(workspace, name);
  const ratings = listRatings(workspace.store.sql, session.id);
  const stem = file.replace(/\.tsv$/i, '');
  await writeTable(stem, ratingColumns(session, ratings));
  return { file: `${stem}.tsv`, ratings: ratings.length };
}

function ratingColumns(session: SessionRecord, ratings: readonly RatingRecord[]): TableColumn[] {
  const text = (name: string, value: (rating: RatingRecord) => string, description: string): TableColumn => ({
    name,
    type: 'string',
    values: ratings.map(value),
    description,
  });
  const itemOf = ({ item }: RatingRecord) => session.items[item];
  const sourceOf = (side: 'left' | 'right') => (rating: RatingRecord) =>
    rating.firstSide === side ? session.first : session.second;
  return [
    text('session', () => session.name, 'Name of the rating session'),
    text('rater', ({ rater }) => rater, 'Who rated'),
    {
      name: 'place',
      type: 'int',
      values: ratings.map(({ place }) => place + 1),
      description: 'Which of the comparisons of the rater it was, from 1',
    },
    text('subject', (rating) => itemOf(rating).subject, 'Label of the subject whose brain was decoded'),
    text('stimulus', (rating) => itemOf(rating).stimulus, 'The face that was shown'),
    text('left', sourceOf('left'), 'Latent model and decoder of the picture on the left'),
    text('right', sourceOf('right'), 'Latent model and decoder of the picture on the right'),
    text(
      'preferred',
      ({ choice }) => (choice === 'first' ? session.first : session.second),
      'Which was said to be more like the original',
    ),
    {
      name: 'seconds',
      type: 'double',
      values: ratings.map(({ seconds }) => seconds),
      description: 'From when the pictures were shown to the answer',
      units: 's',
    },
    text('answered_at', ({ answeredAt }) => answeredAt, 'When it was answered, UTC'),
  ];
}

function ratingsBy(workspace: Workspace, { id }: SessionRecord, rater: string): RatingRecord[] {
  return listRatings(workspace.store.sql, id).filter((rating) => rating.rater === rater);
}

function sessionOf(workspace: Workspace, name: string): SessionRecord {
  const sessions = listRatingSessions(workspace.store.sql);
  const found = sessions.find((session) => session.name === name);
  if (found === undefined) {
    const names = sessions.map((session) => session.name).join(', ') || 'none';
    throw new FusiformError(
      'NAME_UNKNOWN',
      `The project has no rating session "${name}" (it has: ${names}).`,
      {
        file: workspace.store.dir,
      },
    );
  }
  return found;
}

function describe(workspace: Workspace, session: SessionRecord): RatingSession {
  const { id, name, createdAt, seed, first, second, items } = session;
  const byRater = Map.groupBy(listRatings(workspace.store.sql, id), ({ rater }) => rater);
  return {
    name,
    createdAt,
    seed,
    first,
    second,
    subjects: [...new Set(items.map(({ subject }) => subject))],
    comparisons: items.length,
    raters: [...byRater].map(([rater, own]) => ({ rater, rated: own.length })),
  };
}
