import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chooseDevice, compareVersions, findDriver } from '../../src/main/engine/native/install/driver.ts';
import { parsePipSettings } from '../../src/main/engine/native/install/pip-settings.ts';
import { type PlanOptions, planNative } from '../../src/main/engine/native/install/plan.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { releaseOf, tensorFlowWheel, wheelOf } from './synthetic-wheel.ts';
import { serve } from './wheel-server.ts';

const linux = process.platform === 'linux' && process.arch === 'x64';
const { signal } = new AbortController();
const driverOf = (version: string | undefined) => ({
  run: async () => (version === undefined ? undefined : `${version}, NVIDIA A100\n${version}, NVIDIA A100\n`),
  read: async () => undefined,
});

describe('pip settings', () => {
  it('are those of the configuration files, the section of the command first, and the environment before both', () => {
    const lines = [
      ":env:.find-links='/not/this/line'",
      "global.extra-index-url='file:///a/simple file:///b/simple'",
      "global.find-links='\\n/wheels\\nhttps://example.org/wheels.html'",
      "global.index-url='https://mirror.example.org/simple'",
      "download.index-url='https://own.example.org/simple'",
      "install.index-url='https://not.example.org/simple'",
      "global.cert='/etc/certificates.pem'",
    ];
    assert.deepEqual(parsePipSettings(lines, {}), {
      findLinks: ['/wheels', 'https://example.org/wheels.html'],
      indexes: ['https://own.example.org/simple', 'file:///a/simple', 'file:///b/simple'],
      certificates: '/etc/certificates.pem',
    });
    const environment = { PIP_INDEX_URL: 'https://env.example.org/simple', PIP_FIND_LINKS: '/env' };
    const settings = parsePipSettings(lines, environment);
    assert.equal(settings.indexes[0], 'https://env.example.org/simple');
    assert.deepEqual(settings.findLinks, ['/env']);
  });

  it('are the public index without any, and no index where pip must not ask one', () => {
    assert.deepEqual(parsePipSettings([], {}), { findLinks: [], indexes: ['https://pypi.org/simple'] });
    assert.deepEqual(parsePipSettings([], { PIP_NO_INDEX: '1' }), { findLinks: [], indexes: [] });
  });
});

describe("NVIDIA's driver", () => {
  it('is read from its own program, or from the kernel', async () => {
    assert.deepEqual(await findDriver(driverOf('550.54.15')), {
      version: '550.54.15',
      cards: ['NVIDIA A100', 'NVIDIA A100'],
    });
    const kernel =
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n';
    const open = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n';
    for (const [text, version] of [
      [kernel, '535.104.05'],
      [open, '580.65.06'],
    ]) {
      const probe = { run: async () => undefined, read: async () => text };
      assert.deepEqual(await findDriver(probe), { version, cards: [] });
    }
    const failing = { run: async () => 'NVIDIA-SMI has failed\n', read: async () => undefined };
    assert.equal(await findDriver(failing), undefined);
  });

  it('decides on the device unless the user does', () => {
    const card = (version: string) => ({ version, cards: ['NVIDIA A100'] });
    assert.deepEqual(chooseDevice('auto', card('525.60.13')), {
      device: 'cuda',
      reason: 'NVIDIA driver 525.60.13 (NVIDIA A100)',
    });
    assert.equal(chooseDevice('auto', card('525.60.11')).device, 'cpu');
    assert.match(chooseDevice('auto', card('470.1')).reason, /older than 525\.60\.13/);
    assert.deepEqual(chooseDevice('auto', undefined), {
      device: 'cpu',
      reason: 'no NVIDIA driver was found',
    });
    assert.equal(chooseDevice('cpu', card('580.1')).device, 'cpu');
    assert.match(chooseDevice('cuda', undefined).warning ?? '', /no NVIDIA driver was found/);
    assert.equal(compareVersions('525.60.13', '525.60.13'), 0);
    assert.ok(compareVersions('1000.1', '525.60.13') > 0);
  });
});

