import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { errorOf, runCli } from './run-cli.ts';

const linux = process.platform === 'linux' && process.arch === 'x64';

describe('fusiform engine', { skip: linux ? false : 'linux-x64 only' }, () => {
  let home: string;
  const before = { ...process.env };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    process.env.FUSIFORM_HOME = home;
    process.env.PIP_NO_INDEX = '1';
    process.env.PIP_FIND_LINKS = home;
  });
  afterEach(async () => {
    for (const name of ['FUSIFORM_HOME', 'PIP_NO_INDEX', 'PIP_FIND_LINKS']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await rm(home, { recursive: true });
  });

  it('install --dry-run says what would be fetched, how much, and where it would lie, and changes nothing', async () => {
    const cpu = await runCli('engine', 'install', '--device', 'cpu', '--dry-run');
    assert.equal(cpu.code, 0);
    assert.match(cpu.stdout, /tensorflow_cpu-2\.21\.0-.*274 MB.*not found, pip will be asked/);
    assert.match(cpu.stdout, /download +274 MB/);
    const cuda = (await runCli('engine', 'install', '--device', 'cuda', '--dry-run', '--json')).json();
    assert.equal(cuda.downloadBytes, 2_515_715_291);
    assert.equal((cuda.wheels as unknown[]).length, 13);
    assert.match(String(cuda.notes), /never run on a machine with a graphics card/);
    assert.equal(existsSync(join(home, 'engines')), false);
  });

  it('install refuses a file that is not the wheel, with the plan said before', async () => {
    await writeFile(join(home, 'a.whl'), 'something else');
    const refused = await runCli('engine', 'install', '--from', join(home, 'a.whl'), '--json');
    assert.equal(errorOf(refused).code, 'ENGINE_WHEEL_INVALID');
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /disk while it works[\s\S]*ENGINE_WHEEL_INVALID/);
    const missing = await runCli('engine', 'install', '--from', join(home, 'none.whl'), '--json');
    assert.equal(errorOf(missing).code, 'FILE_NOT_FOUND');
  });

  it('verify and remove say what there is', async () => {
    const verified = await runCli('engine', 'verify', '--json');
    assert.equal(errorOf(verified).code, 'ENGINE_UNAVAILABLE');
    await mkdir(join(home, 'engines', 'downloads'), { recursive: true });
    await writeFile(join(home, 'engines', 'downloads', 'a.whl.partial'), Buffer.alloc(2_000_000));
    const removed = await runCli('engine', 'remove');
    assert.match(removed.stdout, /Freed 2 MB:\n +.*downloads/);
    assert.match((await runCli('engine', 'remove')).stdout, /nothing to remove/);
  });
});
