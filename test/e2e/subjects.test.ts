import assert from 'node:assert/strict';
import { cpSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { simulateStudyStage } from '../../src/main/jobs/stages/simulate-study.ts';
import type { OpenProject } from '../../src/main/services/app/open-project.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { fitPcaModel } from '../../src/main/services/models.ts';
import { fitMap } from '../../src/main/services/voxels.ts';
import { seriousViolations } from './axe.ts';
import { type BrowserSession, noBrowser, openBrowser } from './browser.ts';

/** A job on a machine that does other things too. */
const jobMs = 90_000;

describe('subjects and decoding in a browser', { skip: noBrowser, timeout: 300_000 }, () => {
  let session: BrowserSession;
  let project: OpenProject;
  let bids = '';
  const newRun: string[] = [];
  const at = (place: string) => session.addressOf(`/projects/${project.id}${place}`);

  before(async () => {
    session = await openBrowser();
    project = await session.application.create(join(session.folder, 'project'), 'Study');
    const { workspace } = project;
    const { path } = await workspace.run({
      stage: simulateStudyStage,
      label: 'simulate',
      parameters: {
        seed: 3,
        nPortraits: 30,
        nRuns: 3,
        testPresentations: 2,
        shuffleEvents: false,
        imageSize: 32,
      },
      inputs: {},
    });
    await importFaces(workspace, { dir: join(path, 'faces'), name: 'faces', imageSize: 32, crop: 0.8 });
    const model = { faces: 'faces', name: 'pca', seed: 1, heldOut: 0.1, imageSize: 32, latentDim: 4 };
    await fitPcaModel(workspace, { ...model, engine: 'wasm' });
    bids = join(session.folder, 'bids');
    cpSync(join(path, 'bids'), bids, { recursive: true });
  });
  after(() => session?.close());

  /** The files of the last run are put away, and brought back. */
  function lastRun(from: string, to: string): void {
    const files = readdirSync(bids, { recursive: true, encoding: 'utf8' });
    if (newRun.length === 0) {
      const names = files.flatMap((file) => /([^/\\]+)_bold\.nii\.gz$/.exec(file)?.[1] ?? []).sort();
      newRun.push(...names.slice(-1));
    }
    for (const file of files.filter(
      (one) => basename(one).startsWith(`${newRun[0]}_`) && one.endsWith(from),
    )) {
      const stem = join(bids, file).slice(0, from === '' ? undefined : -from.length);
      renameSync(join(bids, file), stem + to);
    }
  }

  it('bring a subject in from a folder, roles changed and taken back', async () => {
    lastRun('', '.later');
    const { page } = session;
    await page.goto(at('/subjects'));
    await page.getByRole('link', { name: 'Add a subject' }).click();
    await page.getByLabel('Folder of the study').fill(bids);
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('2 of 2 runs can be used').waitFor();
    await page.getByRole('button', { name: 'Role of Img' }).click();
    await page.getByRole('option', { name: 'ignore' }).click();
    await page.getByText('Edited.').waitFor();
    await page.getByRole('button', { name: 'Take the last change back' }).click();
    await page.getByText('An earlier version, taken back.').waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole('button', { name: 'Add the subject' }).click();
    await page.getByRole('link', { name: 'Go on' }).click({ timeout: jobMs });
    await page.getByRole('button', { name: 'Examine the runs' }).click();
    await page.getByText('2 runs:').waitFor({ timeout: jobMs });
    await page.getByRole('figure', { name: 'Framewise displacement of every volume' }).waitFor();
    assert.deepEqual(await seriousViolations(page), []);
  });

  it('draw the design before the fit, by the keyboard too', async () => {
    const { page } = session;
    await page.goto(at('/subjects/of/01/mapping'));
    const matrix = page.getByRole('region', { name: 'Design matrix' });
    await matrix.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText(/face \(condition\), volume 2, 2\.0 s/).waitFor();
    assert.deepEqual(await seriousViolations(page), []);
  });

  it('decode a run that came after the fit', async () => {
    const { page } = session;
    await fitMap(project.workspace, {
      subject: '01',
      model: 'pca',
      engine: 'wasm',
      settings: { motion: 6 },
      noise: 'ar1',
      crop: 0.8,
      faceRule: { kind: 'fraction', keep: 0.5 },
      gainRule: { kind: 'fraction', keep: 0.5 },
      gainMeasure: 'f',
    });
    lastRun('.later', '');
    await page.goto(at('/decoding/new'));
    await page.getByText(newRun[0] ?? '').click();
    await page.getByRole('button', { name: 'Decode the run' }).click();
    await page.getByRole('heading', { name: 'Decoded' }).waitFor({ timeout: jobMs });
    const face = page.getByRole('img', { name: /decoded: decoded, pseudo-inverse/ }).first();
    await face.scrollIntoViewIfNeeded();
    await page.waitForLoadState('networkidle');
    const width = await face.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    assert.equal(width, 32);
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByLabel('Into the folder').fill(join(session.folder, 'faces'));
    await page.getByRole('button', { name: /^Write 01/ }).click();
    await page.getByText('faces were written to').waitFor();
    assert.ok(readdirSync(join(session.folder, 'faces', 'faces')).length > 40);
    assert.deepEqual(session.complaints, []);
  });
});
