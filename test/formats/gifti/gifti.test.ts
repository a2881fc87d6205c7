/** Files that nibabel wrote (test/fixtures/formats/gifti.py), and damaged ones. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readGifti } from '../../../src/main/formats/gifti/read.ts';
import { inspectFile } from '../../../src/main/formats/inspect.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../temporary.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly expected: {
    readonly version: string;
    readonly metadata: Record<string, string>;
    readonly labels: [number, string, number[] | null][];
    readonly arrays: {
      readonly intent: string;
      readonly dtype: string;
      readonly shape: number[];
      readonly metadata: Record<string, string>;
      readonly matrix: number[] | null;
      readonly values: (number | string)[];
    }[];
  };
}

const cases = JSON.parse(
  await readFile(join(import.meta.dirname, '../../fixtures/formats/gifti.json'), 'utf8'),
) as Case[];
const contentOf = (name: string) => {
  const found = cases.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`There is no fixture "${name}".`);
  return gunzipSync(Buffer.from(found.file, 'base64')).toString('utf8');
};

describe('GIfTI files are read as nibabel reads them', () => {
  for (const { name, file, expected } of cases) {
    it(name, async (t) => {
      const folder = await temporaryFolder(t);
      const content = gunzipSync(Buffer.from(file, 'base64'));
      for (const [ending, bytes] of [
        ['gii', content],
        ['gii.gz', gzipSync(content)],
      ] as const) {
        const path = join(folder, `x.${ending}`);
        await writeFile(path, bytes);
        const gifti = await readGifti(path);
        assert.equal(gifti.version, expected.version);
        assert.deepEqual(gifti.metadata, expected.metadata);
        assert.deepEqual(
          gifti.labels.map((label) => [label.key, label.name, label.colour]),
          expected.labels,
        );
        assert.equal(gifti.arrays.length, expected.arrays.length);
        expected.arrays.forEach((wanted, at) => {
          const array = gifti.arrays[at];
          assert.equal(array.intent, wanted.intent);
          assert.equal(array.dtype, wanted.dtype);
          assert.deepEqual(array.shape, wanted.shape);
          assert.deepEqual(array.metadata, wanted.metadata);
          if (array.coordinateSystems.length > 0) {
            assert.deepEqual(Array.from(array.coordinateSystems[0].matrix), wanted.matrix);
          }
          wanted.values.forEach((value, index) => {
            if (value === 'nan') assert.ok(Number.isNaN(array.data[index]));
            // nibabel writes six digits in ASCII and reads those.
            else assert.ok(Math.abs(array.data[index] - Number(value)) <= 1e-6 * Math.abs(Number(value)));
          });
        });
      }
    });
  }

  it('keeps the coordinate system of a surface', async (t) => {
    const path = join(await temporaryFolder(t), 'x.surf.gii');
    await writeFile(path, contentOf('surface, GZipBase64Binary, big, ColumnMajorOrder'));
    const { arrays } = await readGifti(path);
    const [system] = arrays[0].coordinateSystems;
    assert.equal(system.dataSpace, 'NIFTI_XFORM_SCANNER_ANAT');
    assert.equal(system.transformedSpace, 'NIFTI_XFORM_TALAIRACH');
    assert.equal(system.matrix.length, 16);
  });

  it('shows what a file holds', async (t) => {
    const path = join(await temporaryFolder(t), 'x.func.gii');
    await writeFile(path, contentOf('func.gii, one array a volume'));
    const facts = await inspectFile(path);
    assert.equal(facts.format, 'gifti');
    assert.deepEqual(facts.shape, [3, 7]);
    assert.equal(facts.dtype, 'float32');
    assert.equal((facts.extra.arrays as unknown[]).length, 3);
    await writeFile(path, contentOf('surface, ASCII, little, RowMajorOrder'));
    assert.equal((await inspectFile(path)).shape, null);
  });
});

const surface = contentOf('surface, Base64Binary, little, RowMajorOrder');
const ascii = contentOf('surface, ASCII, little, RowMajorOrder');
const compressed = contentOf('shape.gii with NaN');

describe('damaged GIfTI files are refused', () => {
  const damaged: [string, string, string][] = [
    ['cut short', surface.slice(0, -40), 'GIFTI_INVALID'],
    ['cut within its numbers', surface.slice(0, surface.indexOf('<Data>') + 20), 'GIFTI_INVALID'],
    ['no XML', 'vertices 1 2 3', 'GIFTI_INVALID'],
    ['other XML', '<svg></svg>', 'GIFTI_INVALID'],
    ['more promised than there is', surface.replace('Dim0="7"', 'Dim0="700000000"'), 'GIFTI_INVALID'],
    [
      'more promised than gzip can hold',
      compressed.replace('Dim0="7"', 'Dim0="4000000000"'),
      'GIFTI_INVALID',
    ],
    ['more numbers than promised', compressed.replace('Dim0="7"', 'Dim0="6"'), 'GIFTI_INVALID'],
    ['ASCII, other count', ascii.replace('Dim0="7"', 'Dim0="8"'), 'GIFTI_INVALID'],
    ['ASCII, a word', ascii.replace(/<Data>\S+/, '<Data>seven'), 'GIFTI_INVALID'],
    ['no dimensions', surface.replace('Dimensionality="2"', 'Dimensionality="x"'), 'GIFTI_INVALID'],
    ['negative dimension', surface.replace('Dim0="7"', 'Dim0="-7"'), 'GIFTI_INVALID'],
    ['complex numbers', surface.replace('NIFTI_TYPE_FLOAT32', 'NIFTI_TYPE_COMPLEX64'), 'GIFTI_UNSUPPORTED'],
    ['unknown encoding', surface.replace('Base64Binary', 'Morse'), 'GIFTI_UNSUPPORTED'],
    ['damaged gzip', compressed.replace(/<Data>..../, '<Data>AAAA'), 'GIFTI_INVALID'],
    [
      'an entity bomb',
      surface.replace(
        /<GIFTI/,
        '<!DOCTYPE GIFTI [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><GIFTI>&b;</GIFTI><GIFTI',
      ),
      'GIFTI_INVALID',
    ],
    ['nested without end', `<GIFTI>${'<a>'.repeat(1000)}`, 'GIFTI_INVALID'],
  ];
  for (const [name, content, code] of damaged) {
    it(name, async (t) => {
      const path = join(await temporaryFolder(t), 'x.gii');
      await writeFile(path, content.replace(/<!DOCTYPE GIFTI SYSTEM[^>]*>/, ''));
      await assert.rejects(
        readGifti(path),
        (error) => error instanceof FusiformError && error.code === code && error.file === path,
      );
    });
  }

  it('any byte may be wrong: an answer or a typed error, never more', async (t) => {
    const path = join(await temporaryFolder(t), 'x.gii');
    let state = 7;
    const draw = (below: number) => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state % below;
    };
    let refused = 0;
    for (let round = 0; round < 150; round += 1) {
      const bytes = Buffer.from(round % 2 === 0 ? surface : compressed);
      for (let change = 0; change < 3; change += 1) bytes[draw(bytes.length)] = draw(256);
      await writeFile(path, bytes);
      await readGifti(path).catch((error) => {
        refused += 1;
        assert.ok(error instanceof FusiformError, String(error));
      });
    }
    assert.ok(refused > 20);
  });
});

describe('numbers in another file', () => {
  const external = (name: string, offset: number) =>
    `<GIFTI Version="1.0" NumberOfDataArrays="1"><DataArray Intent="NIFTI_INTENT_SHAPE" DataType="NIFTI_TYPE_FLOAT32"
      ArrayIndexingOrder="RowMajorOrder" Dimensionality="1" Dim0="3" Encoding="ExternalFileBinary" Endian="BigEndian"
      ExternalFileName="${name}" ExternalFileOffset="${offset}"><Data/></DataArray></GIFTI>`;

  it('are read from beside the file', async (t) => {
    const folder = await temporaryFolder(t);
    const bytes = Buffer.alloc(20);
    for (const [at, value] of [1.5, -2, 8].entries()) bytes.writeFloatBE(value, 8 + 4 * at);
    await writeFile(join(folder, 'x.dat'), bytes);
    await writeFile(join(folder, 'x.gii'), external('x.dat', 8));
    assert.deepEqual(Array.from((await readGifti(join(folder, 'x.gii'))).arrays[0].data), [1.5, -2, 8]);
  });

  it('are refused from elsewhere, and where they end too early', async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'x.dat'), Buffer.alloc(20));
    const path = join(folder, 'x.gii');
    for (const [name, offset, code] of [
      ['../../etc/hosts', 0, 'GIFTI_UNSUPPORTED'],
      ['x.dat', 12, 'GIFTI_INVALID'],
      ['gone.dat', 0, 'FILE_NOT_FOUND'],
    ] as const) {
      await writeFile(path, external(name, offset));
      await assert.rejects(
        readGifti(path),
        (error) => error instanceof FusiformError && error.code === code,
        name,
      );
    }
  });
});
