import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';

export type ConnectionState = 'connecting' | 'open' | 'lost';

type Link = ClientLink<ClientContext>;

const firstWaitMs = 250;
const longestWaitMs = 5000;

/**
 * The way to the host: a port that Electron's preload hands on, or a socket that is opened anew when it was lost.
 * Calls wait for it; those that were under way when it was lost fail, and whoever watches something watches again.
 */
export class Connection implements Link {
  #state: ConnectionState = 'connecting';
  #link: Promise<Link>;
  #waitMs = firstWaitMs;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#link = 'fusiformHost' in window ? Promise.resolve(this.#openPort()) : this.#openSocket();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async call(
    path: readonly string[],
    input: unknown,
    options: ClientOptions<ClientContext>,
  ): Promise<unknown> {
    return (await this.#link).call(path, input, options);
  }

  /** Resolves once there is a way to the host. */
  async opened(): Promise<void> {
    await this.#link;
  }

  #openPort(): Link {
    const { port1, port2 } = new MessageChannel();
    window.postMessage('fusiform:connect', location.origin, [port2]);
    port1.start();
    this.#become('open');
    return new PortLink({ port: port1 });
  }

  #openSocket(): Promise<Link> {
    return new Promise((resolve) => {
      const attempt = () => {
        const socket = new WebSocket(
          `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`,
        );
        socket.addEventListener('open', () => {
          this.#waitMs = firstWaitMs;
          this.#become('open');
          resolve(new SocketLink({ websocket: socket }));
        });
        socket.addEventListener('close', () => {
          const wasOpen = this.#state === 'open';
          this.#become('lost');
          if (wasOpen) this.#link = this.#openSocket();
          else {
            setTimeout(attempt, this.#waitMs);
            this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs);
          }
        });
      };
      attempt();
    });
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
