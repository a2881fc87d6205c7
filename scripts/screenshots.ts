import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { createRatingSession, ratingSessions } from '../src/main/services/rating/index.ts';
import { noBrowser, openBrowser } from '../test/e2e/browser.ts';

/*
 * The pictures of the screens in docs/images, from a project that holds the demo:
 *
 *   npx fusiform demo --project demo
 *   node scripts/screenshots.ts demo [name ...]
 */

interface Screenshot {
  readonly name: string;
  /** Below the project's own address. */
  readonly place: string;
  readonly theme?: 'dark';
  /** What is to be seen before the picture is taken. */
  readonly shows: string;
}

const screenshots: readonly Screenshot[] = [
  { name: 'overview', place: '/overview', shows: 'Overview' },
  { name: 'faces', place: '/faces?faces=faces', shows: 'Faces' },
  { name: 'model', place: '/model/of/vaegan', shows: 'vaegan' },
  { name: 'explore', place: '/model/explore?model=vaegan&faces=faces&face=3', shows: 'Explore' },
  { name: 'subjects', place: '/subjects/of/01/mapping', shows: 'The model of a run' },
  { name: 'decoding', place: '/decoding/faces?subject=01&model=vaegan', shows: 'Decoding' },
  { name: 'evaluation', place: '/evaluation?subject=01&model=vaegan', shows: 'Evaluation' },
  {
    name: 'identification',
    place: '/evaluation/identification?subject=01&model=vaegan',
    shows: 'Identification matrix',
  },
  { name: 'regions', place: '/evaluation/regions?subject=01&model=vaegan', theme: 'dark', shows: 'Regions' },
  { name: 'rating', place: '/evaluation/rating', shows: 'Which is more like' },
  { name: 'brain', place: '/brain?subject=01', theme: 'dark', shows: 'Brain' },
  { name: 'gallery', place: '/gallery', shows: 'Gallery' },
  { name: 'jobs', place: '/jobs', shows: 'Jobs' },
  { name: 'settings', place: '/settings', shows: 'Settings' },
];

/** As a first rater sees it. */
async function beginRating(page: Page): Promise<void> {
  await page.getByLabel('Who rates').fill('A');
  await page.keyboard.press('Enter');
}

const folder = join(import.meta.dirname, '..', 'docs', 'images');
/** Figures and pictures are drawn after the words. */
const settleMs = 9000;

const [dir, ...names] = process.argv.slice(2);
if (noBrowser !== false) throw new Error(noBrowser);
if (dir === undefined || !existsSync(dir)) throw new Error('Name the folder of a project with the demo.');

const session = await openBrowser({ switches: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
try {
  const project = await session.application.open(resolve(dir));
  const { page } = session;
  const { workspace } = project;
  if (ratingSessions(workspace).length === 0)
    await createRatingSession(workspace, { name: 'preference', first: 'vaegan', second: 'pca', seed: 1 });
  for (const { name, place, theme = 'light', shows } of screenshots) {
    if (names.length > 0 && !names.includes(name)) continue;
    await page.emulateMedia({ colorScheme: theme });
    await page.goto(session.addressOf(`/projects/${project.id}${place}`));
    if (name === 'rating') await beginRating(page);
    await page.getByRole('main').getByText(shows).first().waitFor();
    await page.waitForTimeout(settleMs);
    // Where a project lies on this machine belongs to no guide.
    await page.locator('.path').evaluateAll((elements: { style: { visibility: string } }[]) => {
      for (const element of elements) element.style.visibility = 'hidden';
    });
    // 256 colours: enough for text, figures and grey anatomy, and a third of the bytes.
    const picture = await sharp(await page.screenshot())
      .png({ palette: true, effort: 10 })
      .toBuffer();
    await writeFile(join(folder, `app-${name}.png`), picture);
    console.log(`app-${name}.png: ${Math.round(picture.length / 1000)} kB`);
  }
  for (const complaint of session.complaints) console.log(`The browser objects: ${complaint}`);
} finally {
  await session.close();
}
