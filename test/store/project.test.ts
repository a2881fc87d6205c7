import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import Database from 'better-sqlite3';
import { migrate, openDatabase, schemaVersion } from '../../src/main/store/database.ts';
import { migrations } from '../../src/main/store/migrations.ts';
import { createProject, openProject, projectFacts, viewProject } from '../../src/main/store/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

describe('project', () => {
  it('is created once, keeps its name, and opens again', () => {
    createProject(path('study'), 'Face study').close();
    const store = openProject(path('study'));
    assert.equal(projectFacts(store).name, 'Face study');
    store.close();
    assert.throws(() => createProject(path('study')), { code: 'PROJECT_EXISTS' });
  });

  it('is not made in a folder that holds other things, nor found where there is none', () => {
    assert.throws(() => createProject(folder), { code: 'PROJECT_EXISTS' });
    assert.throws(() => openProject(path('nowhere')), { code: 'PROJECT_NOT_FOUND' });
  });

  it('that a newer version wrote is refused and left as it was', () => {
    createProject(path('newer')).close();
    const raw = new Database(join(path('newer'), 'project.sqlite'));
    raw.pragma(`user_version = ${migrations.length + 1}`);
    raw.close();
    assert.throws(() => openProject(path('newer')), { code: 'PROJECT_NEWER' });
    assert.throws(() => viewProject(path('newer')), { code: 'PROJECT_NEWER' });
    const again = new Database(join(path('newer'), 'project.sqlite'), { readonly: true });
    assert.equal(schemaVersion(again), migrations.length + 1);
    again.close();
  });

  it('whose database is no database is reported as damaged', () => {
    createProject(path('damaged')).close();
    writeFileSync(
      join(path('damaged'), 'project.sqlite'),
      'not a database at all, but long enough to be looked at',
    );
    assert.throws(() => openProject(path('damaged')), { code: 'PROJECT_DAMAGED' });
  });

  it('has one writer: another process is named, may look, and may write once that one was killed', async () => {
    createProject(path('shared')).close();
    const holder = fork(join(import.meta.dirname, 'hold-project.ts'), [path('shared')]);
    const ended = once(holder, 'exit');
    try {
      await once(holder, 'message');
      assert.throws(() => openProject(path('shared')), {
        code: 'PROJECT_LOCKED',
        message: new RegExp(`process ${holder.pid} on `),
      });
      viewProject(path('shared')).close();
    } finally {
      holder.kill('SIGKILL');
      await ended;
    }
    openProject(path('shared')).close();
  });
});

describe('migrations', () => {
  it('take an empty file through every step, one transaction each', () => {
    const sql = new Database(path('steps.sqlite'));
    migrate(sql, ['CREATE TABLE a (x INTEGER) STRICT', 'CREATE TABLE b (x INTEGER) STRICT']);
    assert.equal(schemaVersion(sql), 2);
    assert.throws(() =>
      migrate(sql, ['', '', 'CREATE TABLE c (x INTEGER) STRICT; CREATE TABLE a (x INTEGER)']),
    );
    assert.equal(schemaVersion(sql), 2);
    assert.equal(sql.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'c'`).pluck().get(), 0);
    sql.close();
  });

  it('leave a schema whose rules hold', () => {
    const sql = openDatabase(path('rules.sqlite'), { readonly: false });
    const insert = `INSERT INTO job (key, stage, stage_version, label, parameters, state, started_at, app_version)
      VALUES ('k', 's', 1, 'l', '{}', ?, 'now', '0')`;
    assert.throws(() => sql.prepare(insert).run('done'), /CHECK/, 'a job that is done has an artefact');
    assert.throws(() => sql.prepare(insert).run('dreaming'), /CHECK/);
    sql.prepare(insert).run('running');
    assert.throws(
      () => sql.prepare(`UPDATE job SET artifact = 'nowhere', state = 'done'`).run(),
      /FOREIGN KEY/,
    );
    sql.close();
  });
});
