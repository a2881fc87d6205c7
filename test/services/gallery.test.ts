import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rowCorrelations } from '../../src/main/decoding/correlations.ts';
import { readDecoded } from '../../src/main/jobs/stages/decode-patterns.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { contactSheet } from '../../src/main/services/figures/contact-sheet.ts';
import { pictureReader } from '../../src/main/services/figures/picture-reader.ts';
import { reconstructionsFigure } from '../../src/main/services/figures/reconstructions.ts';
import { regionsFigure } from '../../src/main/services/figures/regions.ts';
import { type Figure, writeFigure } from '../../src/main/services/figures/write-figure.ts';
import { galleryPage, placeInView } from '../../src/main/services/gallery/rows.ts';
import { galleryOf } from '../../src/main/services/gallery/table.ts';
import { sortByScore } from '../../src/main/services/gallery/view.ts';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { reconstructionsRequest, regionsRequest, sheetRequest } from '../../src/shared/contract/figures.ts';
import { type GalleryRow, galleryView } from '../../src/shared/contract/gallery.ts';
import { freshFolder } from './fresh-folder.ts';
import { writeGalleryProject } from './gallery-project.ts';

const faces = 30;
const folder = freshFolder();
let workspace: Workspace;

before(async () => {
  workspace = await writeGalleryProject(join(folder.path, 'project'), { faces, subjects: ['01', '02'] });
});
after(async () => {
  await workspace.close();
  folder.remove();
});

async function all(view: Parameters<typeof galleryView.parse>[0]): Promise<GalleryRow[]> {
  const rows: GalleryRow[] = [];
  for (;;) {
    const page = await galleryPage(workspace, { view: galleryView.parse(view), from: rows.length, count: 7 });
    rows.push(...page.rows);
    if (rows.length >= page.total) return rows;
    assert.equal(page.rows.length, 7);
  }
}

describe('rows of the gallery', () => {
  it('come page by page, each once, in the order of the study', async () => {
    const rows = await all({});
    assert.equal(rows.length, 2 * faces);
    assert.deepEqual(
      rows.map(({ id }) => id),
      [...rows.keys()],
    );
    assert.deepEqual([rows[0].subject, rows[faces].subject], ['01', '02']);
    assert.match(rows[3].original ?? '', /^artifacts\/[0-9a-f]{32}\/original\/face-000003\.png$/);
  });

  it('sort by a score in both directions; equal ones stay in their order, and what has none comes last', async () => {
    const order = { by: 'ssim', source: 'vaegan' } as const;
    for (const descending of [false, true]) {
      const scores = (await all({ order: { ...order, descending } })).map(
        ({ cells }) => cells[0].scores.ssim,
      );
      const known = scores.filter((value) => value !== null);
      assert.deepEqual(
        known,
        known.toSorted((a, b) => (descending ? b - a : a - b)),
      );
      assert.ok(known.length < scores.length && scores.slice(known.length).every((value) => value === null));
    }
    const rows = [0, 1, 2, 3, 4].map((id) => ({ id }));
    const values = Float64Array.of(0.5, Number.NaN, 0.5, 0.1, 0.5);
    const sorted = (descending: boolean) => sortByScore(rows, values, descending).map(({ id }) => id);
    assert.deepEqual(sorted(false), [3, 0, 2, 4, 1]);
    assert.deepEqual(sorted(true), [0, 2, 4, 3, 1]);
  });

  it('are filtered by subject, name and source', async () => {
    const rows = await all({ filter: { subjects: ['02'], name: 'FACE-00001' } });
    assert.equal(rows.length, 10);
    assert.ok(rows.every(({ subject, stimulus }) => subject === '02' && stimulus.includes('face-00001')));
    assert.equal((await all({ filter: { sources: ['pca'] } })).length, 0);
    assert.equal((await all({ filter: { labels: { Male: '1' } } })).length, 0);
  });

  it('are found where they stand', async () => {
    const view = galleryView.parse({ order: { by: 'rank', source: 'vaegan' } });
    const rows = await all(view);
    const { subject, stimulus } = rows[17];
    assert.equal(await placeInView(workspace, view, { subject, stimulus }), 17);
    assert.equal(await placeInView(workspace, view, { subject, stimulus: 'nobody.png' }), null);
  });

  it("hold the scores of a region by the evaluation's definitions", async () => {
    const [row] = await all({ region: 'front', filter: { name: 'face-000005' } });
    const decoded = await readDecoded(workspace.entry('decoding', '01/vaegan').path);
    const { codes, latentDim } = await readLatents(workspace.entry('latents', 'vaegan/stimuli-01-16px').path);
    const likeness = rowCorrelations(decoded.regions[1].test, codes, latentDim).subarray(
      5 * faces,
      6 * faces,
    );
    const { rank, pairwise, similarity, ssim } = row.cells[0].scores;
    assert.equal(rank, 1 + likeness.filter((value) => value > likeness[5]).length);
    assert.equal(pairwise, 1 - ((rank ?? 0) - 1) / (faces - 1));
    assert.ok(Math.abs((similarity ?? 0) - likeness[5]) < 1e-6);
    assert.equal(ssim, null);
  });

  it('say what there is, and name what cannot be read', async () => {
    const { facts } = await galleryOf(workspace);
    assert.deepEqual(
      facts.sources.map(({ id, title, regions }) => [id, title, regions]),
      [['vaegan', 'VAE-GAN', ['all', 'front', 'without-front']]],
    );
    // The subjects have no study behind them: their runs are not known, and the gallery is there all the same.
    assert.equal(facts.notes.length, 2);
    assert.match(facts.notes[0], /Runs of subject 01/);
  });
});

