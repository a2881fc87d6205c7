import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Electron's program, where it is at hand; else null. The package is never loaded to find out: since version 42 that
 * begins a download.
 */
export function findElectron(environment: NodeJS.ProcessEnv = process.env): string | null {
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = dirname(require.resolve('electron/package.json'));
  } catch {
    return null;
  }
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : platformName();
  const dist = environment.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist');
  const program = join(dist, name);
  return existsSync(program) ? program : null;
}

function platformName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
