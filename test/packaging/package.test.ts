import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { extractFile, listPackage, statFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { freshFolder } from '../services/fresh-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const isLinux = process.platform === 'linux';

describe('the packed application', { skip: !isLinux && 'the stand-in is that of Linux' }, () => {
  const folder = freshFolder();
  const unpackedApp = join(folder.path, 'linux-unpacked');
  const asar = join(unpackedApp, 'resources', 'app.asar');
  const beside = `${asar}.unpacked`;
  let packed: Set<string>;

  before(() => {
    const script = `import { packageApplication } from './scripts/package.ts';
      await packageApplication({ installers: false, output: process.argv[1] });`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script, folder.path], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    packed = new Set(listPackage(asar, { isPack: false }).map((path) => path.replaceAll('\\', '/')));
  });
  after(() => folder.remove());

  it('begins where its package says, from the archive, with its screens and its bridge', () => {
    const manifest = JSON.parse(extractFile(asar, 'package.json').toString('utf8')) as { main: string };
    for (const file of [manifest.main, 'out/renderer/index.html', 'out/preload/bridge.cjs']) {
      assert.ok(packed.has(`/${file}`), file);
    }
    const page = extractFile(asar, 'out/renderer/index.html').toString('utf8');
    const assets = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
    assert.ok(assets.length > 0);
    for (const asset of assets) assert.ok(packed.has(`/out/renderer${asset}`), asset);
    assert.ok(![...packed].some((path) => path.startsWith('/src/') || path.startsWith('/test/')));
  });

  it('holds every file that the Node side loads, as the clone does', () => {
    const entries = filesBelow(join(beside, 'out', 'main'));
    assert.ok(entries.length > 100);
    const missing: string[] = [];
    const seen = new Set<string>();
    const queue = [...entries];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      for (const specifier of importsOf(file)) {
        // What is absent from the clone as well is an optional part that somebody tried for.
        const wanted = resolved(specifier, join(root, relative(beside, file)));
        if (wanted === null) continue;
        const place = join(beside, relative(root, wanted));
        if (!existsSync(place)) missing.push(`${specifier} of ${relative(beside, file)}`);
        else if (/\.[cm]?js$/.test(place)) queue.push(place);
      }
    }
    assert.deepEqual(missing, []);
    assert.ok(seen.size > entries.length, 'packages were followed');
  });

  it('starts threads and trials from scripts that lie beside the archive', () => {
    const scripts = filesBelow(join(beside, 'out', 'main')).flatMap((file) => {
      const code = readFileSync(file, 'utf8');
      return [...code.matchAll(/(?:new URL\(["']\.\/|unpacked["']\), ["'])([\w-]+\.[jt]s)["']/g)].map(
        ([, name]) => ({
          script: join(dirname(file), name),
          isBeside: code.includes('app.asar.unpacked'),
        }),
      );
    });
    assert.ok(scripts.length >= 5);
    for (const { script, isBeside } of scripts) assert.ok(isBeside && existsSync(script), script);
  });

  it('has its native files beside the archive, of this platform alone', () => {
    const natives = filesBelow(join(beside, 'node_modules')).filter((file) =>
      /\.(node|so|dylib|dll)(\.|$)/.test(file),
    );
    const names = natives.map((file) => relative(beside, file));
    for (const name of ['better-sqlite3', 'sharp-linux', 'koffi-linux', 'webgpu']) {
      assert.ok(
        names.some((path) => path.includes(name)),
        name,
      );
    }
    const foreign = names.filter((path) => /darwin|win32|\.(dll|dylib)$/.test(path));
    assert.deepEqual(foreign, []);
    for (const path of packed) {
      if (path.endsWith('.node')) assert.ok('unpacked' in statFile(asar, path.slice(1)), path);
    }
  });

  it('cannot be used as Node, and loads nothing but its archive', async () => {
    const wire = await getCurrentFuseWire(join(unpackedApp, 'fusiform'));
    const { DISABLE, ENABLE } = FuseState;
    assert.deepEqual(
      [
        wire[FuseV1Options.RunAsNode],
        wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
        wire[FuseV1Options.EnableNodeCliInspectArguments],
        wire[FuseV1Options.OnlyLoadAppFromAsar],
        wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
      ],
      [DISABLE, DISABLE, DISABLE, ENABLE, ENABLE],
    );
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const found = [
    ...code.matchAll(/\b(?:import|export)\b[^'"`;()]*?\bfrom\s*['"]([^'"]+)['"]/g),
    ...code.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g),
    ...code.matchAll(/^import\s*['"]([^'"]+)['"]/gm),
  ];
  return [...new Set(found.map(([, specifier]) => specifier))];
}

/** The file that a specifier names in the clone; null for what is built in or not there. */
function resolved(specifier: string, from: string): string | null {
  if (specifier === 'electron' || specifier.startsWith('node:') || specifier.endsWith('.d.ts')) return null;
  try {
    const path = createRequire(from).resolve(specifier);
    return path.startsWith(root) ? path : null;
  } catch {
    return null;
  }
}
