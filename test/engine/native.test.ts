import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enginesFolder } from '../../src/main/engine/native/home.ts';
import { nativeStatus, provisionNative, removeNative } from '../../src/main/engine/native/provision.ts';
import { requireTools, runTool } from '../../src/main/engine/native/tools.ts';
import { verifyWheel } from '../../src/main/engine/native/wheel.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import type { Progress } from '../../src/shared/progress.ts';

describe('installing the native engine', () => {
  let home: string;
  let reports: Progress[];
  const { signal } = new AbortController();
  const context = { signal, report: (progress: Progress) => reports.push(progress) };
  const environment = { ...process.env };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    reports = [];
  });
  afterEach(async () => {
    for (const name of ['FUSIFORM_HOME', 'XDG_DATA_HOME', 'PATH']) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
    await rm(home, { recursive: true });
  });

  const fails = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FusiformError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

  it('goes to the folder that the user named, or to the data folder', () => {
    delete process.env.FUSIFORM_HOME;
    delete process.env.XDG_DATA_HOME;
    assert.equal(enginesFolder(), join(homedir(), '.local', 'share', 'fusiform', 'engines'));
    process.env.XDG_DATA_HOME = join(home, 'data');
    assert.equal(enginesFolder(), join(home, 'data', 'fusiform', 'engines'));
    process.env.FUSIFORM_HOME = join(home, 'own');
    assert.equal(enginesFolder(), join(home, 'own', 'engines'));
    assert.equal(enginesFolder({ home }), join(home, 'engines'));
  });

  it('names the missing tools and their packages', async () => {
    process.env.PATH = home;
    await assert.rejects(
      requireTools(signal),
      fails('ENGINE_TOOL_MISSING', /apt install python3 .*make g\+\+/),
    );
  });

  it('refuses a file that is not the published wheel, and one that is not there', async () => {
    const wheel = join(home, 'wheel.whl');
    await writeFile(wheel, 'something else');
    await assert.rejects(
      verifyWheel(wheel, context),
      fails('ENGINE_INSTALL_FAILED', /SHA-256 is [0-9a-f]{64}/),
    );
    assert.equal(reports.at(-1)?.unit, 'MB');
    await assert.rejects(verifyWheel(join(home, 'none.whl'), context), fails('FILE_NOT_FOUND', /no wheel/));
  });

  it('passes on what a failing tool wrote, and stops a tool when it is cancelled', async () => {
    const node = (code: string) => [process.execPath, ['-e', code]] as const;
    await assert.rejects(
      runTool(...node('console.error("no such header"); process.exit(3)'), {}, signal),
      fails('ENGINE_INSTALL_FAILED', /ended with code 3:\nno such header/),
    );
    const cancel = new AbortController();
    const endless = runTool(...node('setInterval(() => {}, 1000)'), {}, cancel.signal);
    cancel.abort();
    await assert.rejects(endless, { name: 'AbortError' });
  });

  it('is undone with all that it left behind', async () => {
    await mkdir(join(home, 'engines', 'native.building', 'deps'), { recursive: true });
    await mkdir(join(home, 'engines', 'downloads'), { recursive: true });
    await removeNative({ home });
    assert.equal(existsSync(join(home, 'engines', 'native.building')), false);
    assert.equal(existsSync(join(home, 'engines', 'downloads')), false);
    assert.equal(nativeStatus({ home }).installed, false);
  });

  it('starts nothing once it is cancelled', async () => {
    await assert.rejects(provisionNative({ home }, { ...context, signal: AbortSignal.abort() }));
    assert.equal(existsSync(join(home, 'engines')), false);
  });
});
