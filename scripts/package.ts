import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build as pack, type CliOptions, Platform } from 'electron-builder';
import { findElectron } from '../src/main/hosts/electron/binary.ts';
import { type BuildName, build, builds, isStale } from './build.ts';
import { makeIcons } from './icons.ts';
import { makeStubDistribution } from './stub-electron.ts';

/*
 * `npm run package`: the unpacked application for this platform under `dist/`. Where Electron's program is not here it is
 * packed around a stand-in, which shows the layout and cannot be started. `npm run package -- --installers` makes the
 * installers of this platform, and needs the program and a network (see docs/packaging.md).
 */

const root = join(import.meta.dirname, '..');

export interface PackageOptions {
  readonly installers: boolean;
  /** Default: `dist`. */
  readonly output?: string;
}

export async function packageApplication({ installers, output }: PackageOptions): Promise<void> {
  for (const name of Object.keys(builds) as BuildName[]) if (isStale(name)) build(name);
  await makeIcons(join(root, 'assets'));
  const electron = findElectron();
  if (electron === null && installers) {
    throw new Error("Installers need Electron's program: run `npx install-electron` first.");
  }
  if (electron === null) {
    console.error("Electron's program is not here: packing around a stand-in, for the layout alone.");
  }
  const options: CliOptions = {
    projectDir: root,
    publish: 'never',
    targets: Platform.current().createTarget(installers ? undefined : 'dir'),
    config: {
      extends: join(root, 'electron-builder.yml'),
      ...(output === undefined ? {} : { directories: { output, buildResources: 'assets' } }),
      ...(electron === null ? { electronDist: makeStubDistribution() } : { electronDist: distOf(electron) }),
    },
  };
  await pack(options);
}

/** The folder that holds the program, above the application bundle on macOS. */
function distOf(program: string): string {
  const bundle = program.indexOf('Electron.app');
  const folder = bundle < 0 ? join(program, '..') : program.slice(0, bundle);
  if (!existsSync(folder)) throw new Error(`${folder} is not there.`);
  return folder;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { installers: { type: 'boolean', default: false } } });
  await packageApplication({ installers: values.installers });
}
