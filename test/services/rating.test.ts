import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  answerRating,
  createRatingSession,
  exportRatings,
  ratingSessions,
  ratingState,
  ratingSummary,
  removeRating,
  undoRating,
} from '../../src/main/services/rating/index.ts';
import { planOf } from '../../src/main/services/rating/plan.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { addRatingSession, listRatings, type RatingItem } from '../../src/main/store/ratings.ts';
import { freshFolder } from './fresh-folder.ts';

const nItems = 20;
const items = Array.from(
  { length: nItems },
  (_, at): RatingItem => ({
    subject: at < 12 ? '01' : '02',
    stimulus: `test/${at}.png`,
    original: `original/${at}.png`,
    first: `vaegan/${at}.png`,
    second: `pca/${at}.png`,
  }),
);

describe('a rating session', () => {
  const folder = freshFolder();
  const dir = join(folder.path, 'project');
  let workspace: Workspace;

  before(() => {
    workspace = Workspace.create(dir);
    addRatingSession(workspace.store.sql, { name: 'taste', seed: 7, first: 'vaegan', second: 'pca', items });
  });
  after(async () => {
    await workspace.close();
    folder.remove();
  });

  /** Answers for the picture that `prefers` says, as many times as asked. */
  const rate = (rater: string, times: number, prefers: (item: number) => 'vaegan' | 'pca') => {
    for (let time = 0; time < times; time += 1) {
      const { comparison } = ratingState(workspace, 'taste', rater);
      assert.ok(comparison);
      const side = comparison.left.startsWith(prefers(comparison.item)) ? 'left' : 'right';
      answerRating(workspace, 'taste', { rater, item: comparison.item, side, seconds: 1.5 });
    }
  };

  it('shows each rater every face once, in an order and on sides of their own, balanced', () => {
    const [one, other] = ['A', 'B'].map((rater) => planOf(7, rater, nItems));
    for (const plan of [one, other]) {
      assert.deepEqual(
        plan.map(({ item }) => item).sort((a, b) => a - b),
        [...Array(nItems).keys()],
      );
      assert.equal(plan.filter(({ firstSide }) => firstSide === 'left').length, nItems / 2);
    }
    assert.notDeepEqual(one, other);
    assert.deepEqual(planOf(7, 'A', nItems), one);
    assert.notDeepEqual(planOf(8, 'A', nItems), one);
  });

  it('tells of no picture whose it is but by its address, and goes on after a restart', async () => {
    rate('A', 5, () => 'vaegan');
    const before = ratingState(workspace, 'taste', 'A');
    assert.deepEqual(Object.keys(before.comparison ?? {}).sort(), ['item', 'left', 'original', 'right']);
    await workspace.close();
    workspace = Workspace.open(dir);
    assert.deepEqual(ratingState(workspace, 'taste', 'A'), before);
  });

  it('takes the last answer back, and refuses one that was given already', () => {
    const shown = ratingState(workspace, 'taste', 'A').comparison;
    assert.ok(shown);
    answerRating(workspace, 'taste', { rater: 'A', item: shown.item, side: 'left', seconds: 1 });
    assert.throws(
      () => answerRating(workspace, 'taste', { rater: 'A', item: shown.item, side: 'left', seconds: 1 }),
      { code: 'RATING_OUT_OF_TURN' },
    );
    const back = undoRating(workspace, 'taste', 'A');
    assert.equal(back.rated, 5);
    assert.deepEqual(back.comparison, shown);
  });

  it('counts preferences wherever the pictures stood, tests them, and measures agreement', () => {
    rate('A', 15, () => 'vaegan');
    assert.equal(ratingState(workspace, 'taste', 'A').comparison, null);
    rate('B', nItems, (item) => (item % 4 === 0 ? 'pca' : 'vaegan'));
    rate('C', 3, () => 'pca');
    const { all, raters, subjects, overRaters, overFaces, agreement } = ratingSummary(workspace, 'taste');
    assert.deepEqual([all?.n, all?.preferFirst], [43, 35]);
    assert.deepEqual(
      raters.map(({ rater, n, share }) => [rater, n, share]),
      [
        ['A', 20, 1],
        ['B', 20, 0.75],
        ['C', 3, 0],
      ],
    );
    // scipy.stats.binomtest(20, 20).pvalue, binomtest(15, 20).pvalue
    assert.ok(Math.abs(raters[0].p - 1.9073486328125e-6) < 1e-15);
    assert.ok(Math.abs(raters[1].p - 0.04138946533203125) < 1e-12);
    assert.equal(
      subjects.reduce((sum, { n }) => sum + n, 0),
      43,
    );
    assert.equal(overRaters?.n, 3);
    assert.equal(overFaces?.n, nItems);
    // The three faces that all three rated.
    assert.deepEqual([agreement?.nItems, agreement?.nRaters], [3, 3]);
  });

  it('exports a row a rating with sides as they were', async () => {
    const { file, ratings } = await exportRatings(workspace, 'taste', join(folder.path, 'out.tsv'));
    assert.equal(ratings, 43);
    const [head, ...rows] = (await readFile(file, 'utf8')).trim().split('\n');
    const columns = head.split('\t');
    assert.equal(rows.length, 43);
    const records = rows.map((row) =>
      Object.fromEntries(row.split('\t').map((cell, at) => [columns[at], cell])),
    );
    for (const { left, right } of records) assert.deepEqual([left, right].sort(), ['pca', 'vaegan']);
    assert.equal(records.filter(({ preferred }) => preferred === 'vaegan').length, 35);
  });

  it('refuses a name that is taken, one that is unknown, and a project in which nothing was decoded', async () => {
    const request = { name: 'taste', first: 'vaegan', second: 'pca', seed: 1 };
    await assert.rejects(createRatingSession(workspace, request), { code: 'RATING_EXISTS' });
    await assert.rejects(createRatingSession(workspace, { ...request, name: 'other' }), {
      code: 'RATING_NOTHING_TO_COMPARE',
    });
    assert.throws(() => ratingSummary(workspace, 'nobody'), { code: 'NAME_UNKNOWN' });
  });

  it('goes with its ratings when it is removed', () => {
    removeRating(workspace, 'taste');
    assert.deepEqual(ratingSessions(workspace), []);
    assert.deepEqual(listRatings(workspace.store.sql, 1), []);
  });
});
