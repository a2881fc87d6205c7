import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { findAttributeAxes, findAttributeAxis } from '../../src/main/services/attributes.ts';
import { encodeFaces } from '../../src/main/services/latents.ts';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { engine, openSmallFaceProject } from './small-face-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-attributes-'));
let workspace: Workspace;

before(async () => {
  workspace = await openSmallFaceProject(folder);
});
after(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

const request = {
  model: 'pca',
  faces: 'faces',
  engine,
  folds: 5,
  seed: 1,
  numbers: [],
  classes: [],
} as const;

interface Reading {
  name: string;
  kind: string;
  n: number;
  reason?: string;
  majority?: number;
  axis: Record<string, number>;
  classifier: Record<string, number>;
}

describe('the attributes of a table', { timeout: 300_000 }, () => {
  it('are found by what the columns hold, and read from the codes', async () => {
    const outcome = await findAttributeAxes(workspace, { ...request, group: 'identity' });
    const readings = outcome.summary.attributes as unknown as Reading[];
    assert.deepEqual(
      readings.map(({ name, kind }) => [name, kind]),
      [
        ['Male=1', 'class'],
        ['Bright=1', 'class'],
        ['Light=bright', 'class'],
        ['Light=dark', 'class'],
        ['Light=middle', 'class'],
        ['Lightness', 'number'],
        ['Beard=1', 'class'],
        ['First=1', 'not judged'],
      ],
    );
    const of = (name: string) => readings.find((reading) => reading.name === name) as Reading;
    assert.equal(of('Beard=1').n, 96, 'the faces without a value are left out');
    assert.match(of('First=1').reason ?? '', /1 faces in the class/);
    assert.ok(of('Bright=1').classifier.accuracy > 0.8 && of('Bright=1').classifier.q < 1e-4);
    assert.ok(of('Lightness').classifier.r > 0.8 && of('Lightness').axis.r > 0.5);
    const table = await readTable(join(outcome.path, 'attributes.tsv'));
    assert.equal(table.rows.length, 8);
    assert.equal(table.rows[7].values.classifier_accuracy, 'n/a');
    const { arrays } = await readSafetensorsFile(join(outcome.path, 'axes.safetensors'));
    assert.deepEqual(arrays['Male=1/direction'].shape, [12]);
  });

  it('give for one label the same figures as its axis alone', async () => {
    const one = await findAttributeAxis(workspace, { ...request, column: 'Bright', positive: '1' });
    const all = await findAttributeAxes(workspace, { ...request, columns: ['Bright'] });
    const [reading] = all.summary.attributes as unknown as Reading[];
    const { axis, classifier } = one.summary as unknown as Reading;
    assert.deepEqual([axis, classifier], [reading.axis, reading.classifier]);
  });

  it('may be other labels of other codes; those of another set are refused', async () => {
    await encodeFaces(workspace, request);
    const labels = join(folder, 'labels.csv');
    const rows = Array.from(
      { length: 120 },
      (_, at) => `${String(at + 1).padStart(4, '0')}.png,${at % 2 ? 'a' : 'b'}`,
    );
    writeFileSync(labels, `image,side\n${rows.join('\n')}\nnobody.png,a\n`);
    const other = await findAttributeAxes(workspace, { ...request, latents: 'pca/faces', labels });
    assert.equal(other.summary.faces, 120);
    writeFileSync(labels, 'image,side\nx.png,a\n');
    await assert.rejects(findAttributeAxes(workspace, { ...request, labels }), {
      code: 'LABELS_OF_ANOTHER_SET',
    });
  });

  it('that do not exist are refused with those that do', async () => {
    await assert.rejects(findAttributeAxes(workspace, { ...request, columns: ['Hat'] }), {
      code: 'TABLE_COLUMN_UNKNOWN',
      message: /"Male"/,
    });
    await assert.rejects(findAttributeAxes(workspace, { ...request, group: 'family' }), {
      code: 'TABLE_COLUMN_UNKNOWN',
    });
    await assert.rejects(findAttributeAxis(workspace, { ...request, column: 'Male', positive: '7' }), {
      code: 'LABEL_CLASS_EMPTY',
    });
  });
});
