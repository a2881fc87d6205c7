import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { WebHost } from '../../src/main/hosts/web/server.ts';
import type { Application } from '../../src/main/services/app/application.ts';
import { writePictures } from '../services/small-job.ts';
import { seriousViolations } from './axe.ts';
import { type BrowserSession, noBrowser, openBrowser } from './browser.ts';

describe('the screens in a browser', { skip: noBrowser }, () => {
  let session: BrowserSession;
  let application: Application;
  let host: WebHost;
  let page: Page;
  let folder: string;

  before(async () => {
    session = await openBrowser();
    ({ application, host, page, folder } = session);
  });
  after(() => session?.close());

  it('make a project, show its pipeline, and what a job does', async () => {
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    const form = page.locator('form', { hasText: 'Make a project' });
    await form.getByLabel('Name').fill('Faces of a test');
    await form.getByLabel('New folder').fill(join(folder, 'project'));
    await form.getByRole('button', { name: 'Make the project' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const [project] = application.projects;
    assert.match(page.url(), new RegExp(`/projects/${project.id}/overview$`));
    await page.getByRole('link', { name: 'Jobs' }).first().click();
    // What another client asks for appears here.
    const dir = await writePictures(folder);
    project.queue.enqueue({
      kind: 'import-faces',
      dir,
      name: 'faces',
      labels: 'find',
      imageSize: 16,
      crop: 1,
      dropDuplicates: false,
    });
    await page
      .locator('.job[data-state="done"]')
      .getByRole('heading', { name: 'Import faces "faces"' })
      .waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.step[data-state="done"]').getByRole('heading', { name: 'Faces' }).waitFor();
  });

  it('come back to the same place after a reload, and by Back', async () => {
    await page.reload();
    await page.locator('.step[data-state="done"]').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Jobs' }).waitFor();
  });

  it('show a refusal with what to do, and browse the folders of the host', async () => {
    await page.getByRole('link', { name: 'All projects' }).click();
    const form = page.locator('form', { hasText: 'Open a project' });
    await form.getByLabel('Project folder').fill(join(folder, 'nowhere'));
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('alert').getByText('PROJECT_NOT_FOUND').waitFor();
    await form.getByLabel('Project folder').fill(folder);
    await form.getByRole('button', { name: 'Browse' }).click();
    await page.getByRole('row', { name: 'project' }).dblclick();
    await page.getByRole('button', { name: 'Choose this folder' }).click();
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });

  it('catch up after the connection was lost', async () => {
    await page.getByRole('link', { name: 'Jobs' }).first().click();
    await page.locator('.job[data-state="done"]').waitFor();
    host.dropConnections();
    const [project] = application.projects;
    project.queue.remove(project.queue.live.value.jobs[0].id);
    await page.getByText('No job was asked for yet').waitFor();
  });

  it('have no serious fault of accessibility, light or dark', async () => {
    const [project] = application.projects;
    for (const place of [
      '/',
      ...['overview', 'jobs', 'settings'].map((name) => `/projects/${project.id}/${name}`),
    ]) {
      await page.goto(session.addressOf(place));
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.deepEqual(await seriousViolations(page), [], place);
    }
  });

  it('find what is asked for by a few letters, and list the keys', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox', { name: 'Find' }).fill('sett');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('show one window what another changed', async () => {
    const [project] = application.projects;
    const other = await page.context().newPage();
    await other.goto(session.addressOf(`/projects/${project.id}/jobs`));
    await page.goto(session.addressOf(`/projects/${project.id}/jobs`));
    await page.getByRole('button', { name: 'Hold the queue' }).click();
    await other.getByText('The queue is held').waitFor();
    // Two waiting jobs change places by the keyboard, in both windows.
    const ids = ['first', 'second'].map((name) =>
      project.queue.enqueue({ kind: 'encode-faces', model: name, faces: 'faces', engine: 'wasm' }),
    );
    await page.locator('.job', { hasText: '"second"' }).getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await other.locator('.job', { hasText: '"second"' }).getByText('number 1 in the queue').waitFor();
    for (const id of ids) project.queue.remove(id);
    project.queue.release();
    await other.close();
  });

  it('check the files of a project from the list', async () => {
    await page.goto(session.addressOf('/'));
    await page.getByText('Made by Fusiform').waitFor();
    await page.getByRole('button', { name: 'Check the files' }).click();
    await page.getByText('All 1 results are whole').waitFor();
  });

  it('break no rule of the policy and throw nothing', () => {
    assert.deepEqual(session.complaints, []);
  });
});
