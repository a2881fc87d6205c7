import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { OpenProject } from '../../../src/main/services/app/open-project.ts';
import { describePipeline } from '../../../src/main/services/app/overview.ts';
import { Workspace } from '../../../src/main/services/workspace.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { freshFolder } from '../fresh-folder.ts';
import { addResult, type SyntheticResult } from '../synthetic-results.ts';

describe('the pipeline of a project', () => {
  const folder = freshFolder();
  const workspace = Workspace.create(join(folder.path, 'project'));
  const refused = async () => {
    throw new FusiformError('DISK_FULL', 'The disk is full.');
  };
  const project = new OpenProject(workspace, { perform: refused });
  after(async () => {
    await project.close();
    folder.remove();
  });

  const add = (key: string, rest: Omit<SyntheticResult, 'key'>) => addResult(workspace, { key, ...rest });
  const stepOf = (name: string) => {
    const found = describePipeline(project).find(({ step }) => step === name);
    assert.ok(found);
    return found;
  };

  it('leads from nothing to the first thing that each step needs', () => {
    const steps = describePipeline(project);
    assert.ok(steps.every(({ state }) => state === 'missing'));
    assert.deepEqual(
      steps.map(({ next }) => next.place),
      ['/faces/import', '/faces/import', '/subjects/add', '/model', '/subjects', '/decoding'],
    );
    assert.equal(stepOf('model').next.label, 'Import faces first');
  });

  it('starts what is missing with settings that are shown', () => {
    add('faces', { entry: ['faces', 'faces'] });
    add('model', { inputs: { faces: 'faces' }, entry: ['model', 'vaegan'] });
    add('index', { stage: 'index-subject', parameters: { subject: '01' }, entry: ['subject', '01'] });
    const { next } = stepOf('mapping');
    assert.equal(next.label, 'Fit the mapping of 01/vaegan');
    assert.ok(next.request?.kind === 'fit-map' && next.request.subject === '01');
    assert.ok(next.settings.some(({ name, value }) => name === 'Noise' && value.includes('AR(1)')));
  });

  it('says since when and because of what a result no longer holds, and does it anew', () => {
    add('codes', { inputs: { model: 'model' } });
    add('glm', { inputs: { latents: 'codes', subject: 'index' } });
    add('mapping', { inputs: { encoding: 'glm' }, entry: ['mapping', '01/vaegan'] });
    add('decoded', { inputs: { mapping: 'mapping', model: 'model' }, entry: ['decoding', '01/vaegan'] });
    assert.equal(stepOf('mapping').state, 'done');
    assert.equal(stepOf('mapping').next.place, '/subjects');

    add('model-2', { inputs: { faces: 'faces' }, entry: ['model', 'vaegan'] });
    const mapping = stepOf('mapping');
    assert.deepEqual([mapping.state, mapping.stale], ['stale', 1]);
    assert.match(mapping.entries[0].stale?.because ?? '', /Model "vaegan" was computed anew/);
    assert.ok(mapping.entries[0].stale?.since);
    assert.equal(mapping.next.label, 'Fit the mapping of 01/vaegan anew');
    assert.match(
      stepOf('decoding').entries[0].stale?.because ?? '',
      /(Model|Mapping) "[^"]+" (was computed anew|no longer holds)/,
    );

    add('index-2', { stage: 'index-subject', parameters: { subject: '01' }, entry: ['subject', '01'] });
    assert.match(stepOf('decoding').entries[0].stale?.because ?? '', /roles .* subject 01 were changed/);
  });

  it('shows the reason of a step that failed', async () => {
    const id = project.queue.enqueue({
      kind: 'decode-subject',
      subject: '01',
      model: 'vaegan',
      decoder: 'ridge',
      engine: 'wasm',
    });
    while (project.queue.busy) await new Promise((resolve) => setTimeout(resolve, 5));
    const { state, next, job } = stepOf('decoding');
    assert.deepEqual([state, next.place, job?.id], ['failed', `/jobs?job=${id}`, id]);
  });

  it('names the few that matter of thousands of results', () => {
    const { sql } = workspace.store;
    sql.transaction(() => {
      const job = sql.prepare(
        `INSERT INTO job (key, stage, stage_version, label, parameters, state, artifact, started_at, finished_at, seconds, app_version)
         SELECT ?, stage, 1, label, parameters, 'done', artifact, started_at, ?, 1, '0' FROM job WHERE key = 'decoded'`,
      );
      const input = sql.prepare(
        'INSERT INTO job_input SELECT ?, name, hash FROM job_input WHERE job_key = ?',
      );
      const entry = sql.prepare(`INSERT INTO entry VALUES ('decoding', ?, ?, NULL)`);
      for (let i = 0; i < 2000; i++) {
        job.run(`many-${i}`, new Date(i * 1000).toISOString());
        input.run(`many-${i}`, 'decoded');
        entry.run(`01/vaegan-${i}`, `many-${i}`);
      }
    })();
    const { count, entries, stale } = stepOf('decoding');
    assert.deepEqual([count, entries.length, stale], [2001, 4, 2001]);
  });
});
