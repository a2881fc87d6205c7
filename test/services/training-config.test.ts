import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { configFields, configLeaves } from '../../src/main/generative/vaegan/config-fields.ts';
import { kindOf } from '../../src/main/generative/vaegan/model.ts';
import {
  type ConfigChanges,
  changedConfig,
  presetConfig,
  presetTable,
} from '../../src/main/services/training-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const base = presetConfig('tiny');
const change = (changes: ConfigChanges) => changedConfig(base, changes);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('every value of the configuration has a meaning and a source, and no other has', () => {
  assert.deepEqual(
    configFields.map(({ path }) => path).sort(),
    configLeaves(presetConfig('paper'))
      .map(([path]) => path)
      .sort(),
  );
  const row = presetTable('tiny').find(({ path }) => path === 'latentDim');
  assert.deepEqual([row?.value, row?.paper], [64, 1024]);
});

test('a file changes what it names, an assignment comes after it, and lists are replaced', async () => {
  const path = file(
    'some.json',
    '{ "loss": { "kl": 0.5, "adversarial": 7 }, "encoder": { "channels": [8, 8] } }',
  );
  const config = await change({
    file: path,
    set: ['loss.kl=0.25', 'loss.generator=minimax', 'gate.enabled=false'],
  });
  assert.equal(config.loss.kl, 0.25);
  assert.equal(config.loss.adversarial, 7);
  assert.equal(config.loss.warmupPixel, base.loss.warmupPixel);
  assert.equal(config.loss.generator, 'minimax');
  assert.equal(config.gate.enabled, false);
  assert.deepEqual(config.encoder.channels, [8, 8]);
});

test('faults are refused with their path', async () => {
  const refused = (changes: ConfigChanges, message: RegExp, code = 'PARAMETERS_INVALID') =>
    assert.rejects(change(changes), (error: Error & { code: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
  await refused({ set: ['loss.kl=-1'] }, /loss\.kl/);
  await refused({ set: ['loss.kll=1'] }, /kll[\s\S]*loss/);
  await refused({ set: ['loss.kl'] }, /path=value/);
  await refused({ set: ['optimiser.beta1=fast'] }, /optimiser\.beta1/);
  await refused({ set: ['generator.channels=[8,4]'] }, /generator\.channels/);
  await refused({ file: file('wrong.json', '{ "gate": { "margin": "wide" } }') }, /gate\.margin/);
  await refused({ file: file('list.json', '[1]') }, /expected object/);
  await refused({ file: file('broken.json', '{ "gate": ') }, /./, 'JSON_SYNTAX');
  await refused({ file: join(folder, 'absent.json') }, /./, 'FILE_NOT_FOUND');
});

test('steps and epochs keep the shares of the phases; a VAE has one phase', async () => {
  const { warmupSteps, adversarialSteps } = base.schedule;
  const share = warmupSteps / (warmupSteps + adversarialSteps);
  const short = await change({ steps: 100 });
  assert.equal(short.schedule.warmupSteps, Math.round(100 * share));
  assert.equal(short.schedule.warmupSteps + short.schedule.adversarialSteps, 100);
  // 1610 faces are 100 whole batches of 16.
  const epochs = await change({ epochs: { count: 1.5, trainingFaces: 1610 } });
  assert.equal(epochs.schedule.warmupSteps + epochs.schedule.adversarialSteps, 150);
  const vae = await change({ kind: 'vae', steps: 70 });
  assert.deepEqual([vae.schedule.warmupSteps, vae.schedule.adversarialSteps], [70, 0]);
  assert.equal(kindOf(vae), 'vae');
  assert.equal(kindOf(short), 'vaegan');
  assert.deepEqual(await change({}), base);
});
