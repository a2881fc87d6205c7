import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WheelServer {
  readonly url: URL;
  /** What was asked for, in order: `GET /x.whl bytes=100-`. */
  readonly requests: string[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine whose answers a test decides. */
export async function serve(answer: Answer): Promise<WheelServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const range = request.headers.range === undefined ? '' : ` ${request.headers.range}`;
    requests.push(`${request.method} ${request.url}${range}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface FileOptions {
  readonly etag?: string;
  /** False: a Range is ignored. Default true. */
  readonly ranges?: boolean;
  /** The connection breaks after so many bytes of the body. */
  readonly breakAfter?: number;
  /** The connection falls silent after so many bytes of the body. */
  readonly stallAfter?: number;
}

/** Answers as a file server does: ranges, and `If-Range` against the ETag. */
export function sendFile(
  content: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  { etag, ranges = true, breakAfter, stallAfter }: FileOptions = {},
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const guard = request.headers['if-range'];
  const partial = ranges && from > 0 && (guard === undefined || guard === etag);
  if (partial && from >= content.length) {
    response.writeHead(416).end();
    return;
  }
  const body = partial ? content.subarray(from) : content;
  response.writeHead(partial ? 206 : 200, {
    'Content-Length': body.length,
    ...(etag === undefined ? {} : { ETag: etag }),
    ...(partial ? { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  });
  const limit = breakAfter ?? stallAfter;
  if (limit === undefined || limit >= body.length) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, limit), () => {
    // What was sent still arrives; then the connection ends.
    if (breakAfter !== undefined) response.socket?.end();
  });
}