describe('figures', () => {
  const options = { formats: ['png', 'svg', 'pdf'], dpi: 100, isTransparent: false } as const;
  const written = async (name: string, figure: Figure) => {
    const target = join(folder.path, name);
    await writeFigure(figure, target, options);
    const files = (await readdir(target)).sort();
    return { files, bytes: await Promise.all(files.map((file) => readFile(join(target, file)))) };
  };

  it('of rows are the same bytes whenever they are made, and say how the rows were chosen', async () => {
    const sheet = sheetRequest.parse({
      view: { order: { by: 'rank', source: 'vaegan', descending: true }, filter: { subjects: ['01'] } },
      count: 12,
      columns: ['original', 'own:vaegan', 'decoded:vaegan'],
    });
    const make = () => contactSheet(workspace, sheet, pictureReader(workspace), false);
    const first = await written('one', await make());
    const second = await written('two', await make());
    assert.deepEqual(first, second);
    assert.deepEqual(
      first.files.filter((file) => /\.(svg|txt|json)$/.test(file)),
      ['gallery-01.svg', 'gallery-02.svg', 'gallery.json', 'gallery.txt'],
    );
    const caption = first.bytes[first.files.indexOf('gallery.txt')].toString();
    assert.match(
      caption,
      /^The first 12 of 30 test faces of subject 01, by rank of VAE-GAN, worst first\. Decoded from all voxels\./,
    );
    assert.match(caption, /Chance for VAE-GAN: rank 15\.5 of 30, SSIM 0\.30, PixCorr 0\.20\./);
    const svg = first.bytes[first.files.indexOf('gallery-01.svg')].toString();
    const perRow = 3;
    assert.equal([...svg.matchAll(/<image /g)].length % perRow, 0);
    const record = JSON.parse(first.bytes[first.files.indexOf('gallery.json')].toString());
    assert.equal(record.rows.length, 12);
    assert.equal(record.artefacts.length, 2);
  });

  it('of one picture bear its name', async () => {
    const sheet = sheetRequest.parse({ ids: [4], columns: ['decoded:vaegan'] });
    const { name, caption } = await contactSheet(workspace, sheet, pictureReader(workspace), false);
    assert.equal(name, 'sub-01_face-000004_decoded-vaegan');
    assert.match(caption, /^1 of 60 test faces, picked by hand/);
  });

  it('of the article show every subject, and refuse faces that nobody saw', async () => {
    const request = reconstructionsRequest.parse({ count: 3 });
    const { pages, caption } = await reconstructionsFigure(
      workspace,
      request,
      pictureReader(workspace),
      false,
    );
    // Originals, the model's own, and two subjects: three pictures each.
    assert.equal([...pages[0].matchAll(/<image /g)].length, 4 * 3);
    assert.match(caption, /the first 3 of 30 test faces in the order of the study/);
    const regions = await regionsFigure(workspace, regionsRequest.parse({}), false);
    assert.match(regions.caption, /S01, S02.*Dashed: chance, 0\.50/);
    await assert.rejects(
      reconstructionsFigure(
        workspace,
        reconstructionsRequest.parse({ stimuli: ['nobody.png'] }),
        pictureReader(workspace),
        false,
      ),
      { code: 'FACE_UNKNOWN' },
    );
    await assert.rejects(
      contactSheet(
        workspace,
        sheetRequest.parse({ columns: ['decoded:other'] }),
        pictureReader(workspace),
        false,
      ),
      { code: 'PARAMETERS_INVALID' },
    );
  });
});
