import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { errorCodes } from '../src/shared/error-codes.ts';
import { presetMarkdown } from './preset-markdown.ts';

const root = join(import.meta.dirname, '..');
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

describe('documents', () => {
  it('list every error code, and none that is gone', () => {
    const listed = [...read('docs', 'guide', 'errors.md').matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(
      ([, code]) => code,
    );
    assert.deepEqual(listed.sort(), Object.keys(errorCodes).sort());
  });

  it('list every value of the presets as it is', () => {
    const page = read('docs', 'guide', 'training.md');
    const table = /<!-- values:[^\n]*-->\n([\s\S]*?)\n<!-- end of values -->/.exec(page)?.[1];
    // To bring the page up to date: put the output of `presetMarkdown()` in its place.
    assert.equal(table, presetMarkdown());
  });

  it('link to files that are there', () => {
    const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name));
    for (const page of [...pages, 'README.md', 'CHANGELOG.md', 'THIRD_PARTY.md']) {
      for (const [, target] of read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
      }
    }
  });

  it('name every direct dependency with its licence', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    const text = read('THIRD_PARTY.md');
    for (const group of ['dependencies', 'optionalDependencies', 'devDependencies']) {
      for (const [name, version] of Object.entries(manifest[group])) {
        assert.ok(text.includes(`\`${name}\``) || text.includes(name), `THIRD_PARTY.md lacks ${name}`);
        assert.ok(text.includes(version), `THIRD_PARTY.md lacks ${name} ${version}`);
      }
    }
  });
});
