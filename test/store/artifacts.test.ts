import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { commitArtifact } from '../../src/main/store/artifacts.ts';
import { openDatabase } from '../../src/main/store/database.ts';
import { rememberedHash } from '../../src/main/store/file-hashes.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-artifacts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const artifacts = join(folder, 'artifacts');

function workFolder(name: string, files: Record<string, string>): string {
  const dir = join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(dir, file, '..'), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
  return dir;
}

describe('artefacts', () => {
  it('are named by what they hold: the same contents meet in one folder', async () => {
    const first = await commitArtifact(artifacts, workFolder('w1', { 'a.txt': '1', 'b/c.txt': '22' }));
    const second = await commitArtifact(artifacts, workFolder('w2', { 'b/c.txt': '22', 'a.txt': '1' }));
    assert.deepEqual(first, second);
    assert.equal(first.bytes, 3);
    assert.ok(existsSync(join(artifacts, first.hash, 'b', 'c.txt')));
    assert.ok(!existsSync(join(folder, 'w2')));
  });

  it('differ where a name or a byte differs', async () => {
    const contents: Record<string, string>[] = [{ a: '1' }, { b: '1' }, { a: '2' }, { a: '1', b: '' }];
    const hashes = new Set<string>();
    for (const [index, files] of contents.entries()) {
      hashes.add((await commitArtifact(artifacts, workFolder(`d${index}`, files))).hash);
    }
    assert.equal(hashes.size, contents.length);
  });
});

describe('file hashes', () => {
  it('are SHA-256 and follow the file when it changes', async () => {
    const sql = openDatabase(join(folder, 'hashes.sqlite'), { readonly: false });
    const file = join(folder, 'abc');
    writeFileSync(file, 'abc');
    // FIPS 180-2, appendix B.1.
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(await rememberedHash(sql, file), expected);
    assert.equal(await rememberedHash(sql, file), expected);
    writeFileSync(file, 'abcd');
    assert.notEqual(await rememberedHash(sql, file), expected);
    sql.close();
  });
});
