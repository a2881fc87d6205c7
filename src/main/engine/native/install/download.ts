import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FusiformError } from '../../../../shared/errors.ts';
import type { WorkContext } from '../../../../shared/progress.ts';
import { sha256Of } from './checksum.ts';
import { type HttpClient, showUrl } from './http.ts';
import type { Wheel } from './releases.ts';

export interface DownloadOptions {
  /** Attempts in a row that bring nothing new before a place is given up. Default 5. */
  readonly attempts?: number | undefined;
  /** Pause after the first of them; each further one waits twice as long. Default 1 s. */
  readonly pauseMs?: number | undefined;
}

/** Called with the bytes of the wheel that are here. */
export type OnBytes = (bytes: number) => void;

/** No server is waited for longer, whatever it asks for. */
const longestPauseMs = 60_000;

/** A fault that trying again may cure. */
class Interrupted extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Brings a wheel to `path`. What has arrived lies in `<path>.partial`, and the next call goes on behind it, in this
 * process or another, from the same place or another: the checksum says at the end whether the parts belong together.
 * With the part lies what names the server's version of the file (its ETag), so that a server which has another one
 * by now sends it from the start.
 *
 * @throws FusiformError ENGINE_DOWNLOAD_FAILED if the place does not give the published file
 */
export async function download(
  wheel: Wheel,
  url: URL,
  path: string,
  http: HttpClient,
  { signal }: Pick<WorkContext, 'signal'>,
  onBytes: OnBytes,
  options: DownloadOptions = {},
): Promise<void> {
  const partial = partialPath(path);
  const resumed = (await sizeOf(partial)) > 0;
  await fetchWhole(wheel, url, partial, http, signal, onBytes, options);
  if (!(await isPublished(wheel, partial, signal))) {
    await discard(partial);
    if (!resumed) throw wrongContent(wheel, url);
    // The part that was here may have been of something else: once more, from the start.
    await fetchWhole(wheel, url, partial, http, signal, onBytes, options);
    if (!(await isPublished(wheel, partial, signal))) {
      await discard(partial);
      throw wrongContent(wheel, url);
    }
  }
  await rename(partial, path);
  await rm(versionPath(partial), { force: true });
}

export function partialPath(path: string): string {
  return `${path}.partial`;
}

async function fetchWhole(
  wheel: Wheel,
  url: URL,
  partial: string,
  http: HttpClient,
  signal: AbortSignal,
  onBytes: OnBytes,
  { attempts = 5, pauseMs = 1000 }: DownloadOptions,
): Promise<void> {
  for (let idle = 0; ; ) {
    const before = await sizeOf(partial);
    onBytes(Math.min(before, wheel.bytes));
    if (before === wheel.bytes) return;
    try {
      await fetchMore(wheel, url, partial, before, http, signal, onBytes);
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error)) throw error;
      idle = (await sizeOf(partial)) > before ? 0 : idle + 1;
      if (idle === attempts) throw failed(wheel, url, error.message, error);
      const asked = error instanceof Interrupted ? error.retryAfterMs : 0;
      await sleep(
        Math.min(longestPauseMs, Math.max(asked, pauseMs * 2 ** Math.max(0, idle - 1))),
        undefined,
        {
          signal,
        },
      );
    }
  }
}

/** One request, and as much of its answer as comes. */
async function fetchMore(
  wheel: Wheel,
  url: URL,
  partial: string,
  from: number,
  http: HttpClient,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<void> {
  const version = from === 0 ? undefined : await readVersion(partial);
  const response = await http.get(
    url,
    from === 0 ? {} : { Range: `bytes=${from}-`, ...(version === undefined ? {} : { 'If-Range': version }) },
    signal,
  );
  try {
    const start = startOf(wheel, url, response, from);
    await writeVersion(partial, response);
    const file = await open(partial, start === 0 ? 'w' : 'r+');
    try {
      await append(wheel, url, file, start, response, onBytes);
    } finally {
      await file.sync();
      await file.close();
    }
  } finally {
    response.destroy();
  }
}

/** Where in the file the answer's body begins; what cannot be the published file is refused by its head. */
function startOf(wheel: Wheel, url: URL, response: IncomingMessage, from: number): number {
  const { statusCode = 0, headers } = response;
  if (statusCode === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (Number(start) !== from)
      throw failed(wheel, url, `it sent bytes from ${start}, ${from} was asked for`);
    if (total !== '*') checkSize(wheel, url, Number(total));
    return from;
  }
  if (statusCode === 200) {
    // The whole file: the server does not know ranges, or its file has changed.
    const length = headers['content-length'];
    if (length !== undefined) checkSize(wheel, url, Number(length));
    return 0;
  }
  if (statusCode === 416) throw failed(wheel, url, `its file ends before byte ${from}`);
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500) {
    const seconds = Number(headers['retry-after']);
    throw new Interrupted(`it answered ${statusCode}`, Number.isFinite(seconds) ? seconds * 1000 : 0);
  }
  throw failed(wheel, url, `it answered ${statusCode}`);
}

async function append(
  wheel: Wheel,
  url: URL,
  file: FileHandle,
  start: number,
  response: IncomingMessage,
  onBytes: OnBytes,
): Promise<void> {
  let position = start;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (position + chunk.length > wheel.bytes) checkSize(wheel, url, position + chunk.length);
    await file.write(chunk, 0, chunk.length, position);
    position += chunk.length;
    onBytes(position);
  }
  if (position < wheel.bytes) throw new Interrupted(`it ended after ${position} of ${wheel.bytes} bytes`);
}

function checkSize(wheel: Wheel, url: URL, bytes: number): void {
  if (bytes !== wheel.bytes)
    throw failed(wheel, url, `its file has ${bytes} bytes, the published one ${wheel.bytes}`);
}

async function isPublished(wheel: Wheel, path: string, signal: AbortSignal): Promise<boolean> {
  return (await sha256Of(path, signal)) === wheel.sha256;
}

const networkFaults = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

function isTransient(error: unknown): error is Error {
  if (error instanceof Interrupted) return true;
  if (!(error instanceof Error) || error instanceof FusiformError) return false;
  if (!('code' in error)) return /^no answer/.test(error.message);
  return networkFaults.has(String(error.code));
}

function failed(wheel: Wheel, url: URL, why: string, cause?: unknown): FusiformError {
  return new FusiformError(
    'ENGINE_DOWNLOAD_FAILED',
    `${wheel.file} could not be fetched from ${showUrl(url)}: ${why}.`,
    { cause },
  );
}

const wrongContent = (wheel: Wheel, url: URL) =>
  failed(wheel, url, 'what it sent has another checksum than the published file');

/** Beside the part: which version of the server's file it is of. */
const versionPath = (partial: string) => `${partial}.version`;

async function readVersion(partial: string): Promise<string | undefined> {
  try {
    return (await readFile(versionPath(partial), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

async function writeVersion(partial: string, { headers }: IncomingMessage): Promise<void> {
  // A weak ETag names no bytes, so that it may not guard a range.
  const tag = headers.etag?.startsWith('W/') ? undefined : headers.etag;
  await writeFile(versionPath(partial), tag ?? headers['last-modified'] ?? '');
}

async function discard(partial: string): Promise<void> {
  await rm(partial, { force: true });
  await rm(versionPath(partial), { force: true });
}

export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
