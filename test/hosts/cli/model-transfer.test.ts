import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  readSafetensorsFile,
  writeSafetensorsFile,
} from '../../../src/main/formats/safetensors/safetensors.ts';
import { temporaryFolder } from '../../formats/temporary.ts';
import { float32, writeBundle } from '../../formats/tf-checkpoint/write-bundle.ts';
import { tensorFlowFixture, valuesOfVariable } from '../../generative/vaegan/tensorflow-fixture.ts';
import { errorOf, runCli } from './run-cli.ts';

async function newProject(t: TestContext): Promise<{ folder: string; project: string }> {
  const folder = await temporaryFolder(t);
  const project = join(folder, 'project');
  assert.equal((await runCli('project', 'create', project)).code, 0);
  return { folder, project };
}

describe('models from elsewhere', () => {
  it('come from a TensorFlow checkpoint, go out as one file, and come in again the same', async (t) => {
    const { folder, project } = await newProject(t);
    const checkpoint = join(folder, 'vaegan.ckpt');
    await writeBundle(
      checkpoint,
      tensorFlowFixture.variables.map(([name, , shape], position) =>
        float32(name, shape, valuesOfVariable(position)),
      ),
    );
    const imported = (
      await runCli(
        'model',
        'import',
        checkpoint,
        '--name',
        'published',
        '--preset',
        'paper',
        '-p',
        project,
        '--json',
      )
    ).json();
    assert.deepEqual([imported.kind, imported.latentDim, imported.imageSize], ['vaegan', 64, 128]);
    assert.ok((imported.leftOutNames as string[]).includes('global_step'));

    const file = join(folder, 'model.safetensors');
    const exported = await runCli('model', 'export', '--model', 'published', '--out', file, '-p', project);
    assert.equal(exported.code, 0, exported.stderr);
    const again = (await runCli('model', 'import', file, '--name', 'again', '-p', project, '--json')).json();
    // The same bytes: the artefact's weights decide every code.
    for (const name of ['model.safetensors', 'model.json']) {
      const [first, second] = [imported, again].map(({ path }) => readFile(join(String(path), name)));
      assert.ok((await first).equals(await second), name);
    }
  });

  it('as a damaged checkpoint or a file without a model are refused, with the file', async (t) => {
    const { folder, project } = await newProject(t);
    const checkpoint = join(folder, 'other');
    await writeBundle(checkpoint, [float32('dense/kernel', [2, 2], [1, 2, 3, 4])]);
    const other = await runCli('model', 'import', checkpoint, '-p', project, '--json');
    assert.equal(other.code, 3);
    assert.equal(errorOf(other).code, 'RELEASED_MODEL_MISMATCH');
    await writeFile(`${checkpoint}.index`, 'not an index');
    const broken = errorOf(await runCli('model', 'import', checkpoint, '-p', project, '--json'));
    assert.deepEqual([broken.code, broken.file], ['TF_CHECKPOINT_INVALID', `${checkpoint}.index`]);

    const bare = join(folder, 'bare.safetensors');
    await writeSafetensorsFile(bare, { a: { shape: [1], data: Float32Array.of(1) } });
    const refused = errorOf(await runCli('model', 'import', bare, '-p', project, '--json'));
    assert.deepEqual([refused.code, refused.file], ['MODEL_INVALID', bare]);
    const { arrays } = await readSafetensorsFile(bare);
    const description = JSON.stringify({ kind: 'pca', imageSize: 2 ** 30, latentDim: 2 ** 30 });
    await writeSafetensorsFile(bare, arrays, { 'fusiform.model': description });
    assert.equal(
      errorOf(await runCli('model', 'import', bare, '-p', project, '--json')).code,
      'MODEL_INVALID',
    );
  });
});
