import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseStudyConfig } from '../../src/main/services/study/study-config.ts';
import { subjectSteps } from '../../src/main/services/study/study-steps.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { temporaryFolder } from '../formats/temporary.ts';

test('a study makes learning curves where it is asked to, one a latent model, of its mapping', async (t) => {
  const workspace = Workspace.create(join(await temporaryFolder(t), 'project'), 'study');
  try {
    const analysis = { models: ['vaegan', 'pca'], decoders: ['pseudo-inverse', 'ridge'] };
    const curvesOf = (given: object) =>
      subjectSteps(workspace, parseStudyConfig({ analysis, ...given }), '01', 'wasm').filter(
        ({ kind }) => kind === 'learning-curve',
      );
    assert.deepEqual(curvesOf({}), []);
    const curves = curvesOf({ learningCurve: { points: [100, 200] } });
    assert.deepEqual(
      curves.map(({ model, needs }) => [model, needs]),
      [
        ['vaegan', ['map 01 vaegan']],
        ['pca', ['map 01 pca']],
      ],
    );
    assert.throws(() => curvesOf({ learningCurve: { points: [0] } }), { code: 'PARAMETERS_INVALID' });
  } finally {
    await workspace.close();
  }
});
