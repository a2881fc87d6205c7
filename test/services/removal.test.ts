import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { planRemoval, removeEntry } from '../../src/main/services/removal.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { addRoleTable, listRoleTables } from '../../src/main/store/role-tables.ts';
import { freshFolder } from './fresh-folder.ts';
import { addResult, artifactOf } from './synthetic-results.ts';

describe('the removal of what stands under a name', () => {
  const folder = freshFolder();
  let workspace: Workspace;
  let count = 0;
  afterEach(() => workspace.close());
  after(() => folder.remove());

  beforeEach(() => {
    workspace = Workspace.create(join(folder.path, `project-${count++}`));
    const add = (key: string, rest: Omit<Parameters<typeof addResult>[1], 'key'>) =>
      addResult(workspace, { key, ...rest });
    add('faces', { entry: ['faces', 'faces'] });
    add('model', { inputs: { faces: 'faces' }, entry: ['model', 'vaegan'] });
    add('index', { entry: ['subject', '01'] });
    add('codes', { inputs: { model: 'model', faces: 'faces' }, entry: ['latents', 'vaegan/faces'] });
    add('glm', { inputs: { latents: 'codes', subject: 'index' } });
    add('mapping', { inputs: { encoding: 'glm' }, entry: ['mapping', '01/vaegan'] });
    add('decoded', { inputs: { mapping: 'mapping' }, entry: ['decoding', '01/vaegan'] });
    add('scores', { inputs: { decoded: 'decoded' }, entry: ['evaluation', '01/vaegan'] });
  });

  const names = (list: readonly { kind: string; name: string }[]) =>
    list.map(({ kind, name }) => `${kind} ${name}`).sort();
  const left = () => names(workspace.entries());
  const isThere = (key: string) => existsSync(join(workspace.store.artifactsDir, artifactOf(key)));

  it('names what was computed from it, and takes it along with what nobody else needs', async () => {
    const entry = { kind: 'mapping', name: '01/vaegan' } as const;
    const plan = planRemoval(workspace, entry);
    assert.deepEqual(names(plan.dependents), ['decoding 01/vaegan', 'evaluation 01/vaegan']);
    // The GLM led to this mapping alone; the codes have a name of their own.
    assert.deepEqual([plan.bytesAlone, plan.bytesWithDependents], [0, 400]);
    const { bytes } = await removeEntry(workspace, { ...entry, dependents: plan.dependents });
    assert.equal(bytes, 400);
    assert.deepEqual(left(), ['faces faces', 'latents vaegan/faces', 'model vaegan', 'subject 01']);
    assert.deepEqual(['glm', 'mapping', 'decoded', 'scores', 'codes', 'model'].map(isThere), [
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('alone, leaves every file that its dependents came from', async () => {
    const { bytes } = await removeEntry(workspace, { kind: 'model', name: 'vaegan', dependents: null });
    assert.equal(bytes, 0);
    assert.ok(!left().includes('model vaegan') && left().includes('mapping 01/vaegan'));
    assert.ok(isThere('model'));
    await assert.rejects(removeEntry(workspace, { kind: 'model', name: 'vaegan', dependents: null }), {
      code: 'NAME_UNKNOWN',
    });
  });

  it('keeps a result that has another name, and what an earlier state of a subject left goes with it', async () => {
    addResult(workspace, { key: 'faces', entry: ['faces', 'again'] });
    const { dependents } = planRemoval(workspace, { kind: 'faces', name: 'again' });
    assert.equal(dependents.length, 5, 'the same faces: the same dependents');
    await removeEntry(workspace, { kind: 'faces', name: 'again', dependents: null });
    assert.ok(isThere('faces') && left().includes('faces faces'));

    addRoleTable(workspace.store.sql, { subject: '01', origin: 'edited', content: {} });
    addResult(workspace, { key: 'index-anew', entry: ['subject', '01'] });
    const subject = { kind: 'subject', name: '01' } as const;
    const plan = planRemoval(workspace, subject);
    assert.deepEqual(names(plan.dependents), [
      'decoding 01/vaegan',
      'evaluation 01/vaegan',
      'mapping 01/vaegan',
    ]);
    assert.equal(plan.roleTables, 1);
    await removeEntry(workspace, { ...subject, dependents: plan.dependents });
    assert.deepEqual(left(), ['faces faces', 'latents vaegan/faces', 'model vaegan']);
    assert.deepEqual(listRoleTables(workspace.store.sql, '01'), []);
  });

  it('is refused where something came to depend on it since it was asked', async () => {
    const entry = { kind: 'decoding', name: '01/vaegan' } as const;
    const { dependents } = planRemoval(workspace, entry);
    addResult(workspace, { key: 'axes', inputs: { decoded: 'decoded' }, entry: ['attributes', '01/vaegan'] });
    await assert.rejects(removeEntry(workspace, { ...entry, dependents }), {
      code: 'REMOVAL_CHANGED',
      message: /attributes 01\/vaegan/,
    });
    assert.ok(isThere('decoded'));
  });

  it('takes what a crash in the middle of another has left', async () => {
    const { artifactsDir } = workspace.store;
    mkdirSync(join(artifactsDir, `removed-${'0'.repeat(32)}`));
    await removeEntry(workspace, { kind: 'evaluation', name: '01/vaegan', dependents: [] });
    assert.ok(readdirSync(artifactsDir).every((name) => !name.startsWith('removed-')));
    assert.ok(!isThere('scores'));
  });
});
