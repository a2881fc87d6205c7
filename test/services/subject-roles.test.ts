import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rolesOf } from '../../src/main/bids/roles/role-table.ts';
import { readSubjectIndex } from '../../src/main/jobs/stages/index-subject.ts';
import { projectInfo } from '../../src/main/services/projects.ts';
import { staleEntries, staleNote } from '../../src/main/services/staleness.ts';
import { manageRoles, type RolesRequest, rolesHistory } from '../../src/main/services/subject-roles.ts';
import { addSubject } from '../../src/main/services/subjects.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { setEntry } from '../../src/main/store/entries.ts';
import { finishJob, startJob } from '../../src/main/store/jobs.ts';
import { studyOptions } from '../../src/main/store/role-tables.ts';
import { runPath, writeFaceStudy } from './face-study-fixture.ts';
import { freshFolder } from './fresh-folder.ts';

describe('roles of trial types', () => {
  const folder = freshFolder();
  const bids = join(folder.path, 'bids');
  let workspace: Workspace;

  before(async () => {
    await writeFaceStudy(bids);
    workspace = Workspace.create(join(folder.path, 'project'));
  });
  after(async () => {
    await workspace.close();
    folder.remove();
  });

  const roles = async (request: RolesRequest = {}) => {
    const [report] = await manageRoles(workspace, { bids, subject: '01', ...request });
    return report;
  };
  const roleOf = (report: Awaited<ReturnType<typeof roles>>, name: string) =>
    report.table.types.find((type) => type.name === name)?.role;

  it('are proposed with a reason, whether images are there or not', async () => {
    const report = await roles();
    assert.deepEqual([report.origin, report.version], ['proposed', null]);
    assert.deepEqual(
      report.table.types.map(({ name, role, trials, runs }) => [name, role, trials, runs]),
      [
        ['train_face', 'training-face', 10, 2],
        ['test_face', 'test-face', 4, 2],
        ['Fix', 'fixation', 2, 2],
        ['Img', 'imagery', 1, 1],
        ['cue', 'other', 1, 1],
      ],
    );
    assert.ok(report.table.types.every(({ why }) => why.length > 0));
    assert.match(report.table.types[0].why, /2 of its trials are one-backs \(column "oneback"\)/);
    assert.equal(report.table.columns.stimFile, 'stim_file');
    assert.deepEqual(report.otherColumns, ['note']);
    assert.deepEqual(
      report.lists.map(({ trials }) => trials),
      [
        { train_face: 4, 'one-back': 1, test_face: 2, Fix: 1, Img: 1 },
        { train_face: 4, 'one-back': 1, test_face: 2, Fix: 1, cue: 1 },
      ],
    );
  });

  it('are kept when a subject is added, changed by file and by option, confirmed and undone', async () => {
    await addSubject(workspace, { bids, subject: '01', index: { layout: 'bids' } });
    assert.deepEqual(studyOptions(workspace.store.sql, '01'), { layout: 'bids' });
    assert.deepEqual([(await roles()).version, (await roles()).origin], [1, 'proposed']);
    const confirmed = await roles({ confirm: true });
    assert.deepEqual([confirmed.version, confirmed.origin], [2, 'confirmed']);

    const file = join(folder.path, 'roles.tsv');
    await roles({ out: file });
    const text = readFileSync(file, 'utf8');
    assert.match(text, /^column\tnote\t-\t/m);
    writeFileSync(file, text.replace('cue\tother', 'cue\tignore').replace('Img\timagery', 'Img\tother'));
    const edited = await roles({ file });
    assert.deepEqual([edited.version, edited.origin], [3, 'edited']);
    assert.deepEqual([roleOf(edited, 'cue'), roleOf(edited, 'Img')], ['ignore', 'other']);
    const index = await readSubjectIndex(workspace.entry('subject', '01').path);
    assert.deepEqual(index.roles, rolesOf(edited.table));
    assert.deepEqual(index.eventColumns, edited.table.columns);

    const set = await roles({ set: ['test_face=training-face', 'Img=imagery'], columns: ['one-back='] });
    assert.deepEqual(
      [set.version, roleOf(set, 'test_face'), set.table.columns.oneback],
      [4, 'training-face', null],
    );
    assert.match(
      set.table.types[0].why,
      /2 of its trials repeat the picture before them, and no column marks/,
    );
    const subject = await readSubjectIndex(workspace.entry('subject', '01').path);
    assert.deepEqual([subject.testFaces.length, subject.trainFaces.length], [0, 10]);

    assert.deepEqual(
      [roleOf(await roles({ undo: true }), 'test_face'), (await roles()).version],
      ['test-face', 5],
    );
    assert.equal(roleOf(await roles({ undo: true }), 'cue'), 'other');
    assert.deepEqual(
      rolesHistory(workspace, '01').map(({ version, origin, restoredFrom }) => [
        version,
        origin,
        restoredFrom,
      ]),
      [
        [1, 'proposed', null],
        [2, 'confirmed', null],
        [3, 'edited', null],
        [4, 'edited', null],
        [5, 'restored', 3],
        [6, 'restored', 2],
      ],
    );
    assert.equal((await roles({ version: 3 })).version, 7);
    await assert.rejects(roles({ version: 99 }), { code: 'ROLES_NO_VERSION', message: /1 to 7/ });
  });

  it('are proposed anew where the subject is added from another dataset whose events they do not fit', async () => {
    const [project, other] = ['twice', 'other'].map((name) => join(folder.path, name));
    await writeFaceStudy(other);
    for (const run of [1, 2]) {
      const path = `${runPath(other, run)}_events.tsv`;
      const text = readFileSync(path, 'utf8').replace('stim_file', 'picture');
      writeFileSync(path, text.replaceAll('train_face', 'training_face'));
    }
    const twice = Workspace.create(project);
    try {
      await addSubject(twice, { bids, subject: '01' });
      const afterProposal = await addSubject(twice, { bids: other, subject: '01' });
      assert.deepEqual(afterProposal.problems, []);
      const facesOf = async () =>
        (await readSubjectIndex(twice.entry('subject', '01').path)).trainFaces.length;
      assert.equal(await facesOf(), 8);

      await manageRoles(twice, { bids: other, subject: '01', set: ['Img=other'] });
      const afterEdit = await addSubject(twice, { bids, subject: '01' });
      assert.deepEqual(
        afterEdit.problems.map(({ code }) => code),
        ['ROLES_OF_OTHER_EVENTS'],
      );
      assert.match(afterEdit.problems[0].message, /version 3.*no column "picture"/);
      assert.equal(await facesOf(), 8);
      assert.deepEqual(
        rolesHistory(twice, '01').map(({ origin }) => origin),
        ['proposed', 'proposed', 'edited', 'proposed'],
      );
    } finally {
      await twice.close();
    }
  });

  it('that hold are those of every later step: what was computed from others is stale', async () => {
    const { sql } = workspace.store;
    await roles({ version: 1 });
    const { hash } = workspace.entry('subject', '01');
    startJob(sql, {
      key: 'later',
      stage: 'fit-encoding',
      stageVersion: 1,
      label: 'later',
      parameters: {},
      inputs: { subject: hash },
      appVersion: '0',
    });
    finishJob(
      sql,
      'later',
      { hash: 'of-later', bytes: 1 },
      { summary: {}, problems: [], metrics: [] },
      { seconds: 1, peakRssBytes: 1 },
    );
    setEntry(sql, { kind: 'mapping', name: '01/vaegan', jobKey: 'later', source: null });
    assert.deepEqual(staleEntries(workspace), []);
    assert.deepEqual((await roles({ set: ['cue=ignore'] })).stale, ['mapping 01/vaegan']);
    assert.deepEqual((await projectInfo(workspace.store.dir)).stale, ['mapping 01/vaegan']);
    assert.deepEqual(
      staleNote(workspace, 'mapping', '01/vaegan').map(({ code }) => code),
      ['ROLES_STALE'],
    );
    assert.deepEqual((await roles({ undo: true })).stale, []);
  });

  it('are refused where the file, the role, the type or the column is wrong, with the line', async () => {
    const file = join(folder.path, 'bad.tsv');
    const refused = async (content: string, expected: object) => {
      writeFileSync(file, content);
      await assert.rejects(roles({ file }), expected);
    };
    const header = 'kind\tname\trole\n';
    await refused(`${header}trial-type\tFix\tfixating\n`, { code: 'ROLES_INVALID', line: 2, file });
    await refused(`${header}trial-type\tFix\tfixation\ntrial-type\thouse\tother\n`, {
      code: 'TRIAL_TYPE_UNKNOWN',
      line: 3,
      message: /"house"; there are "train_face"/,
    });
    await refused(`${header}trial\tFix\tother\n`, { code: 'ROLES_INVALID', line: 2 });
    await refused(`${header}column\tonset\tonset\ncolumn\tnote\tonset\n`, { code: 'ROLES_INVALID', line: 3 });
    await refused(`${header}column\tonset\tonset\n`, { code: 'ROLES_INVALID', message: /duration/ });
    await assert.rejects(roles({ columns: ['image=picture'] }), {
      code: 'ROLES_INVALID',
      message: /stim_file/,
    });
    await assert.rejects(roles({ set: ['Fix'] }), { code: 'ROLES_INVALID' });
    await assert.rejects(manageRoles(null, { bids, subject: '01', set: ['Fix=other'] }), {
      code: 'PROJECT_NOT_FOUND',
    });
    await assert.rejects(roles({ subject: '09' }), { code: 'BIDS_NO_SUBJECT' });
  });

  it('can be given with the subject: a JSON file, or types by name', async () => {
    const file = join(folder.path, 'roles.json');
    writeFileSync(file, JSON.stringify({ types: [{ name: 'cue', role: 'one_back' }] }));
    await addSubject(workspace, { bids, subject: '01', rolesFile: file });
    assert.equal(roleOf(await roles(), 'cue'), 'one-back');
    const outcome = await addSubject(workspace, {
      bids,
      subject: '01',
      roles: { trainFace: ['train_face'], testFace: ['test_face'] },
    });
    assert.deepEqual(outcome.summary.roles, {
      trainFace: ['train_face'],
      testFace: ['test_face'],
      fixation: [],
      imagery: [],
      oneback: [],
      ignore: [],
    });
  });
});
