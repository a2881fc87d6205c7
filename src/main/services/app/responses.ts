import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tsv': 'text/tab-separated-values; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

export function contentType(file: string): string {
  return types[extname(file).toLowerCase()] ?? 'application/octet-stream';
}

/** What names its content in its address: it never changes. */
export const immutable = 'private, max-age=31536000, immutable';
export const volatile = 'no-store';

/** Sent with everything: nothing is guessed about a type, and no other origin may embed or read it. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** A refusal in a few words. */
export function refused(status: number, message: string): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...commonHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': volatile },
  });
}

export function bytesResponse(bytes: Uint8Array, type: string, cacheControl: string): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      ...commonHeaders,
      'content-type': type,
      'content-length': String(bytes.length),
      'cache-control': cacheControl,
    },
  });
}

export interface FileOptions {
  readonly cacheControl: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file as a stream, or the part of it that the request asks for. @returns null where there is no such file */
export async function fileResponse(
  request: Request,
  file: string,
  { cacheControl, headers = {} }: FileOptions,
): Promise<Response | null> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return null;
  const common = {
    ...commonHeaders,
    'content-type': contentType(file),
    'cache-control': cacheControl,
    'accept-ranges': 'bytes',
    ...headers,
  };
  const range = parseRange(request.headers.get('range'), found.size);
  if (range === 'unsatisfiable') {
    return new Response(null, {
      status: 416,
      headers: { ...common, 'content-range': `bytes */${found.size}` },
    });
  }
  const { from, to } = range ?? { from: 0, to: found.size - 1 };
  const length = to - from + 1;
  const isEmpty = request.method === 'HEAD' || length === 0;
  const body = isEmpty
    ? null
    : (Readable.toWeb(createReadStream(file, { start: from, end: to })) as ReadableStream);
  return new Response(body, {
    status: range === null ? 200 : 206,
    headers: {
      ...common,
      'content-length': String(length),
      ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${found.size}` }),
    },
  });
}

/** One range of bytes, both ends included; null where none, or several, are asked for: the whole is sent then. */
export function parseRange(
  header: string | null,
  size: number,
): { from: number; to: number } | 'unsatisfiable' | null {
  const match = header === null ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null || (match[1] === '' && match[2] === '')) return null;
  const [, first, last] = match;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from > to || from >= size ? 'unsatisfiable' : { from, to };
}
