import { readFileSync } from 'node:fs';
import {
  Agent as HttpAgent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { getCACertificates } from 'node:tls';

export interface HttpClient {
  /** The answer's head has arrived; its body is still to be read. Redirections are followed. */
  get(url: URL, headers: OutgoingHttpHeaders, signal: AbortSignal): Promise<IncomingMessage>;
  close(): void;
}

export interface HttpOptions {
  /** A file of certificates to trust besides the system's. */
  readonly certificates?: string | undefined;
  /** A connection that is silent for so long is given up. Default 30 s. */
  readonly silenceMs?: number | undefined;
}

const redirections = 5;

/** Follows the proxies of the environment (HTTPS_PROXY, NO_PROXY) and sends the user and password of an address. */
export function createHttpClient({ certificates, silenceMs = 30_000 }: HttpOptions = {}): HttpClient {
  const shared = { keepAlive: false, proxyEnv: process.env };
  const agents = {
    'http:': new HttpAgent(shared),
    'https:': new HttpsAgent({ ...shared, ca: trusted(certificates) }),
  };
  const once = (url: URL, headers: OutgoingHttpHeaders, signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const secure = url.protocol === 'https:';
    let answer: IncomingMessage | undefined;
    const request = (secure ? requestHttps : requestHttp)(
      url,
      {
        agent: secure ? agents['https:'] : agents['http:'],
        headers: { 'User-Agent': 'fusiform', 'Accept-Encoding': 'identity', ...headers },
        signal,
        timeout: silenceMs,
      },
      (response) => {
        answer = response;
        resolve(response);
      },
    );
    request.on('timeout', () =>
      (answer ?? request).destroy(new Error(`no answer for ${silenceMs / 1000} s`)),
    );
    request.on('error', reject);
    request.end();
    return promise;
  };
  return {
    async get(url, headers, signal) {
      let target = url;
      for (let hop = 0; ; hop++) {
        const response = await once(target, headers, signal);
        const { statusCode = 0 } = response;
        const location = response.headers.location;
        if (statusCode < 300 || statusCode >= 400 || location === undefined) return response;
        response.destroy();
        if (hop === redirections) throw new Error('it redirects in a circle');
        target = new URL(location, target);
        if (target.protocol !== 'https:' && target.protocol !== url.protocol)
          throw new Error(`it redirects to ${target.protocol}`);
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

function trusted(file: string | undefined): string[] {
  const own = [...getCACertificates('default'), ...getCACertificates('system')];
  return file === undefined ? own : [...own, readFileSync(file, 'utf8')];
}

/** An address as it may be shown: without user and password. */
export function showUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
