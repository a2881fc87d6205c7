import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { EngineKind, Processor } from '../../src/main/engine/engine.ts';
import { buildRevision, nodePackageVersion, tensorFlowVersion } from '../../src/main/engine/native/home.ts';
import { type EngineProbe, openEngine, probeEngine, rankEngines } from '../../src/main/engine/registry.ts';
import { tryEngine } from '../../src/main/engine/trial/trial.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { keepEnvironment } from './environment.ts';

describe('the engines of a machine', () => {
  let home: string;
  keepEnvironment();
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    process.env.FUSIFORM_HOME = home;
    delete process.env.FUSIFORM_WEBGPU_SOFTWARE;
  });
  afterEach(() => rm(home, { recursive: true }));

  /** Files in the places where an installed engine has them. */
  async function pretendNative(): Promise<void> {
    const folder = join(home, 'engines', 'native');
    const addon = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
    await mkdir(dirname(addon), { recursive: true });
    await writeFile(addon, 'not a library');
    await writeFile(
      join(folder, 'engine.json'),
      JSON.stringify({
        tensorFlow: tensorFlowVersion,
        nodePackage: nodePackageVersion,
        build: buildRevision,
        device: 'cpu',
        wheels: [],
        files: {},
      }),
    );
  }

  const unavailable = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FusiformError);
    assert.equal(error.code, 'ENGINE_UNAVAILABLE');
    assert.match(error.message, message);
    return true;
  };

  it('are told with device, version, threads and memory', async () => {
    const { reason: _why, ...facts } = await probeEngine('wasm');
    process.env.FUSIFORM_THREADS = '1';
    assert.equal((await probeEngine('wasm')).threads, 1);
    assert.deepEqual(
      { ...facts, threads: null },
      {
        kind: 'wasm',
        available: true,
        device: 'WebAssembly with SIMD',
        processor: 'cpu',
        version: '4.22.0',
        threads: null,
        memory: { bytes: 2 ** 32, what: 'all that WebAssembly can address' },
      },
    );
  });

  it('are WebAssembly where nothing else is there, and say what was passed over', async () => {
    const { engine, passedOver } = await openEngine('auto', { threads: 1 });
    try {
      const native = passedOver.find(({ kind }) => kind === 'native');
      assert.match(native?.reason ?? '', /engine:native|linux-x64/);
      // A machine with a graphics card may have WebGPU.
      if (engine.info.kind === 'wasm')
        assert.deepEqual(
          passedOver.map(({ kind }) => kind),
          ['native', 'webgpu'],
        );
    } finally {
      await engine.dispose();
    }
  });

  it('are passed over when they are there but do not load', async () => {
    await pretendNative();
    const probe = await probeEngine('native');
    assert.equal(probe.available, false);
    assert.match(probe.reason, /did not load|linux-x64|is not installed/);
    await assert.rejects(openEngine('native'), unavailable(/did not load|not available/));
  });

  it('refuse a graphics adapter that computes in software, or say that there is none', async () => {
    const probe = await probeEngine('webgpu');
    if (probe.available) assert.notEqual(probe.processor, 'software gpu');
    else assert.match(probe.reason, /no graphics adapter|in software|did not/);
  });

  it('are ranked by what computes: a GPU, the processor with TensorFlow, a small GPU, WebAssembly', () => {
    const probe = (kind: EngineKind, processor: Processor): EngineProbe => ({
      kind,
      available: true,
      reason: 'found',
      processor,
    });
    const ranked = (...probes: EngineProbe[]) =>
      rankEngines(probes).candidates.map(({ probe: { kind, processor } }) => `${kind} ${processor}`);
    const wasm = probe('wasm', 'cpu');
    assert.deepEqual(ranked(wasm, probe('webgpu', 'gpu'), probe('native', 'gpu')), [
      'native gpu',
      'webgpu gpu',
      'wasm cpu',
    ]);
    assert.deepEqual(ranked(probe('native', 'cpu'), probe('webgpu', 'gpu'), wasm), [
      'webgpu gpu',
      'native cpu',
      'wasm cpu',
    ]);
    assert.deepEqual(ranked(probe('webgpu', 'integrated gpu'), probe('native', 'cpu'), wasm), [
      'native cpu',
      'webgpu integrated gpu',
      'wasm cpu',
    ]);
    const software = rankEngines([probe('webgpu', 'software gpu'), wasm]);
    assert.equal(software.candidates.length, 1);
    assert.match(software.passedOver[0].reason, /in software/);
  });
});

describe('the trial of an engine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fusiform-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function script(code: string): Promise<string> {
    const path = join(folder, 'child.ts');
    await writeFile(path, code);
    return path;
  }

  it('survives a driver that crashes', async () => {
    const crashing = await script('process.abort();');
    assert.deepEqual(await tryEngine('webgpu', { script: crashing }), {
      reason: 'its library or driver crashes (SIGABRT)',
    });
  });

  it('ends one that hangs', async () => {
    const hanging = await script('for (;;);');
    assert.deepEqual(await tryEngine('webgpu', { script: hanging, timeoutMs: 500 }), {
      reason: 'its library or driver did not answer within 0.5 s',
    });
  });

  it('hears what a library writes besides, and asks again after a failure but not after a success', async () => {
    const path = await script('console.log("hello"); console.log(JSON.stringify({ reason: "broken" }));');
    assert.deepEqual(await tryEngine('webgpu', { script: path }), { reason: 'broken' });
    await script('console.log(JSON.stringify({ info: { kind: "webgpu" } }));');
    assert.deepEqual(await tryEngine('webgpu', { script: path }), { info: { kind: 'webgpu' } });
    await script('process.abort();');
    assert.deepEqual(await tryEngine('webgpu', { script: path }), { info: { kind: 'webgpu' } });
  });

  it('opens the real one', async () => {
    const trial = await tryEngine('wasm');
    assert.ok('info' in trial);
    assert.equal(trial.info.device, 'WebAssembly with SIMD');
  });
});
