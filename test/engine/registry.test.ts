import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openEngine, probeEngines } from '../../src/main/engine/registry.ts';
import { FusiformError } from '../../src/shared/errors.ts';

describe('the engines of a machine', () => {
  let home: string;
  const { FUSIFORM_HOME, FUSIFORM_ENGINE } = process.env;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    process.env.FUSIFORM_HOME = home;
    delete process.env.FUSIFORM_ENGINE;
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
    Object.assign(process.env, { FUSIFORM_HOME, FUSIFORM_ENGINE });
    if (FUSIFORM_HOME === undefined) delete process.env.FUSIFORM_HOME;
    if (FUSIFORM_ENGINE === undefined) delete process.env.FUSIFORM_ENGINE;
  });

  /** Files in the places where an installed engine has them. */
  async function pretendNative(): Promise<void> {
    const folder = join(home, 'engines', 'native');
    const addon = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
    await mkdir(dirname(addon), { recursive: true });
    await writeFile(addon, 'not a library');
    await writeFile(
      join(folder, 'engine.json'),
      JSON.stringify({ tensorFlow: '2.21.0', nodePackage: '4.22.0', wheelSha256: '' }),
    );
  }

  const unavailable = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FusiformError);
    assert.equal(error.code, 'ENGINE_UNAVAILABLE');
    assert.match(error.message, message);
    return true;
  };

  it('are listed with a reason each, the fastest first', async () => {
    const probes = await probeEngines();
    assert.deepEqual(
      probes.map(({ kind, available }) => [kind, available]),
      [
        ['native', false],
        ['webgpu', false],
        ['wasm', true],
      ],
    );
    for (const { reason } of probes) assert.match(reason, /\w+ \w+/);
  });

  it('are WebAssembly where nothing is installed, and the reason says so', async () => {
    const { engine, reason } = await openEngine('auto', { threads: 1 });
    assert.equal(engine.info.kind, 'wasm');
    assert.match(reason, /native: .*engine:native/);
    await engine.dispose();
  });

  it('fall back to WebAssembly when the native one is there but does not load', async () => {
    await pretendNative();
    const { engine, reason, probes } = await openEngine('auto', { threads: 1 });
    assert.equal(engine.info.kind, 'wasm');
    if (probes[0].available) assert.match(reason, /native: The native engine did not load/);
    await engine.dispose();
    await assert.rejects(openEngine('native'), unavailable(/did not load|not available/));
  });

  it('are refused by name when they are not there', async () => {
    await assert.rejects(openEngine('webgpu'), unavailable(/webgpu .* not in this version/));
    await assert.rejects(openEngine('native'), unavailable(/native .* not (installed|available)/));
  });

  it('follow FUSIFORM_ENGINE where the request is auto', async () => {
    process.env.FUSIFORM_ENGINE = 'native';
    await assert.rejects(openEngine('auto'), unavailable(/native/));
    const { engine } = await openEngine('wasm', { threads: 1 });
    await engine.dispose();
    process.env.FUSIFORM_ENGINE = 'abacus';
    await assert.rejects(openEngine('auto'), /FUSIFORM_ENGINE is "abacus"/);
  });
});
