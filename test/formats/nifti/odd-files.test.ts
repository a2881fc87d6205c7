/** Odd files, against what nibabel reads from them; made by test/fixtures/formats/odd-nifti.py. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readNifti } from '../../../src/main/formats/nifti/read.ts';
import { orientationCode } from '../../../src/main/imaging/orientation.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../temporary.ts';

interface Reading {
  readonly shape: number[];
  readonly dtype: string;
  readonly zooms: (number | string)[];
  readonly affine: (number | string)[];
  readonly orientation: string;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly slope: number;
  readonly inter: number;
  readonly units: [string, string] | null;
  readonly intentCode: number;
  readonly intentParameters: (number | string)[];
  readonly intentName: string;
  readonly values: (number | string)[];
}

interface OddFile {
  readonly name: string;
  readonly compressed: boolean;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: Reading | { readonly refused: string };
}

/** A larger set, made with the same script, may be named instead. */
const path =
  process.env.FUSIFORM_ODD_NIFTI ?? join(import.meta.dirname, '../../fixtures/formats/odd-nifti.json');
const oddFiles = JSON.parse(await readFile(path, 'utf8')) as OddFile[];

describe('odd NIfTI files are read as nibabel reads them', () => {
  for (const { name, compressed, files, expected } of oddFiles) {
    it(name, async (t) => {
      const folder = await temporaryFolder(t);
      for (const [ending, content] of Object.entries(files)) {
        const bytes = Buffer.from(content, 'base64');
        const file = join(folder, `x.${ending}${compressed ? '.gz' : ''}`);
        await writeFile(file, compressed ? bytes : gunzipSync(bytes));
      }
      const ending = `${'nii' in files ? 'nii' : 'hdr'}${compressed ? '.gz' : ''}`;
      const reading = readNifti(join(folder, `x.${ending}`));
      if ('refused' in expected) {
        await assert.rejects(reading, (error) => error instanceof FusiformError);
        return;
      }
      const { header, data } = await reading;
      assert.deepEqual(header.shape, expected.shape);
      assert.equal(header.datatype.name, expected.dtype);
      assert.equal(header.qformCode, expected.qformCode);
      assert.equal(header.sformCode, expected.sformCode);
      assert.equal(header.slope ?? 1, expected.slope);
      assert.equal(header.inter ?? 0, expected.inter);
      if (expected.units) assert.deepEqual([header.units.space, header.units.time], expected.units);
      assert.equal(header.intent.code, expected.intentCode);
      assert.equal(header.intent.name, expected.intentName.split('\0')[0].trim());
      assertClose(header.intent.parameters, expected.intentParameters, 0);
      assertClose(header.zooms, expected.zooms, 0);
      assertClose(header.affine, expected.affine, 1e-12);
      assert.equal(orientationCode(header.affine), expected.orientation);
      // Where the type fits into float32, values are kept as such.
      assertClose(data, expected.values, header.datatype.wide ? 1e-15 : 1e-7);
    });
  }
});

function assertClose(actual: ArrayLike<number>, expected: (number | string)[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  const wanted = expected.map(toNumber);
  const scale = Math.max(...wanted.filter(Number.isFinite).map(Math.abs), 0);
  wanted.forEach((value, at) => {
    const same = Object.is(actual[at], value) || Math.abs(actual[at] - value) <= tolerance * scale;
    assert.ok(same, `${at}: ${actual[at]} instead of ${value}`);
  });
}

function toNumber(value: number | string): number {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  return (
    { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }[value] ?? Number.NaN
  );
}
