import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const house = mkdtempSync(join(tmpdir(), 'fusiform-layers-'));
before(() => copyFileSync(join(root, 'biome.json'), join(house, 'biome.json')));
after(() => rmSync(house, { recursive: true, force: true }));

/** Lints a file by the project's rules, in a house of its own that holds nothing else. */
function lint(file: string, source: string): { clean: boolean; output: string } {
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
  const result = spawnSync(process.execPath, [biome, 'lint', '--vcs-enabled=false', path], {
    cwd: house,
    encoding: 'utf8',
  });
  return { clean: result.status === 0, output: result.stdout + result.stderr };
}

const importing = (specifier: string) =>
  `import { thing } from '${specifier}';\nexport const other = thing;\n`;

describe('layer rules', () => {
  const forbidden: readonly (readonly [file: string, specifier: string])[] = [
    ['src/main/math/x.ts', '../formats/npy/npy.ts'],
    ['src/main/math/x.ts', '../../shared/errors.ts'],
    ['src/main/glm/x.ts', '../store/jobs.ts'],
    ['src/main/glm/x.ts', '../decoding/mapping.ts'],
    ['src/main/glm/x.ts', 'node:fs'],
    ['src/main/decoding/x.ts', 'node:fs/promises'],
    ['src/main/decoding/x.ts', '../qc/flags.ts'],
    ['src/main/qc/x.ts', '../formats/npy/npy.ts'],
    ['src/main/qc/x.ts', 'node:fs'],
    ['src/main/generative/vaegan/x.ts', '../../formats/npy/npy.ts'],
    ['src/main/simulation/x.ts', '../jobs/stage.ts'],
    ['src/main/store/x.ts', '../math/matrix.ts'],
    ['src/main/jobs/stages/x.ts', '../../store/jobs.ts'],
    ['src/main/jobs/x.ts', 'better-sqlite3'],
    ['src/main/jobs/x.ts', 'koffi'],
    ['src/main/store/x.ts', 'koffi'],
    ['src/main/formats/npy/x.ts', 'koffi'],
    ['src/main/services/x.ts', '../hosts/cli/terminal.ts'],
    ['src/main/hosts/cli/x.ts', '../../store/jobs.ts'],
    ['src/main/hosts/cli/x.ts', '../../glm/hrf.ts'],
    ['src/main/services/x.ts', 'electron'],
    ['src/main/hosts/web/x.ts', 'electron'],
    ['src/main/hosts/electron/x.ts', '../../store/jobs.ts'],
    ['src/shared/contract/x.ts', 'node:fs'],
    ['src/shared/x.ts', 'node:path'],
    ['src/shared/x.ts', '../main/math/matrix.ts'],
    ['src/renderer/x.ts', '../main/services/faces.ts'],
  ];
  for (const [file, specifier] of forbidden) {
    it(`${file} may not import ${specifier}`, () => {
      const { clean, output } = lint(file, importing(specifier));
      assert.ok(!clean);
      assert.match(output, /noRestrictedImports/);
    });
  }

  const allowed: readonly (readonly [file: string, specifier: string])[] = [
    ['src/main/glm/x.ts', '../engine/engine.ts'],
    ['src/main/store/x.ts', 'better-sqlite3'],
    ['src/main/formats/files/mapped-file.ts', 'koffi'],
    ['src/main/jobs/stages/x.ts', '../../glm/hrf.ts'],
    ['src/main/hosts/cli/x.ts', '../../services/faces.ts'],
    ['src/main/hosts/electron/x.ts', 'electron'],
    ['src/renderer/x.ts', '../shared/contract/index.ts'],
    ['src/main/decoding/x.ts', '../../shared/errors.ts'],
  ];
  for (const [file, specifier] of allowed) {
    it(`${file} may import ${specifier}`, () => {
      const { clean, output } = lint(file, importing(specifier));
      assert.ok(clean, output);
    });
  }
});

describe('house rules', () => {
  // The two sources are text for the linter, which must object to both; they are put together so that none stands here.
  it('refuse any and non-null assertions', () => {
    const untyped = lint('src/shared/x.ts', `export const a = (x: ${'any'}) => x;\n`);
    assert.match(untyped.output, /noExplicitAny/);
    const assertion = lint('src/shared/x.ts', `export const a = (x?: string) => x${'!'}.length;\n`);
    assert.match(assertion.output, /noNonNullAssertion/);
    assert.ok(!untyped.clean && !assertion.clean);
  });
});
