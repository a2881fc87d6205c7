import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeGalleryProject } from '../services/gallery-project.ts';
import { seriousViolations } from './axe.ts';
import { type BrowserSession, noBrowser, openBrowser } from './browser.ts';

describe('the gallery in a browser', { skip: noBrowser }, () => {
  let session: BrowserSession;
  let gallery: string;

  before(async () => {
    session = await openBrowser();
    const dir = join(session.folder, 'project');
    const workspace = await writeGalleryProject(dir, { faces: 300 });
    await workspace.close();
    const project = await session.application.open(dir);
    gallery = session.addressOf(`/projects/${project.id}/gallery`);
  });

  after(() => session?.close());

  it('draws only the rows in sight, sorts, and shows the selected face in the inspector and the address', async () => {
    const { page } = session;
    await page.goto(`${gallery}?g.by=rank&g.desc=1`);
    await page.getByText('300 of 300 faces by rank of VAE-GAN, worst first').waitFor();
    await page.getByText('face-', { exact: false }).first().waitFor();
    const drawn = await page.locator('.gallery-rows [role="row"]').count();
    assert.ok(drawn > 1 && drawn < 20, `${drawn} rows are drawn`);
    await page.locator('.gallery-rows [role="row"]').first().locator('[role="gridcell"]').nth(2).click();
    const url = new URL(page.url());
    assert.equal(url.searchParams.get('subject'), '01');
    const stimulus = url.searchParams.get('stimulus') ?? '';
    await page.getByRole('complementary').getByRole('heading', { name: stimulus }).waitFor();
  });

  it('goes through rows and pictures, wipes and blinks by the keyboard', async () => {
    const { page } = session;
    const before = new URL(page.url()).searchParams.get('stimulus');
    // Off the pictures: the pointer wipes too.
    await page.mouse.move(2, 2);
    await page.keyboard.press('ArrowDown');
    await page.waitForURL((url) => url.searchParams.get('stimulus') !== before);
    await page.locator('[data-selected] [data-focused]').waitFor();
    await page.keyboard.press('.');
    await page.locator('[data-selected] .compare-over').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.compare-over').waitFor({ state: 'detached' });
    await page.keyboard.press('b');
    await page.locator('[data-selected] .compare-over').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Blink (b)' }).getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('b');
    await page.keyboard.press('End');
    await page.locator('[role="row"][aria-rowindex="301"][data-selected]').waitFor();
    await page.keyboard.press('Home');
    await page.locator('[role="row"][aria-rowindex="2"][data-selected]').waitFor();
  });

  it('wipes the original over a decoded picture under the pointer', async () => {
    const { page } = session;
    const picture = page.locator('.gallery-rows [role="row"]').nth(1).locator('.compare').nth(1);
    const box = await picture.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
    const over = picture.locator('.compare-over');
    await over.waitFor();
    const clip = await over.evaluate(
      (image) => (image as unknown as { style: { clipPath: string } }).style.clipPath,
    );
    const right = Number(/inset\(0(?:px)? ([\d.]+)%/.exec(clip)?.[1]);
    assert.ok(Math.abs(right - 75) < 2, clip);
    await page.mouse.move(2, 2);
  });

  it('exports a contact sheet that can be fetched', async () => {
    const { page } = session;
    await page.getByRole('button', { name: 'Export ...' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    const link = dialog.getByRole('link', { name: 'gallery-01.png' });
    await link.waitFor();
    await dialog.getByText('The first 20 of 300 test faces, by rank of VAE-GAN, worst first').waitFor();
    const address = new URL((await link.getAttribute('href')) ?? '', page.url()).href;
    const png = await page.request.get(address);
    assert.equal(png.status(), 200);
    assert.equal((await png.body()).subarray(1, 4).toString(), 'PNG');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('has no serious fault of accessibility, and breaks no rule of the policy', async () => {
    const { page } = session;
    assert.deepEqual(await seriousViolations(page), []);
    assert.deepEqual(session.complaints, []);
  });
});
