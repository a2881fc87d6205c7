import { RPCHandler } from '@orpc/server/message-port';
import type { Application } from '../../services/app/application.ts';
import { router } from '../../services/app/router.ts';

type Port = Parameters<RPCHandler<never>['upgrade']>[0];

/** Carries the contract over a port, of Electron's main process or of Node's threads. */
export function serveOverPort(application: Application, port: Port & { start(): void }): void {
  new RPCHandler(router).upgrade(port, { context: { application } });
  port.start();
}