describe('the plan of an installation', { skip: linux ? false : 'linux-x64 only' }, () => {
  let home: string;
  const { wheel, content } = tensorFlowWheel();
  const nvidia = wheelOf('nvidia-cublas-cu12', 'nvidia_cublas_cu12-1.0-py3-none-linux.whl', Buffer.from('x'));
  const table = { cpu: releaseOf('cpu', [wheel]), cuda: releaseOf('cuda', [wheel, nvidia]) };
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fusiform-'));
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
  });
  const plan = (options: PlanOptions) =>
    planNative(
      {
        home,
        releases: table,
        settings: { findLinks: [], indexes: [] },
        driverProbe: driverOf(undefined),
        ...options,
      },
      signal,
    );

  it('finds the wheel in an index of files, in a folder, and needs no network then', async () => {
    const index = join(home, 'simple');
    await mkdir(join(index, wheel.project), { recursive: true });
    await writeFile(join(home, wheel.file), content);
    await writeFile(
      join(index, wheel.project, 'index.html'),
      `<a href="../../other-1.0.whl">other</a><a class=x href="../../${wheel.file}#sha256=0">it</a>`,
    );
    // Nothing listens there: asking it would be seen among the notes.
    const nobody = 'http://127.0.0.1:9/simple';
    for (const settings of [
      { findLinks: [], indexes: [nobody, pathToFileURL(index).href] },
      { findLinks: [home], indexes: [nobody] },
    ]) {
      const { wheels, downloadBytes, notes } = await plan({ settings });
      assert.equal(wheels[0].local, join(home, wheel.file));
      assert.equal(downloadBytes, 0);
      assert.deepEqual(notes, []);
    }
    assert.equal(existsSync(join(home, 'engines')), false);
  });

  it('reads listings of either kind over the network, and says what is still to be fetched', async () => {
    const page = `<!DOCTYPE html><a href="/files/${wheel.file}?a=1&amp;b=2#sha256=${wheel.sha256}">x</a>`;
    const listing = JSON.stringify({ files: [{ filename: wheel.file, url: `../../files/${wheel.file}` }] });
    const server = await serve((request, response) => {
      const json = request.url?.startsWith('/json/');
      response.writeHead(200, { 'Content-Type': json ? 'application/vnd.pypi.simple.v1+json' : 'text/html' });
      response.end(json ? listing : page);
    });
    try {
      await mkdir(join(home, 'engines', 'downloads'), { recursive: true });
      await writeFile(join(home, 'engines', 'downloads', `${wheel.file}.partial`), content.subarray(0, 1000));
      for (const [base, address] of [
        ['json/simple/', `json/files/${wheel.file}`],
        ['html/simple', `files/${wheel.file}?a=1&b=2`],
      ]) {
        const settings = { findLinks: [], indexes: [new URL(base, server.url).href] };
        const { wheels, downloadBytes, workingBytes } = await plan({ settings });
        assert.deepEqual(wheels[0].places.map(String), [new URL(address, server.url).href]);
        assert.equal(wheels[0].here, 1000);
        assert.equal(downloadBytes, wheel.bytes - 1000);
        assert.ok(workingBytes > downloadBytes + table.cpu.unpackedBytes);
      }
    } finally {
      await server.close();
    }
  });

  it('says which indexes could not be asked, once', async () => {
    const settings = { findLinks: [], indexes: ['http://127.0.0.1:9/simple'] };
    const { wheels, notes } = await plan({ settings });
    assert.deepEqual(wheels[0].places, []);
    assert.match(notes.join('\n'), /was not found\n.*ECONNREFUSED/);
  });

  it('takes given files as they are, and names those that are missing', async () => {
    await writeFile(join(home, 'renamed.whl'), content);
    assert.equal(
      (await plan({ from: [join(home, 'renamed.whl')] })).wheels[0].local,
      join(home, 'renamed.whl'),
    );
    await writeFile(join(home, wheel.file), content);
    assert.equal((await plan({ from: [home] })).wheels[0].local, join(home, wheel.file));
    assert.equal((await plan({ from: [home], driverProbe: driverOf('580.1.1') })).device, 'cpu');
    await assert.rejects(plan({ from: [home], device: 'cuda' }), (error: unknown) => {
      assert.ok(error instanceof FusiformError);
      assert.equal(error.code, 'FILE_NOT_FOUND');
      assert.ok(error.message.includes(nvidia.file));
      return true;
    });
    await writeFile(join(home, nvidia.file), 'x');
    assert.equal((await plan({ from: [home], driverProbe: driverOf('580.1.1') })).device, 'cuda');
    await assert.rejects(plan({ from: [join(home, 'none.whl')] }), { code: 'FILE_NOT_FOUND' });
  });
});
