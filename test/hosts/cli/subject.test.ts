import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runPath, writeFaceStudy } from '../../services/face-study-fixture.ts';
import { freshFolder } from '../../services/fresh-folder.ts';
import { errorOf, runCli } from './run-cli.ts';

describe('a subject on the command line', () => {
  const folder = freshFolder();
  const bids = join(folder.path, 'bids');
  before(() => writeFaceStudy(bids));
  after(() => folder.remove());

  it('is checked beforehand: a table, all issues in JSON and TSV, exit code 3 for an error', async () => {
    const sound = await runCli('subject', 'check', '--bids', bids);
    assert.equal(sound.code, 0, sound.stderr);
    assert.match(sound.stdout, /layout bids/);
    assert.match(sound.stdout, /^warning {3}STIMULI_MISSING +1 /m);
    rmSync(`${runPath(bids, 2)}_events.tsv`);
    const tsv = join(folder.path, 'issues.tsv');
    const faulty = await runCli('subject', 'check', '--bids', bids, '--tsv', tsv, '--json');
    assert.equal(faulty.code, 3);
    const { totals, issues } = faulty.json() as { totals: { error: number }; issues: { code: string }[] };
    assert.deepEqual([totals.error, issues[0].code], [1, 'EVENTS_MISSING']);
    assert.match(readFileSync(tsv, 'utf8'), /^error\tEVENTS_MISSING\t01\tsub-01_task-faces_run-02\t/m);
    await writeFaceStudy(bids);
  });

  it('shows its roles without a project, and refuses to keep them without one', async () => {
    const shown = await runCli('subject', 'roles', '--bids', bids);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^trial-type {2}train_face {2}training-face {2}10 /m);
    const refused = await runCli('subject', 'roles', '--bids', bids, '--set', 'Fix=other', '--json');
    assert.deepEqual([refused.code, errorOf(refused).code], [4, 'PROJECT_NOT_FOUND']);
    const unknown = await runCli('subject', 'check', '--bids', bids, '--space', 'MNI', '--json');
    assert.deepEqual([unknown.code, errorOf(unknown).code], [3, 'STUDY_VERSION_UNKNOWN']);
  });
});
