import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  enginesFolder,
  librariesPath,
  nativeFolder,
  nativeStatus,
  nodePackageInstalled,
} from '../../src/main/engine/native/home.ts';
import { checkLibraryPaths } from '../../src/main/engine/native/install/addon.ts';
import { planNative } from '../../src/main/engine/native/install/plan.ts';
import { type InstallSteps, provisionNative } from '../../src/main/engine/native/install/provision.ts';
import { missingTools, requireTools, runTool } from '../../src/main/engine/native/install/tools.ts';
import { removeNative, verifyNative } from '../../src/main/engine/native/install/upkeep.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import type { Progress } from '../../src/shared/progress.ts';
import { content, installSynthetic, steps, table, wheel } from './install-synthetic.ts';
import { makeWheel, releaseOf, wheelOf } from './synthetic-wheel.ts';
import { sendFile, serve, type WheelServer } from './wheel-server.ts';

const possible =
  process.platform === 'linux' && process.arch === 'x64'
    ? nodePackageInstalled() || 'the package @tensorflow/tfjs-node-gpu is not installed'
    : 'linux-x64 only';

const fails = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FusiformError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

const { signal } = new AbortController();

describe('the home of the native engine', () => {
  const environment = { ...process.env };
  afterEach(() => {
    for (const name of ['FUSIFORM_HOME', 'XDG_DATA_HOME', 'PATH', 'CXX']) {
      if (environment[name] === undefined) delete process.env[name];
      else process.env[name] = environment[name];
    }
  });

  it('is the folder that the user named, or the data folder', () => {
    delete process.env.FUSIFORM_HOME;
    delete process.env.XDG_DATA_HOME;
    assert.equal(enginesFolder(), join(homedir(), '.local', 'share', 'fusiform', 'engines'));
    process.env.XDG_DATA_HOME = '/data';
    assert.equal(enginesFolder(), '/data/fusiform/engines');
    process.env.FUSIFORM_HOME = '/own';
    assert.equal(enginesFolder(), '/own/engines');
    assert.equal(enginesFolder({ home: '/given' }), '/given/engines');
  });

  it('needs tools, which are named together with their packages', async () => {
    process.env.PATH = '/nowhere';
    delete process.env.CXX;
    await assert.rejects(
      requireTools(signal),
      fails('ENGINE_TOOL_MISSING', /needs g\+\+, strip, readelf; .*apt install g\+\+ binutils$/),
    );
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
});

describe('installing the native engine', { skip: possible === true ? false : possible }, () => {
  let home: string;
  let server: WheelServer;
  let reports: Progress[];
  const context = { signal, report: (progress: Progress) => reports.push(progress) };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    reports = [];
    server = await serve((request, response) => {
      if (request.url?.endsWith('.whl')) sendFile(content, request, response, { etag: '"1"' });
      else response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<a href="/${wheel.file}">wheel</a>`);
    });
  });
  afterEach(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });
  const install = (own?: InstallSteps) => installSynthetic(home, server.url.href, context, own);
  const wheelRequests = () => server.requests.filter((line) => line.includes('.whl'));

  it('leaves a whole engine and nothing else, with the checksum of every file', async () => {
    const installed = await install();
    assert.equal(installed.installed, true);
    assert.equal(installed.renewed, true);
    assert.deepEqual(await readdir(join(home, 'engines')), ['native']);
    const files = ['deps/lib/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_framework.so.2'];
    const manifest = JSON.parse(await readFile(join(home, 'engines/native/engine.json'), 'utf8'));
    assert.deepEqual(Object.keys(manifest.files), [...files, 'lib/napi-v8/tfjs_binding.node']);
    assert.equal((await verifyNative({ home }, context)).files, 3);
    for (const done of reports.filter(({ unit }) => unit === 'MB')) assert.ok(done.done <= done.total);
    const again = await install();
    assert.equal(again.renewed, false);
    assert.equal(wheelRequests().length, 1);
  });

  for (const stage of ['downloading', 'unpacking', 'build', 'trial']) {
    it(`killed while ${stage}, goes on where it was`, async () => {
      const script = join(import.meta.dirname, 'install-synthetic.ts');
      const child = spawn(process.execPath, [script, home, server.url.href, stage], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('close', () => reject(new Error('it ended by itself')));
      });
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      assert.equal(nativeStatus({ home }).installed, false);
      const before = wheelRequests().length;
      assert.equal((await install()).installed, true);
      assert.deepEqual(await readdir(join(home, 'engines')), ['native']);
      // A whole download is used again; a finished engine is only tried.
      assert.ok(wheelRequests().length - before <= (stage === 'downloading' ? 1 : 0));
      if (stage === 'trial') assert.equal(reports.length, 0);
      await verifyNative({ home }, context);
    });
  }

  it('is cancelled at a safe place, and says so', async () => {
    const cancel = new AbortController();
    const cancelled = installSynthetic(home, server.url.href, {
      signal: cancel.signal,
      report: ({ note = '' }) => {
        if (note.startsWith('unpacking')) cancel.abort();
      },
    });
    await assert.rejects(cancelled, fails('JOB_CANCELLED', /cancelled/));
    assert.equal(nativeStatus({ home }).installed, false);
    assert.equal(existsSync(join(home, 'engines', 'install.lock')), false);
    await assert.rejects(
      installSynthetic(home, server.url.href, { ...context, signal: AbortSignal.abort() }),
    );
    assert.equal((await install()).installed, true);
  });

  it('keeps the former engine when the new one does not work', async () => {
    await install();
    const folder = nativeFolder({ home });
    const manifest = await readFile(join(folder, 'engine.json'), 'utf8');
    await writeFile(join(folder, 'engine.json'), manifest.replace('"build": ', '"build": 100'));
    assert.match(nativeStatus({ home }).reason, /of another version/);
    const broken = {
      ...steps,
      tryOut: () => Promise.reject(new FusiformError('ENGINE_INSTALL_FAILED', 'no')),
    };
    await assert.rejects(install(broken), fails('ENGINE_INSTALL_FAILED', /no/));
    assert.equal(existsSync(join(folder, librariesPath, 'libtensorflow_cc.so.2')), true);
    assert.equal((await install()).installed, true);
  });

  it('notices a library that was cut off or is gone, and repairs it; verify finds what has the right size', async () => {
    await install();
    const library = join(nativeFolder({ home }), librariesPath, 'libtensorflow_cc.so.2');
    const bytes = await readFile(library);
    bytes[1000] ^= 1;
    await writeFile(library, bytes);
    assert.equal(nativeStatus({ home }).installed, true);
    await assert.rejects(
      verifyNative({ home }, context),
      fails('ENGINE_DAMAGED', /deps\/lib\/libtensorflow_cc\.so\.2 \(changed\)/),
    );
    await truncate(library, 12);
    assert.match(
      nativeStatus({ home }).reason,
      /damaged \(deps\/lib\/libtensorflow_cc.* 12 bytes instead of 2000000\)/,
    );
    await rm(library);
    assert.match(nativeStatus({ home }).reason, /damaged \(deps\/lib\/libtensorflow_cc\.so\.2 is missing\)/);
    assert.equal((await install()).renewed, true);
    await verifyNative({ home }, context);
  });

  it('falls back to pip, and says what every place answered', async () => {
    await server.close();
    const index = server.url.href;
    server = await serve((_request, response) => response.writeHead(403).end());
    const plan = await planNative(
      {
        home,
        releases: table,
        device: 'cpu',
        settings: { findLinks: [], indexes: [server.url.href, index] },
      },
      signal,
    );
    const pip = (path: string) => writeFile(path, content);
    const failing = async () => Promise.reject(new FusiformError('ENGINE_INSTALL_FAILED', 'no pip here'));
    await assert.rejects(
      provisionNative(plan, { home, pip: failing }, context, steps),
      fails('ENGINE_DOWNLOAD_FAILED', /answered 403[\s\S]*ECONNREFUSED[\s\S]*pip: no pip here/),
    );
    await provisionNative(plan, { home, pip: (_wheel, path) => pip(path) }, context, steps);
    assert.equal(nativeStatus({ home }).installed, true);
  });

  it('asks for disk before it starts, and leaves the network alone with a given file', async () => {
    await writeFile(join(home, 'given.whl'), content);
    const full = { ...table, cpu: { ...table.cpu, unpackedBytes: 1e18 } };
    const from = [join(home, 'given.whl')];
    const plan = (releases: typeof table) => planNative({ home, releases, device: 'cpu', from }, signal);
    await assert.rejects(
      provisionNative(await plan(full), { home }, context, steps),
      fails('DISK_FULL', /needs 1000000000\d+ MB/),
    );
    await provisionNative(await plan(table), { home }, context, steps);
    assert.equal(nativeStatus({ home }).installed, true);
    assert.equal(existsSync(from[0]), true);
    assert.deepEqual(server.requests, []);
  });

  it('refuses a given file that is not the published wheel', async () => {
    await writeFile(join(home, 'given.whl'), 'something else');
    const plan = await planNative(
      { home, releases: table, device: 'cpu', from: [join(home, 'given.whl')] },
      signal,
    );
    await assert.rejects(
      provisionNative(plan, { home }, context, steps),
      fails('ENGINE_WHEEL_INVALID', /its SHA-256 is [0-9a-f]{64}/),
    );
  });

  it('is done by one process at a time; the lock of a dead one is taken over', async () => {
    await mkdir(join(home, 'engines'));
    const lock = join(home, 'engines', 'install.lock');
    await writeFile(lock, String(process.ppid));
    await assert.rejects(install(), fails('ENGINE_INSTALL_BUSY', new RegExp(`Process ${process.ppid} `)));
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('close', resolve));
    await writeFile(lock, String(child.pid));
    assert.equal((await install()).installed, true);
  });

  it('is undone with all that it left behind, and says what that frees', async () => {
    assert.deepEqual(await removeNative({ home }), { removed: [], bytes: 0 });
    await mkdir(join(home, 'engines', 'downloads'), { recursive: true });
    await writeFile(join(home, 'engines', 'downloads', 'part'), Buffer.alloc(1000));
    await install();
    await mkdir(join(home, 'engines', 'building'), { recursive: true });
    await writeFile(join(home, 'engines', 'building', 'part'), Buffer.alloc(500));
    const { removed, bytes } = await removeNative({ home });
    assert.deepEqual(removed, [join(home, 'engines', 'native'), join(home, 'engines', 'building')]);
    assert.ok(bytes > 2_500_500);
    assert.deepEqual(await readdir(join(home, 'engines')), []);
    assert.match(nativeStatus({ home }).reason, /not installed/);
  });
});

/** The layout of the variant for graphics cards, with small libraries that are linked as TensorFlow's are. */
describe('the CUDA variant', { skip: possible === true ? false : possible }, () => {
  it("finds NVIDIA's libraries where TensorFlow's own look for them", async (t) => {
    if ((await missingTools(signal)).length > 0) return t.skip('no compiler here');
    const home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    try {
      const library = async (rpath: string) => {
        const path = join(home, 'library.so');
        await writeFile(join(home, 'empty.c'), 'int answer(void) { return 42; }\n');
        const flags = [
          '-shared',
          '-fPIC',
          '-x',
          'c',
          join(home, 'empty.c'),
          `-Wl,-rpath,${rpath}`,
          '-o',
          path,
        ];
        await runTool('g++', flags, {}, signal);
        return await readFile(path);
      };
      // As in TensorFlow's build files: once for its own folder, once for a folder below.
      const rpath = ['cublas', 'cudnn'].map(
        (name) => `$ORIGIN/../../nvidia/${name}/lib:$ORIGIN/../nvidia/${name}/lib`,
      );
      const install = async (search: string, folder: string) => {
        const so = await library(search);
        const wheels = [
          makeWheel('tensorflow-2.21.0', [
            { name: 'tensorflow/libtensorflow_cc.so.2', content: so },
            { name: 'tensorflow/libtensorflow_framework.so.2', content: so },
          ]),
          makeWheel('nvidia_cublas_cu12-12.5', [{ name: 'nvidia/cublas/lib/libcublas.so.12', content: so }]),
          makeWheel('nvidia_cudnn_cu12-9.3', [{ name: 'nvidia/cudnn/lib/libcudnn.so.9', content: so }]),
          makeWheel('nvidia_cuda_nvcc_cu12-12.5', [
            { name: 'nvidia/cuda_nvcc/bin/ptxas', content: Buffer.from('#!'), mode: 0o755 },
          ]),
        ];
        const names = ['tensorflow', 'nvidia-cublas-cu12', 'nvidia-cudnn-cu12', 'nvidia-cuda-nvcc-cu12'];
        const table_ = wheels.map((bytes, i) => wheelOf(names[i], `${names[i]}.whl`, bytes));
        await mkdir(join(home, folder));
        for (const [i, { file }] of table_.entries()) await writeFile(join(home, folder, file), wheels[i]);
        const cuda = releaseOf('cuda', table_);
        const plan = await planNative(
          { home, device: 'cuda', from: [join(home, folder)], releases: { cpu: cuda, cuda } },
          signal,
        );
        assert.match(plan.notes.join(), /no NVIDIA driver was found|^$/);
        return await provisionNative(
          plan,
          { home },
          { signal, report: () => {} },
          {
            ...steps,
            build: async (...args) => {
              await steps.build(...args);
              await checkLibraryPaths(args[0], cuda, signal);
            },
          },
        );
      };
      await assert.rejects(
        install(rpath[0], 'without-cudnn'),
        fails('ENGINE_INSTALL_FAILED', /do not look where these of NVIDIA lie: cudnn\./),
      );
      const installed = await install(rpath.join(':'), 'whole');
      assert.equal(installed.device, 'cuda');
      assert.match(installed.reason, /with CUDA is installed/);
      assert.match(installed.notes[0], /no graphics card/);
      assert.ok(existsSync(join(home, 'engines/native/deps/nvidia/cublas/lib/libcublas.so.12')));
      assert.ok(existsSync(join(home, 'engines/native/deps/nvidia/cuda_nvcc/bin/ptxas')));
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
