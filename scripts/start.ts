import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { findElectron } from '../src/main/hosts/electron/binary.ts';
import { type BuildName, build, isStale } from './build.ts';

/* `npm start`: the desktop application where Electron's program is at hand, else the same in the browser. */

const root = dirname(import.meta.dirname);
const electron = findElectron();
const needed: readonly BuildName[] = electron === null ? ['renderer'] : ['renderer', 'main', 'preload'];
const stale = needed.filter((name) => isStale(name));
if (stale.length > 0) console.error(`Building ${stale.join(', ')} ...`);
for (const name of stale) build(name);

if (electron === null) {
  console.error(
    "Electron's program is not here (`npx install-electron` fetches it): serving to the browser instead.",
  );
}
const [command, ...args] =
  electron === null
    ? [process.execPath, 'src/main/hosts/cli/main.ts', 'serve', '--open', ...process.argv.slice(2)]
    : [electron, '.', ...process.argv.slice(2)];
const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
// The terminal sends Ctrl-C to both; the child decides how to stop.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
