import type { Command } from 'commander';
import { FusiformError } from '../../../../shared/errors.ts';
import { Application } from '../../../services/app/application.ts';
import { openBrowser } from '../../web/open-browser.ts';
import { findRenderer } from '../../web/renderer-dir.ts';
import { isLoopback, startWebHost } from '../../web/server.ts';
import { integer } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly iKnowThatOthersCanConnect?: true;
  readonly open?: true;
}

export function addServeCommand(program: Command, makeTerminal: MakeTerminal): void {
  program
    .command('serve')
    .description('serve the application to a browser, on this machine or through an SSH tunnel')
    .argument('[project]', 'a project folder to open')
    .option('--port <n>', 'port to listen on; 0 takes one that is free', integer, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--i-know-that-others-can-connect', 'needed for a --host that other machines can reach')
    .option('--open', 'show it in the browser of this machine')
    .addHelpText(
      'after',
      `
The address that is printed holds a token: whoever has it works in your name. Ctrl-C stops; a job that runs stops at the
next safe place and waits in the queue.

Examples:
  fusiform serve --open
  fusiform serve study --port 8123       and, at your desk: ssh -L 8123:localhost:8123 machine`,
    )
    .action((project: string | undefined, options: ServeOptions) => serve(project, options, makeTerminal));
}

async function serve(
  project: string | undefined,
  options: ServeOptions,
  makeTerminal: MakeTerminal,
): Promise<void> {
  const { port, host } = options;
  if (!isLoopback(host) && !options.iKnowThatOthersCanConnect) {
    throw new FusiformError('HOST_NOT_LOOPBACK', `Other machines could connect to ${host}.`);
  }
  const rendererDir = findRenderer();
  if (rendererDir === null) throw new FusiformError('RENDERER_MISSING', 'The screens were not built.');
  const terminal = makeTerminal();
  const application = new Application({ host: 'web' });
  try {
    const opened = project === undefined ? undefined : await application.open(project);
    const web = await startWebHost({ application, rendererDir, port, host });
    const url = opened === undefined ? web.url : web.url.replace('/?', `/projects/${opened.id}/overview?`);
    terminal.result({ url, port: web.port, project: opened?.dir ?? null }, () => `Fusiform is at ${url}`);
    if (options.open) openBrowser(url);
    await aborted(terminal.signal);
    await web.close();
  } finally {
    await application.closeAll();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
