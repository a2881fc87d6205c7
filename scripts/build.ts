import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

/** What is built, of which folders, and the file that tells when. */
export const builds = {
  renderer: { sources: ['src/renderer', 'src/shared'], result: 'out/renderer/index.html' },
  main: { sources: ['src/main', 'src/shared'], result: 'out/main/main/hosts/electron/main.js' },
  preload: { sources: ['src/preload'], result: 'out/preload/bridge.cjs' },
} as const;
export type BuildName = keyof typeof builds;

/** Whether a build is not there, or older than what it is made of. */
export function isStale(name: BuildName, from = root): boolean {
  const { sources, result } = builds[name];
  const built = join(from, result);
  if (!existsSync(built)) return true;
  const when = statSync(built).mtimeMs;
  const files = sources.flatMap((source) =>
    readdirSync(join(from, source), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [...files, join(from, 'package-lock.json'), join(from, `vite.${name}.config.ts`)].some(
    (file) => statSync(file).mtimeMs > when,
  );
}

/** Builds anew; the output of a build that fails is shown. */
export function build(name: BuildName): void {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  const args = [vite, 'build', '--config', `vite.${name}.config.ts`, '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`The build of ${name} failed.`);
}

if (import.meta.main) for (const name of Object.keys(builds) as BuildName[]) build(name);
