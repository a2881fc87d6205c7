import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { describeEngines, useEngine } from '../../src/main/services/engine-settings.ts';
import { chooseEngine, describeChoice } from '../../src/main/services/engines.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { settingsPath } from '../../src/main/services/settings.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { keepEnvironment } from '../engine/environment.ts';
import { fitSmallPca, writePictures } from './small-job.ts';

describe('the choice of an engine', () => {
  let home: string;
  keepEnvironment();
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    process.env.FUSIFORM_HOME = home;
    for (const name of ['FUSIFORM_ENGINE', 'FUSIFORM_THREADS', 'FUSIFORM_WEBGPU_SOFTWARE']) {
      delete process.env[name];
    }
  });
  afterEach(() => rm(home, { recursive: true }));

  const fails = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FusiformError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

  it('is the option, then FUSIFORM_ENGINE, then the settings, then the best', async () => {
    // Nothing native is in this home: whoever decided for it is named by the refusal.
    await useEngine('wasm', undefined);
    assert.deepEqual((await chooseEngine('preferred')).reason, 'set by `engine use`');
    process.env.FUSIFORM_ENGINE = 'native';
    await assert.rejects(
      chooseEngine('preferred'),
      fails('ENGINE_UNAVAILABLE', /"native" cannot be used: .+/),
    );
    assert.equal((await chooseEngine('wasm')).reason, 'as requested');
    process.env.FUSIFORM_ENGINE = 'wasm';
    assert.equal((await chooseEngine('preferred')).reason, 'FUSIFORM_ENGINE says so');
    process.env.FUSIFORM_ENGINE = 'abacus';
    await assert.rejects(chooseEngine('preferred'), fails('USAGE', /FUSIFORM_ENGINE is "abacus"/));
  });

  it('gives way to the best where the settings name one that fails, and says so', async () => {
    const { chosen, set } = await useEngine('native', undefined);
    assert.equal(set, 'native');
    assert.ok(chosen.kind !== null && chosen.kind !== 'native');
    const [failed] = chosen.passedOver;
    assert.equal(failed.kind, 'native');
    assert.match(failed.reason, /^set by `engine use`, but /);
    assert.match(describeChoice(await chooseEngine('preferred')), /native: set by `engine use`, but /);
  });

  it('keeps threads too, and passes them on to workers', async () => {
    await useEngine('wasm', 2);
    assert.deepEqual(JSON.parse(await readFile(settingsPath(), 'utf8')), { engine: 'wasm', threads: 2 });
    delete process.env.FUSIFORM_THREADS;
    await chooseEngine('preferred');
    assert.equal(process.env.FUSIFORM_THREADS, '2');
    // What the environment says comes first.
    process.env.FUSIFORM_THREADS = '1';
    await chooseEngine('preferred');
    assert.equal(process.env.FUSIFORM_THREADS, '1');
    await useEngine('auto', undefined);
    assert.deepEqual(JSON.parse(await readFile(settingsPath(), 'utf8')), { engine: 'auto' });
  });

  it('refuses a settings file that is broken, naming it, and replaces it when asked', async () => {
    await mkdir(home, { recursive: true });
    for (const content of ['{ "engine": "abacus" }', '{ "threads": 0 }', '{ "engine"', '', '[]']) {
      await writeFile(settingsPath(), content);
      await assert.rejects(chooseEngine('preferred'), (error) => {
        assert.ok(error instanceof FusiformError && error.code === 'SETTINGS_INVALID', content);
        assert.equal(error.file, settingsPath());
        return true;
      });
    }
    assert.equal((await useEngine('wasm', undefined)).chosen.kind, 'wasm');
  });

  it('keeps what another version has set', async () => {
    await writeFile(settingsPath(), '{ "theme": "dark", "threads": 3 }');
    await useEngine('wasm', undefined);
    assert.deepEqual(JSON.parse(await readFile(settingsPath(), 'utf8')), { theme: 'dark', engine: 'wasm' });
    assert.equal((await describeEngines()).threads, null);
  });

  it('stays on record in the project, with the reason and what was passed over', async () => {
    const pictures = await writePictures(home);
    await useEngine('native', undefined);
    const { kind, passedOver } = await chooseEngine('preferred');
    const dir = join(home, 'project');
    const fit = (workspace: Workspace) => fitSmallPca(workspace, kind);
    const made = await Workspace.useOrCreate(dir, 'Record', {}, async (workspace) => {
      const faces = await importFaces(workspace, { dir: pictures, name: 'faces', imageSize: 16, crop: 1 });
      assert.equal(faces.summary.computedOn, undefined);
      return await fit(workspace);
    });
    const computedOn = made.summary.computedOn as Record<string, unknown>;
    assert.equal(computedOn.kind, kind);
    assert.equal(typeof computedOn.device, 'string');
    assert.equal(typeof computedOn.version, 'string');
    assert.deepEqual(computedOn.passedOver, passedOver);
    assert.match(JSON.stringify(computedOn.passedOver), /set by `engine use`, but not installed|linux-x64/);
    const later = await Workspace.use(dir, {}, fit);
    assert.equal(later.cached, true);
    assert.deepEqual(later.summary.computedOn, computedOn);
  });
});
