import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { simulateStudyStage } from '../../src/main/jobs/stages/simulate-study.ts';
import type { OpenProject } from '../../src/main/services/app/open-project.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import type { JobRequestInput } from '../../src/shared/contract/job-requests.ts';
import { jobRequest } from '../../src/shared/contract/job-requests.ts';
import { seriousViolations } from './axe.ts';
import { type BrowserSession, noBrowser, openBrowser, seen } from './browser.ts';

/** Tests of a chain: what comes later stands on what came before. */
describe('the whole story, as a person goes through it', { skip: noBrowser }, () => {
  let session: BrowserSession;
  let page: Page;
  let data: { faces: string; bids: string };

  before(async () => {
    session = await openBrowser();
    ({ page } = session);
    page.setDefaultTimeout(60_000);
    data = await simulated(join(session.folder, 'simulated'));
  });
  after(() => session?.close());

  const project = (): OpenProject => session.application.projects[0];
  const chapter = (name: string, action: () => Promise<void>) =>
    it(
      name,
      seen(() => page, name, action),
    );

  /** Goes to an element by the Tab key alone. */
  async function reach(wanted: Locator): Promise<void> {
    await wanted.waitFor();
    for (let presses = 0; presses < 80; presses += 1) {
      if (await wanted.evaluate(hasFocus)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('The Tab key does not lead there.');
  }
  async function type(field: Locator, text: string): Promise<void> {
    await reach(field);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type(text);
  }
  async function press(button: Locator): Promise<void> {
    await reach(button);
    await page.keyboard.press('Enter');
  }
  const section = (name: string) =>
    page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name });
  const show = (place: string) => page.goto(session.addressOf(`/projects/${project().id}${place}`));

  /** Asks for a job as another window would, and waits until it is done. */
  async function job(request: JobRequestInput): Promise<void> {
    const id = project().queue.enqueue(jobRequest.parse(request));
    await ended(id);
  }
  async function ended(id: number): Promise<void> {
    for (;;) {
      const found = project().queue.live.value.jobs.find((one) => one.id === id);
      if (found?.state === 'done') return;
      assert.ok(found?.state === 'running' || found?.state === 'waiting', JSON.stringify(found?.problem));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  chapter('makes a project and imports faces, by the keyboard alone', async () => {
    const form = page.locator('form', { hasText: 'Make a project' });
    await type(form.getByLabel('Name'), 'A story');
    await type(form.getByLabel('New folder'), join(session.folder, 'story'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await press(section('Faces'));
    await type(page.getByLabel('Folder of pictures'), data.faces);
    await type(page.getByLabel('Size'), '32');
    await press(page.getByRole('button', { name: /^Import \d+ pictures/ }));
    await page.getByText('Faces (60)').waitFor();
    await ended(project().queue.live.value.jobs[0].id);
  });

  chapter('trains a little, is closed, and goes on where it was', async () => {
    const training = jobRequest.parse({
      kind: 'train-model',
      latents: 4,
      steps: 60,
      baseline: false,
      engine: 'wasm',
    });
    const id = project().queue.enqueue(training);
    await page.getByRole('button', { name: 'Pause' }).first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).first().click();
    await show('/jobs');
    await page.locator('.job[data-state="paused"]').waitFor();
    // The lid is closed: the host lets go of the project, and the page comes back to the same place.
    await session.application.closeAll();
    await page.reload();
    await page.locator('.job[data-state="paused"]').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await ended(id);
    await job({ kind: 'fit-pca', latents: 4, engine: 'wasm' });
  });

  chapter('adds a subject', async () => {
    await show('/subjects/add');
    await type(page.getByLabel('Folder of the study'), data.bids);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add the subject' }).click();
    await page.getByText(/Read subject 01: done/).waitFor();
  });

  chapter('fits and decodes with two models, and evaluates one of them on the screen', async () => {
    for (const model of ['vaegan', 'pca'])
      await job({
        kind: 'fit-map',
        subject: '01',
        model,
        settings: { confounds: ['trans_x', 'rot_z'] },
        faceRule: { kind: 'fraction', keep: 0.5 },
        gainRule: { kind: 'fraction', keep: 0.5 },
        engine: 'wasm',
      });
    for (const model of ['vaegan', 'pca'])
      await job({ kind: 'decode-subject', subject: '01', model, engine: 'wasm' });
    await job({ kind: 'evaluate-subject', subject: '01', model: 'pca', permutations: 200, engine: 'wasm' });
    await show('/evaluation?subject=01&model=vaegan');
    await page.getByRole('heading', { name: 'Not evaluated yet' }).waitFor();
    await press(page.getByRole('button', { name: 'Evaluate', exact: true }));
    const score = page.getByRole('button', {
      name: /^Pairwise identification .* test faces, p .*; chance 0\.50$/,
    });
    await press(score);
    await page.getByRole('dialog').getByText('pairwise-pearson/1').waitFor();
    await page.keyboard.press('Escape');
  });

  chapter('selects a test face in the matrix of identification', async () => {
    await show('/evaluation/identification?subject=01&model=vaegan');
    await page
      .getByRole('figure', { name: /correct ones lie on the diagonal/ })
      .locator('canvas')
      .waitFor();
    await page.getByRole('grid', { name: 'Scores of each test face' }).getByRole('row').nth(1).click();
    await page.waitForURL(/stimulus=/);
    assert.deepEqual(await seriousViolations(page), []);
  });

  chapter('rates every face by the arrow keys, takes one answer back, and exports', async () => {
    await show('/evaluation/rating');
    await press(page.getByRole('button', { name: 'Make the session' }));
    await type(page.getByLabel('Who rates'), 'A');
    await page.keyboard.press('Enter');
    await page.getByText(/^0 of \d+ rated by A/).waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    const total = Number(/of (\d+)/.exec(await page.getByText(/rated by A/).innerText())?.[1]);
    await page.keyboard.press('ArrowLeft');
    await page.getByText(`1 of ${total} rated`).waitFor();
    await page.keyboard.press('Backspace');
    await page.getByText(`0 of ${total} rated`).waitFor();
    for (let rated = 1; rated <= total; rated += 1) {
      await page.keyboard.press(rated % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
      await page.getByText(`${rated} of ${total} rated`).waitFor();
    }
    await press(page.getByRole('button', { name: 'Done' }));
    await page.getByText(/^Share preferring vaegan to pca/).waitFor();
    const file = join(session.folder, 'ratings.tsv');
    await type(page.getByLabel('Table of all ratings'), file);
    await press(page.getByRole('button', { name: 'Export' }));
    await page.getByText(`${total} ratings: ${file}`).waitFor();
    assert.equal((await readFile(file, 'utf8')).trim().split('\n').length, total + 1);
  });

  chapter('writes a report and shows it', async () => {
    await show('/evaluation/report');
    const folder = join(session.folder, 'report');
    await type(page.getByLabel('Folder', { exact: true }), folder);
    await press(page.getByRole('button', { name: 'Write the report' }));
    const shown = page.frameLocator('iframe.report');
    await shown
      .getByText(/pairwise identification/i)
      .first()
      .waitFor();
    for (const part of ['report.html', 'tables', 'figures', 'sub-01/report.html'])
      assert.ok(existsSync(join(folder, part)), part);
  });

  chapter('deletes a rating session, which is asked before', async () => {
    await show('/evaluation/rating');
    await press(page.getByRole('button', { name: 'Remove the session ...' }));
    await press(page.getByRole('button', { name: 'Remove it' }));
    await page.getByRole('heading', { name: 'A new rating session' }).waitFor();
  });

  it('throws nothing and breaks no rule of the policy', () => {
    assert.deepEqual(session.complaints, []);
  });
});

/** Runs in the page. */
function hasFocus(element: { matches(selector: string): boolean }): boolean {
  return element.matches(':focus');
}

/** Pictures, and a subject of a few runs, made up. */
async function simulated(dir: string): Promise<{ faces: string; bids: string }> {
  const workspace = Workspace.create(dir);
  try {
    const { path } = await workspace.run({
      stage: simulateStudyStage,
      label: 'simulate',
      parameters: {
        seed: 1,
        nPortraits: 60,
        nRuns: 4,
        testPresentations: 3,
        shuffleEvents: false,
        imageSize: 40,
      },
      inputs: {},
    });
    return { faces: join(path, 'faces'), bids: join(path, 'bids') };
  } finally {
    await workspace.close();
  }
}
