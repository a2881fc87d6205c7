import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocketServer } from 'ws';
import { FusiformError } from '../../../shared/errors.ts';
import type { Application } from '../../services/app/application.ts';
import { router } from '../../services/app/router.ts';
import { createSite } from '../../services/app/site.ts';
import { Guard } from './guard.ts';

export interface WebHostOptions {
  readonly application: Application;
  /** Folder of the built renderer. */
  readonly rendererDir: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Default: loopback. */
  readonly host?: string;
}

export interface WebHost {
  /** The address with the token, to be opened once. */
  readonly url: string;
  readonly port: number;
  /** Ends the sockets that are open, as a network that goes away would; clients come back. */
  dropConnections(): void;
  /** Ends every connection; the application's projects are its owner's to close. */
  close(): Promise<void>;
}

/** Requests are small: bulk data goes the other way, and over `/data`. */
const maxMessageBytes = 1 << 20;
const loopback = '127.0.0.1';

/** Serves the application to browsers. @throws FusiformError HOST_PORT_IN_USE */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const { application, rendererDir, port, host = loopback } = options;
  const guard = new Guard(!isLoopback(host));
  const site = createSite(application, rendererDir);
  const server = createServer((request, response) => {
    answer(request, response, guard, site).catch(() => response.destroy());
  });
  const sockets = acceptSockets(server, guard, application);
  await listen(server, port, host);
  const actual = (server.address() as AddressInfo).port;
  const dropConnections = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${actual}/?token=${guard.token}`,
    port: actual,
    dropConnections,
    async close() {
      dropConnections();
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

export function isLoopback(host: string): boolean {
  return ['127.0.0.1', 'localhost', '::1'].includes(host);
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  guard: Guard,
  site: (request: Request) => Promise<Response>,
): Promise<void> {
  const { host, cookie, origin } = incoming.headers;
  if (!guard.isKnownHost(host)) return refuse(outgoing, 421, 'This host has another name.');
  if (origin !== undefined && origin !== `http://${host}`) return refuse(outgoing, 403, 'Another origin.');
  const url = addressOf(incoming, host);
  if (url === null) return refuse(outgoing, 400, 'The address is malformed.');
  if (guard.isToken(url.searchParams.get('token'))) {
    url.searchParams.delete('token');
    const location = `${url.pathname}${url.search}`;
    outgoing
      .writeHead(303, { location, 'set-cookie': guard.cookieHeader, 'cache-control': 'no-store' })
      .end();
    return;
  }
  if (!guard.isSignedIn(cookie)) {
    return refuse(outgoing, 401, 'Open the address that `fusiform serve` printed; it holds the token.');
  }
  const request = requestOf(incoming, url);
  // A page of another site can send a body without asking; a browser always says where one is from.
  if (request.method === 'POST' && origin === undefined) return refuse(outgoing, 403, 'Another origin.');
  await send(await site(request), outgoing);
}

function requestOf(incoming: IncomingMessage, url: URL): Request {
  const { method = 'GET', headers } = incoming;
  const kept = Object.entries({ range: headers.range, 'content-length': headers['content-length'] });
  return new Request(url, {
    method,
    headers: Object.fromEntries(kept.filter((pair): pair is [string, string] => pair[1] !== undefined)),
    ...(method === 'POST' ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  });
}

/** The address that was asked for; one of two slashes at its start names no other host. */
function addressOf({ url = '/' }: IncomingMessage, host: string | undefined): URL | null {
  try {
    return new URL(`http://${host}${url.startsWith('/') ? url : `/${url}`}`);
  } catch {
    return null;
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing);
}

function refuse(outgoing: ServerResponse, status: number, message: string): void {
  outgoing
    .writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .end(`${message}\n`);
}

function acceptSockets(server: Server, guard: Guard, application: Application): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const rpc = new RPCHandler(router);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { host, origin, cookie } = request.headers;
    if (request.url !== '/rpc' || !guard.mayConnect({ host, origin, cookie })) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      // A message that is too long, or not of the protocol, ends its connection and no other.
      accepted.on('error', () => accepted.terminate());
      void rpc.upgrade(accepted, { context: { application } });
    });
  });
  return sockets;
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      throw new FusiformError('HOST_PORT_IN_USE', `Port ${port} cannot be taken: ${message}.`, { cause });
    }
    throw cause;
  }
}
