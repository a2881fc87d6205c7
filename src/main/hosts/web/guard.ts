import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hostname } from 'node:os';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** The parts of a request that decide whether it is let in. */
export interface Caller {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
}

/**
 * Who may speak to the web host: whoever opened the address with the token once, from a page of this host.
 *
 * - The token of the address is exchanged for a cookie that no script can read and that no other site's request carries.
 * - `Host` must be a name of this machine: a page whose own name was pointed here (DNS rebinding) has another. Its port
 *   may be any, since a tunnel's end has a port of its own.
 * - Where a browser tells `Origin`, it must be this host.
 */
export class Guard {
  readonly token = secret();
  readonly #cookie = secret();
  /** Cookies do not tell ports apart: each run of a host has a name of its own. */
  readonly #cookieName = `fusiform-${randomBytes(4).toString('hex')}`;
  readonly #open: boolean;

  /** @param open whether other machines may connect */
  constructor(open: boolean) {
    this.#open = open;
  }

  isKnownHost(host: string | undefined): boolean {
    const name = /^(\[[0-9a-f:.]+\]|[^:]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase();
    if (name === undefined) return false;
    if (loopbackNames.includes(name)) return true;
    // An address can be no rebound name.
    return this.#open && (isAddress(name) || name === hostname().toLowerCase());
  }

  isToken(token: string | null): boolean {
    return same(token, this.token);
  }

  isSignedIn(cookies: string | undefined): boolean {
    const pairs = (cookies ?? '').split(';').map((pair) => pair.trim().split('='));
    return pairs.some(([name, value]) => name === this.#cookieName && same(value ?? null, this.#cookie));
  }

  get cookieHeader(): string {
    return `${this.#cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** What a socket must be, which carries every request of the application. */
  mayConnect({ host, origin, cookie }: Caller): boolean {
    return this.isKnownHost(host) && origin === `http://${host}` && this.isSignedIn(cookie);
  }
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[0-9a-f:.]+\]$/.test(name);
}

/** Compares in a time that tells nothing. */
function same(given: string | null, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return given !== null && timingSafeEqual(digest(given), digest(wanted));
}
