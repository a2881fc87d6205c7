import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { asWriteError, writeFileAtomic } from '../../../src/main/formats/files/atomic-write.ts';
import { openByteReader } from '../../../src/main/formats/files/byte-reader.ts';
import { listFiles } from '../../../src/main/formats/files/list.ts';
import { hashFile, readFileChecked } from '../../../src/main/formats/files/read.ts';
import { temporaryFolder } from '../temporary.ts';

test('an atomic write replaces the file and leaves nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a.txt');
  await writeFileAtomic(path, 'old');
  await writeFileAtomic(path, new Uint8Array([110, 101, 119]));
  assert.equal(await readFile(path, 'utf8'), 'new');
  assert.deepEqual(await readdir(folder), ['a.txt']);
});

test('a write that fails half-way keeps the old content and removes its temporary file', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'a.txt');
  await writeFileAtomic(path, 'old');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100);
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  }
  await assert.rejects(writeFileAtomic(path, chunks()), { code: 'DISK_FULL', file: path });
  assert.equal(await readFile(path, 'utf8'), 'old');
  assert.deepEqual(await readdir(folder), ['a.txt']);
});

test('a full device is named as such', {
  skip: process.platform !== 'linux' && '/dev/full absent',
}, async () => {
  const error = await writeFile('/dev/full', 'x').catch((reason: unknown) => asWriteError(reason, 'x.nii'));
  assert.equal((error as { code: string }).code, 'DISK_FULL');
});

test('a write into a folder that does not exist is WRITE_FAILED', async (t) => {
  const path = join(await temporaryFolder(t), 'none', 'a.txt');
  await assert.rejects(writeFileAtomic(path, 'x'), { code: 'WRITE_FAILED', file: path });
});

test('faults of reading are told apart', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'empty'), '');
  await symlink('../.git/annex/objects/aa/bb/KEY/KEY', join(folder, 'annexed.nii.gz'));
  await symlink('nowhere', join(folder, 'dangling'));
  await assert.rejects(readFileChecked(join(folder, 'none')), { code: 'FILE_NOT_FOUND' });
  await assert.rejects(readFileChecked(join(folder, 'empty')), { code: 'FILE_EMPTY' });
  await assert.rejects(readFileChecked(folder), { code: 'FILE_UNREADABLE' });
  await assert.rejects(readFileChecked(join(folder, 'dangling')), {
    code: 'FILE_NOT_FOUND',
    message: /dangling link.*nowhere/,
    details: { danglingLink: 'nowhere' },
  });
  await assert.rejects(readFileChecked(join(folder, 'annexed.nii.gz')), { message: /git-annex/ });
});

test('a hash is the SHA-256 of the content', async (t) => {
  const path = join(await temporaryFolder(t), 'abc');
  await writeFile(path, 'abc');
  // FIPS 180-2, appendix B.1
  assert.equal(await hashFile(path), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  await assert.rejects(hashFile(`${path}d`), { code: 'FILE_NOT_FOUND' });
});

test('listing goes down, sorts, marks dangling links and survives a cycle', async (t) => {
  const root = await temporaryFolder(t);
  await mkdir(join(root, 'b', 'skipped'), { recursive: true });
  await writeFile(join(root, 'b', 'two.PNG'), 'x');
  await writeFile(join(root, 'b', 'skipped', 'x.png'), 'x');
  await writeFile(join(root, 'a.png'), 'x');
  await writeFile(join(root, 'a.txt'), 'x');
  await writeFile(join(root, '._a.png'), 'x');
  await symlink(root, join(root, 'b', 'cycle'));
  await symlink('gone', join(root, 'c.png'));
  const files = await listFiles(root, { extensions: ['.png'], skipFolders: ['skipped'] });
  assert.deepEqual(
    files.map(({ relative, danglingLink }) => [relative, danglingLink]),
    [
      ['a.png', null],
      ['b/two.PNG', null],
      ['c.png', 'gone'],
    ],
  );
  await assert.rejects(listFiles(join(root, 'a.txt')), { code: 'FILE_UNREADABLE' });
  await assert.rejects(listFiles(join(root, 'none')), { code: 'FILE_NOT_FOUND' });
});

test('a reader gives the same bytes from a plain and a compressed file', async (t) => {
  const folder = await temporaryFolder(t);
  const content = Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7) % 251);
  await writeFile(join(folder, 'plain'), content);
  await writeFile(join(folder, 'compressed'), gzipSync(content));
  for (const name of ['plain', 'compressed']) {
    const reader = await openByteReader(join(folder, name));
    const part = new Uint8Array(10);
    assert.equal(await reader.skip(500_000), 500_000);
    assert.equal(await reader.read(part), 10);
    assert.deepEqual(part, content.slice(500_000, 500_010));
    assert.equal(await reader.skip(300_000), 199_990);
    assert.equal(await reader.read(part), 0);
    await reader.close();
  }
});
