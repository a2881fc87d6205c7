import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { startWebHost, type WebHost } from '../../../src/main/hosts/web/server.ts';
import { Application } from '../../../src/main/services/app/application.ts';
import { RecentProjects } from '../../../src/main/services/app/recent-projects.ts';
import type { contract } from '../../../src/shared/contract/index.ts';
import { freshFolder } from '../../services/fresh-folder.ts';
import { writePictures } from '../../services/small-job.ts';

type Api = ContractRouterClient<typeof contract>;

const folder = freshFolder();
const rendererDir = join(folder.path, 'renderer');
const application = new Application(
  { host: 'web' },
  { recent: new RecentProjects(join(folder.path, 'recent.json')) },
);
let host: WebHost;
let cookie = '';
let base = '';

before(async () => {
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Fusiform</title>');
  writeFileSync(join(rendererDir, 'assets', 'index-1.js'), 'export const a = 1;\n');
  writeFileSync(join(folder.path, 'secret.txt'), 'secret');
  symlinkSync(join(folder.path, 'secret.txt'), join(rendererDir, 'linked.txt'));
  host = await startWebHost({ application, rendererDir, port: 0 });
  base = `http://127.0.0.1:${host.port}`;
  const answer = await fetch(host.url, { redirect: 'manual' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/');
  const header = answer.headers.get('set-cookie') ?? '';
  assert.match(header, /HttpOnly; SameSite=Strict; Path=\//);
  cookie = header.split(';')[0];
});

after(async () => {
  await host.close();
  await application.closeAll();
  folder.remove();
});

/** A request as the wire sees it: paths are not made tidy beforehand. */
async function raw(path: string, headers: Record<string, string> = { cookie }) {
  const sent = request({ host: '127.0.0.1', port: host.port, path, headers });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

async function openSocket(headers: Record<string, string>, origin = base): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers, origin });
  await once(socket, 'open');
  return socket;
}

function clientOf(socket: WebSocket): Api {
  return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
}

async function withClient(action: (api: Api) => Promise<void>): Promise<void> {
  const socket = await openSocket({ cookie });
  try {
    await action(clientOf(socket));
  } finally {
    socket.close();
  }
}

describe('guards of the web host', () => {
  it('let nobody in without the cookie', async () => {
    assert.equal((await raw('/', {})).status, 401);
    assert.equal((await raw('/', { cookie: 'fusiform-00000000=guess' })).status, 401);
    assert.equal((await raw('/?token=guess', {})).status, 401);
    assert.equal((await raw('/data/000000000000/artifacts/x/y', {})).status, 401);
    await assert.rejects(openSocket({}), /403/);
  });

  it('refuse another origin, and a name that was pointed here', async () => {
    assert.equal((await raw('/', { cookie, origin: 'http://evil.example' })).status, 403);
    assert.equal((await raw('/', { cookie, host: `evil.example:${host.port}` })).status, 421);
    await assert.rejects(openSocket({ cookie }, 'http://evil.example'), /403/);
    await assert.rejects(openSocket({ cookie, host: 'evil.example' }, 'http://evil.example'), /403/);
    // The other end of a tunnel has a port of its own.
    assert.equal((await raw('/', { cookie, host: 'localhost:9999' })).status, 200);
  });

  it('let no path out of the renderer', async () => {
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/linked.txt',
      '/assets/..%5c..%5csecret.txt',
      '/%00.txt',
      '/%zz.txt',
    ]) {
      const { status, body } = await raw(path);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
      assert.doesNotMatch(body.toString(), /^secret/);
    }
  });

  it('send the page with its policy for every place of the application', async () => {
    for (const path of ['/', '/projects/0123456789ab/overview?face=3', '//evil.example/']) {
      const { status, headers, body } = await raw(path);
      assert.equal(status, 200);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(body.toString(), /<title>Fusiform/);
    }
    const script = await raw('/assets/index-1.js');
    assert.match(String(script.headers['content-type']), /javascript/);
    assert.match(String(script.headers['cache-control']), /immutable/);
  });

  it('take a body only for codes, and only from a page of this host', async () => {
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${base}${path}`, { method: 'POST', body: new Uint8Array(8), headers });
    const decode = `/data/0123456789ab/decode/${'0'.repeat(32)}`;
    assert.equal((await post(decode, {})).status, 401);
    assert.equal((await post(decode, { cookie })).status, 403);
    assert.equal((await post(decode, { cookie, origin: 'http://evil.example' })).status, 403);
    assert.equal((await post('/', { cookie, origin: base })).status, 405);
    assert.equal((await post(decode, { cookie, origin: base })).status, 404);
  });

  it('end the connection of a message that is too long, and no other', async () => {
    await withClient(async (api) => {
      const socket = await openSocket({ cookie });
      socket.send(Buffer.alloc(2 << 20));
      await once(socket, 'close');
      assert.equal((await api.application.capabilities()).host, 'web');
    });
  });
});

describe('the contract over a socket', () => {
  it('carries refusals with their remedy, and inputs that the schema refuses', async () => {
    await withClient(async (api) => {
      await assert.rejects(api.projects.open({ dir: join(folder.path, 'nowhere') }), (error: unknown) => {
        const { code, data } = error as {
          code: string;
          data: { code: string; remedy: string; file: string };
        };
        assert.equal(code, 'PROBLEM');
        assert.equal(data.code, 'PROJECT_NOT_FOUND');
        assert.ok(data.remedy.length > 0 && data.file.endsWith('nowhere'));
        return true;
      });
      await assert.rejects(api.projects.info({ project: '../..' }), { code: 'BAD_REQUEST' });
      await assert.rejects(api.projects.info({ project: '0123456789ab' }), (error: unknown) => {
        assert.equal((error as { data: { code: string } }).data.code, 'PROJECT_NOT_OPEN');
        return true;
      });
    });
  });

  it('lets two clients work on one project and agree', async () => {
    await withClient((one) =>
      withClient(async (two) => {
        const dir = join(folder.path, 'study');
        const project = await one.projects.create({ dir, name: 'Study' });
        assert.deepEqual(await two.projects.open({ id: project.id }), project);
        const pictures = await writePictures(folder.path);
        const changes = await two.projects.changes({ project: project.id });
        const first = await revisionOf(changes);
        const request = { kind: 'import-faces', dir: pictures, imageSize: 16, crop: 1 } as const;
        const { id } = await one.jobs.enqueue({ project: project.id, request });
        for await (const event of await two.jobs.watch({ project: project.id })) {
          const job = event.type === 'snapshot' ? event.jobs.find((each) => each.id === id) : undefined;
          assert.notEqual(job?.state, 'failed');
          if (job?.state === 'done') break;
        }
        assert.ok((await revisionOf(changes)) > first);
        await changes.return?.(undefined);
        const [set] = await two.faces.list({ project: project.id });
        assert.deepEqual([set.name, set.count, set.imageSize], ['faces', 6, 16]);
        const steps = await one.overview.get({ project: project.id });
        assert.deepEqual([steps[0].state, steps[1].state, steps[1].needs], ['done', 'missing', null]);
        await checkData(project.id, set.artifact, dir);
        assert.deepEqual(await resultOf(one.projects.verify({ project: project.id })), {
          artifacts: 1,
          bytes: (await one.projects.info({ project: project.id })).artifactBytes,
          missing: [],
          damaged: [],
        });
        const copy = await resultOf(
          two.projects.copy({ project: project.id, to: join(folder.path, 'copy') }),
        );
        const described = await two.projects.describe({ project: copy.id });
        assert.deepEqual(described.counts, [{ kind: 'faces', count: 1 }]);
        assert.ok(described.bytes > 0 && described.lastResultAt !== null);
        assert.equal((await two.faces.list({ project: copy.id }))[0].count, 6);
        const [recent] = await one.projects.recent();
        assert.equal(recent.id, copy.id);
      }),
    );
  });
});

/** What long work ended with. */
async function resultOf<T>(
  events: Promise<AsyncIterable<{ type: 'progress' } | { type: 'result'; result: T }>>,
): Promise<T> {
  for await (const event of await events) if (event.type === 'result') return event.result;
  throw new Error('It ended without a result.');
}

async function revisionOf(changes: AsyncIterator<{ revision: number }>): Promise<number> {
  const next = await changes.next();
  assert.ok(!next.done);
  return next.value.revision;
}

/** Pictures and files of an artefact, whole and in part. */
async function checkData(project: string, artifact: string, dir: string): Promise<void> {
  const decode = `/data/${project}/decode/${artifact}`;
  assert.equal((await raw(decode)).status, 405);
  const headers = { cookie, origin: base };
  const refusal = await fetch(base + decode, { method: 'POST', body: new Uint8Array(8), headers });
  assert.equal(refusal.status, 422);
  assert.match(await refusal.text(), /NAME_UNKNOWN/);
  assert.equal(
    (await fetch(`${base}/data/${project}/faces/${artifact}/0.png`, { method: 'POST', headers })).status,
    405,
  );
  const face = await raw(`/data/${project}/faces/${artifact}/3.png`);
  assert.equal(face.status, 200);
  assert.match(String(face.headers['cache-control']), /immutable/);
  const { data, info } = await sharp(face.body).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [16, 16, 3]);
  // As `writePictures` made it.
  assert.deepEqual([...data.subarray(0, 3)], [120, 165, 14]);
  const sheet = await raw(`/data/${project}/faces/${artifact}/sheet.png?from=2&count=100&columns=3`);
  assert.equal((await sharp(sheet.body).metadata()).width, 48);
  assert.equal((await sharp(sheet.body).metadata()).height, 32);
  for (const wrong of ['6.png', '-1.png', 'x.png', 'sheet.png', 'sheet.png?from=0&count=1e9&columns=1']) {
    assert.equal((await raw(`/data/${project}/faces/${artifact}/${wrong}`)).status, 404, wrong);
  }
  const whole = readFileSync(join(dir, 'artifacts', artifact, 'pixels.npy'));
  const path = `/data/${project}/artifacts/${artifact}/pixels.npy`;
  assert.deepEqual((await raw(path)).body, whole);
  const part = await raw(path, { cookie, range: 'bytes=100-199' });
  assert.equal(part.status, 206);
  assert.equal(part.headers['content-range'], `bytes 100-199/${whole.length}`);
  assert.deepEqual(part.body, whole.subarray(100, 200));
  assert.deepEqual((await raw(path, { cookie, range: 'bytes=-10' })).body, whole.subarray(-10));
  assert.equal((await raw(path, { cookie, range: `bytes=${whole.length}-` })).status, 416);
  for (const out of ['..%2f..%2fproject.sqlite', '../../project.sqlite', '%2e%2e/x', '']) {
    assert.equal((await raw(`/data/${project}/artifacts/${artifact}/${out}`)).status, 404, out);
  }
}
