import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  type DownloadOptions,
  download,
  partialPath,
} from '../../src/main/engine/native/install/download.ts';
import { createHttpClient } from '../../src/main/engine/native/install/http.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { noise, wheelOf } from './synthetic-wheel.ts';
import { type Answer, sendFile, serve, type WheelServer } from './wheel-server.ts';

const content = noise(2_000_000, 'wheel');
const wheel = wheelOf('project', 'project-1.0-py3-none-any.whl', content);
const half = 1_000_000;

describe('downloading a wheel', () => {
  let folder: string;
  let path: string;
  let server: WheelServer | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fusiform-'));
    path = join(folder, wheel.file);
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(folder, { recursive: true });
  });

  const quick: DownloadOptions = { attempts: 3, pauseMs: 5 };

  /** @returns the counts of bytes that were reported */
  async function fetch(
    answer: Answer,
    signal = new AbortController().signal,
    silenceMs = 10_000,
  ): Promise<number[]> {
    server = await serve(answer);
    const seen: number[] = [];
    const http = createHttpClient({ silenceMs });
    try {
      await download(
        wheel,
        new URL(wheel.file, server.url),
        path,
        http,
        { signal },
        (n) => seen.push(n),
        quick,
      );
    } finally {
      http.close();
    }
    return seen;
  }

  async function isWhole(): Promise<void> {
    assert.deepEqual(await readFile(path), content);
    assert.equal(existsSync(partialPath(path)), false);
    assert.equal(existsSync(`${partialPath(path)}.version`), false);
  }

  const refused = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FusiformError, String(error));
    assert.equal(error.code, 'ENGINE_DOWNLOAD_FAILED');
    assert.match(error.message, message);
    return true;
  };

  it('reports every byte up to the last', async () => {
    const seen = await fetch((request, response) => sendFile(content, request, response));
    await isWhole();
    assert.equal(seen[0], 0);
    assert.equal(seen.at(-1), content.length);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  });

  it('goes on behind what an earlier attempt has brought', async () => {
    await writeFile(partialPath(path), content.subarray(0, half));
    const seen = await fetch((request, response) => sendFile(content, request, response));
    await isWhole();
    assert.equal(seen[0], half);
    assert.deepEqual(server?.requests, [`GET /${wheel.file} bytes=${half}-`]);
  });

  it('asks again when the connection breaks, for the rest alone', async () => {
    await fetch((request, response) =>
      sendFile(content, request, response, { etag: '"1"', breakAfter: 700_000 }),
    );
    await isWhole();
    const starts = server?.requests.map((line) => Number(/bytes=(\d+)/.exec(line)?.[1] ?? 0)) ?? [];
    assert.ok(starts.length >= 2, String(starts));
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
    );
  });

  it('asks again when the connection falls silent', async () => {
    let asked = 0;
    await fetch(
      (request, response) =>
        sendFile(content, request, response, asked++ === 0 ? { stallAfter: 700_000 } : {}),
      undefined,
      500,
    );
    await isWhole();
    assert.ok(asked >= 2);
  });

  it('starts over where the server does not know ranges', async () => {
    await writeFile(partialPath(path), noise(half, 'something else'));
    await fetch((request, response) => sendFile(content, request, response, { ranges: false }));
    await isWhole();
    assert.equal(server?.requests.length, 1);
  });

  it('starts over where the file of the server has changed since', async () => {
    await writeFile(partialPath(path), noise(half, 'an earlier file'));
    await writeFile(`${partialPath(path)}.version`, '"earlier"');
    await fetch((request, response) => sendFile(content, request, response, { etag: '"now"' }));
    await isWhole();
    assert.equal(server?.requests.length, 1);
  });

  it('throws away a part that turns out to be of something else, and fetches the whole once more', async () => {
    await writeFile(partialPath(path), noise(half, 'something else'));
    await fetch((request, response) => sendFile(content, request, response));
    await isWhole();
    assert.deepEqual(server?.requests, [`GET /${wheel.file} bytes=${half}-`, `GET /${wheel.file}`]);
  });

  it('takes what is whole already without asking', async () => {
    await writeFile(partialPath(path), content);
    await fetch((_request, response) => response.writeHead(500).end());
    await isWhole();
    assert.deepEqual(server?.requests, []);
  });

  it('follows redirections, and stops where they go round', async () => {
    await fetch((request, response) => {
      if (request.url === '/elsewhere') sendFile(content, request, response);
      else response.writeHead(302, { Location: '/elsewhere' }).end();
    });
    await isWhole();
    await server?.close();
    await rm(path);
    await assert.rejects(
      fetch((_request, response) => response.writeHead(302, { Location: '/again' }).end()),
      /circle/,
    );
  });

  it('refuses a file of another size by its head, and one of another content by its checksum', async () => {
    await assert.rejects(
      fetch((request, response) => sendFile(noise(1000, 'short'), request, response)),
      refused(/has 1000 bytes, the published one 2000000/),
    );
    await server?.close();
    await assert.rejects(
      fetch((request, response) => sendFile(noise(content.length, 'other'), request, response)),
      refused(/another checksum/),
    );
    assert.equal(existsSync(path), false);
    assert.equal(existsSync(partialPath(path)), false);
  });

  it('does not take more bytes than the published file has', async () => {
    const chunk = noise(700_000, 'endless');
    await assert.rejects(
      fetch((_request, response) => {
        response.writeHead(200, { 'Transfer-Encoding': 'chunked' });
        const more = () => response.write(chunk, () => !response.destroyed && setImmediate(more));
        more();
      }),
      refused(/bytes, the published one 2000000/),
    );
  });

  it('waits and asks again while a server is overloaded, and gives up in the end', async () => {
    let asked = 0;
    await fetch((request, response) => {
      if (asked++ < 2) response.writeHead(503, { 'Retry-After': '0' }).end();
      else sendFile(content, request, response);
    });
    await isWhole();
    await server?.close();
    await rm(path);
    await assert.rejects(
      fetch((_request, response) => response.writeHead(503).end()),
      refused(/it answered 503/),
    );
    assert.equal(server?.requests.length, 3);
  });

  it('does not insist where it is not allowed, and shows no password', async () => {
    server = await serve((_request, response) => response.writeHead(401).end());
    const url = new URL(wheel.file, server.url);
    url.username = 'somebody';
    url.password = 'secret';
    const http = createHttpClient();
    const { signal } = new AbortController();
    await assert.rejects(
      download(wheel, url, path, http, { signal }, () => {}, quick),
      (error: unknown) => {
        assert.doesNotMatch(String(error), /secret|somebody/);
        return refused(/it answered 401/)(error);
      },
    );
    assert.equal(server.requests.length, 1);
    http.close();
  });

  it('stops when it is cancelled, and keeps what it has', async () => {
    const cancel = new AbortController();
    const fetching = fetch((request, response) => {
      sendFile(content, request, response, { stallAfter: half });
      setTimeout(() => cancel.abort(), 300);
    }, cancel.signal);
    await assert.rejects(fetching, { name: 'AbortError' });
    const kept = await readFile(partialPath(path));
    assert.ok(kept.length > 0);
    assert.deepEqual(kept, content.subarray(0, kept.length));
  });
});
