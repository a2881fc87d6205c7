import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readingDefinitions } from '../../src/main/decoding/read-decoded.ts';
import { testNames } from '../../src/main/jobs/evaluation/code-scores.ts';
import { definitions } from '../../src/main/jobs/stages/evaluation-tables.ts';
import { learningCurveDefinition } from '../../src/shared/learning-curve.ts';
import { definitionOf, scoreDefinitions, testDefinitions } from '../../src/shared/score-definitions.ts';

const guide = join(import.meta.dirname, '..', '..', 'docs', 'guide');
/** Words without marks and line ends. */
const plain = (text: string) => text.replaceAll(/[`*]/g, '').replaceAll(/\s+/g, ' ');

describe('definitions of scores', () => {
  it('know every score and test that a stored metric can bear', () => {
    const carried = [
      ...Object.values(definitions),
      ...Object.values(readingDefinitions),
      ...Object.values(testNames),
      learningCurveDefinition,
      'number-axis/1',
      'number-ridge/1',
      'imagery-seen-ceiling/1',
      'imagery-split-half/1',
    ];
    const unknown = carried.filter((name) => definitionOf(name) === undefined);
    assert.deepEqual(unknown, []);
  });

  it('say what the guide says, word for word', () => {
    for (const [name, { words, page }] of Object.entries({ ...scoreDefinitions, ...testDefinitions })) {
      const text = plain(readFileSync(join(guide, `${page}.md`), 'utf8'));
      assert.ok(text.includes(plain(words)), `${name}: docs/guide/${page}.md lacks "${words}"`);
    }
  });
});
