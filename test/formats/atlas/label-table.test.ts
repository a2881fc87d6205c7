import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readAtlasLabels } from '../../../src/main/formats/atlas/label-table.ts';
import { temporaryFolder } from '../temporary.ts';

const wanted = [
  { index: 1, name: 'Precentral_L' },
  { index: 17, name: 'Left-Hippocampus' },
];

const tables: Record<string, string> = {
  'atlas_dseg.tsv':
    'index\tname\tabbreviation\tcolor\n17\tLeft-Hippocampus\tHL\t#dcd814\n1\tPrecentral_L\tPL\t#112233\n',
  'plain.csv': 'Label,Region\n1,Precentral_L\n17,Left-Hippocampus\n',
  'FreeSurferColorLUT.txt':
    '#$Id: a colour table\n\n#No. Label Name:  R G B A\n1   Precentral_L  70 130 180 0\n17  Left-Hippocampus  220 216 20 0\n',
  'AAL.txt': '1 Precentral_L 2001\r\n17 Left-Hippocampus 4101\r\n',
  'ROI_MNI_V4.txt': 'FAG\tPrecentral_L\t1\nHIPPOG\tLeft-Hippocampus\t17\n',
  'map.json': '{"1": "Precentral_L", "17": "Left-Hippocampus"}',
  'list.json': '[{"index": 17, "name": "Left-Hippocampus"}, {"index": 1, "name": "Precentral_L"}]',
  'fsl.xml': `<?xml version="1.0"?><atlas version="1.0"><header><name>An atlas</name><type>Probabalistic</type></header>
    <data><label index="0" x="48" y="94" z="35">Precentral_L</label><label index="16" x="1" y="2" z="3">Left-Hippocampus</label></data></atlas>`,
  'fsl-labels.xml': `<atlas><header><type>Label</type></header>
    <data><label index="1">Precentral_L</label><label index="17">Left-Hippocampus</label></data></atlas>`,
};

describe('tables of labels', () => {
  for (const [name, text] of Object.entries(tables)) {
    it(`${name} is read`, async (t) => {
      const path = join(await temporaryFolder(t), name);
      await writeFile(path, text);
      assert.deepEqual(await readAtlasLabels(path), wanted);
    });
  }

  const refused: [string, string, number | undefined][] = [
    ['columns.tsv', 'a\tb\n1\tx\n', 1],
    ['number.tsv', 'index\tname\n1\tx\none\ty\n', 3],
    ['twice.tsv', 'index\tname\n1\tx\n1\ty\n', undefined],
    ['words.txt', '1 Precentral_L\nnothing here at all\n', 2],
    ['none.txt', '# only a remark\n', undefined],
    ['names.json', '{"1": 2}', undefined],
    ['broken.xml', '<atlas><data><label index="0">x</atlas>', 1],
    ['entities.xml', '<!DOCTYPE a [<!ENTITY b "c">]><atlas><label index="0">&b;</label></atlas>', 1],
  ];
  for (const [name, text, line] of refused) {
    it(`${name} is refused`, async (t) => {
      const path = join(await temporaryFolder(t), name);
      await writeFile(path, text);
      await assert.rejects(readAtlasLabels(path), { code: 'ATLAS_INVALID', file: path, line });
    });
  }
});
