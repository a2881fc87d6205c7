import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseJson, readJsonFile, writeJsonFile } from '../../../src/main/formats/json/json.ts';
import { temporaryFolder } from '../temporary.ts';

test('JSON is read with and without a byte order mark, and written', async (t) => {
  assert.deepEqual(parseJson('\uFEFF{"a": 1}', 'x.json'), { a: 1 });
  const path = join(await temporaryFolder(t), 'a.json');
  await writeJsonFile(path, { b: [1, 2] });
  assert.deepEqual(await readJsonFile(path), { b: [1, 2] });
});

test('a syntax error names its line', () => {
  const fault = (text: string, line: number): void => {
    assert.throws(() => parseJson(text, 'x.json'), { code: 'JSON_SYNTAX', file: 'x.json', line });
  };
  fault('{\n  "a": 1,\n  "b" 2\n}', 3);
  fault('{\n  "a": 1\n', 2);
  fault('{"a": NaN}', 1);
});
