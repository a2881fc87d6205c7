import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, isStale } from '../../scripts/build.ts';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/server.ts';
import { Application } from '../../src/main/services/app/application.ts';
import { RecentProjects } from '../../src/main/services/app/recent-projects.ts';
import { freshFolder } from '../services/fresh-folder.ts';
import { writePictures } from '../services/small-job.ts';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const root = join(import.meta.dirname, '..', '..');
const switches = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe('the screens in a browser', {
  skip: browserPath === undefined && 'no Chromium is installed',
}, () => {
  const folder = freshFolder();
  const application = new Application(
    { host: 'web' },
    { recent: new RecentProjects(join(folder.path, 'recent.json')) },
  );
  let host: WebHost;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    if (isStale('renderer')) build('renderer');
    host = await startWebHost({ application, rendererDir: join(root, 'out', 'renderer'), port: 0 });
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: switches });
    page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(host.url);
  });

  after(async () => {
    await browser?.close();
    await host?.close();
    await application.closeAll();
    folder.remove();
  });

  it('make a project, show its pipeline, and what a job does', async () => {
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
    const form = page.locator('form', { hasText: 'Make a project' });
    await form.getByLabel('Name').fill('Faces of a test');
    await form.getByLabel('New folder').fill(join(folder.path, 'project'));
    await form.getByRole('button', { name: 'Make the project' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const [project] = application.projects;
    assert.match(page.url(), new RegExp(`/projects/${project.id}/overview$`));
    await page.getByRole('link', { name: 'Jobs' }).first().click();
    // What another client asks for appears here.
    const dir = await writePictures(folder.path);
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
    await form.getByLabel('Project folder').fill(join(folder.path, 'nowhere'));
    await form.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('alert').getByText('PROJECT_NOT_FOUND').waitFor();
    await form.getByLabel('Project folder').fill(folder.path);
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

  it('break no rule of the policy and throw nothing', () => {
    // A refusal that is shown is no complaint; the browser itself notes the sockets that were lost.
    const real = complaints.filter((text) => !/WebSocket/.test(text));
    assert.deepEqual(real, []);
  });
});
