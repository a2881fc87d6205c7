import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findAttributeAxes } from '../../src/main/services/attributes.ts';
import { encodeFaces } from '../../src/main/services/latents.ts';
import { engine, openSmallFaceProject } from '../services/small-face-project.ts';
import { seriousViolations } from './axe.ts';
import { type BrowserSession, noBrowser, openBrowser, seen } from './browser.ts';

describe('faces and models in a browser', { skip: noBrowser, timeout: 300_000 }, () => {
  let session: BrowserSession;
  let project = '';
  const page = () => session.page;
  const show = (place: string) => page().goto(session.addressOf(`/projects/${project}${place}`));

  before(async () => {
    process.env.FUSIFORM_ENGINE = engine;
    session = await openBrowser();
    const workspace = await openSmallFaceProject(session.folder);
    const request = { model: 'pca', faces: 'faces', engine } as const;
    await encodeFaces(workspace, request);
    const fit = { folds: 5, seed: 1, numbers: [], classes: [], columns: ['Bright', 'Male'] };
    await findAttributeAxes(workspace, { ...request, ...fit });
    await workspace.close();
    project = (await session.application.open(join(session.folder, 'project'))).id;
  });
  after(async () => {
    delete process.env.FUSIFORM_ENGINE;
    await session.close();
  });

  it(
    'show a set, walk through it by keys, and narrow it to a label',
    seen(page, 'face grid', async () => {
      await show('/faces');
      const grid = page().getByRole('listbox', { name: '120 faces' });
      await grid.focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page().keyboard.press(key);
      await page().getByText('Face 3 of 120.').waitFor();
      await page().getByRole('complementary', { name: 'Selection' }).getByText('0003.png').waitFor();
      assert.match(page().url(), /face=2/);
      assert.deepEqual(await seriousViolations(page()), []);
      await page().getByRole('button', { name: /Label/ }).click();
      await page().getByRole('option', { name: 'Light' }).click();
      await page().getByRole('button', { name: /Value/ }).click();
      const option = page().getByRole('option', { name: /^bright/ });
      const [, count] = /\((\d+)\)/.exec((await option.textContent()) ?? '') ?? [];
      await option.click();
      await page().getByText(`${count} of 120 faces`).waitFor();
      await page()
        .getByRole('listbox', { name: `${count} faces` })
        .waitFor();
    }),
  );

  it(
    'tell what an import will give before it runs, and import',
    seen(page, 'import of faces', async () => {
      await show('/faces/import');
      await page().getByLabel('Folder of pictures').fill(join(session.folder, 'portraits'));
      await page().getByText('120; all of them were looked at').waitFor();
      await page()
        .getByRole('img', { name: /faces as they will be imported/ })
        .waitFor();
      assert.deepEqual(await seriousViolations(page()), []);
      await page().getByRole('button', { name: 'Import 120 pictures' }).click();
      await page().getByText('Import faces "faces-2": done').waitFor();
    }),
  );

  it(
    'show what a training was like, and what another would take',
    seen(page, 'training', async () => {
      await show('/model');
      await page().getByRole('link', { name: 'vaegan' }).click();
      await page()
        .getByRole('figure', { name: /SSIM of held-out faces/ })
        .locator('canvas')
        .waitFor();
      await page()
        .getByRole('img', { name: /samples at step 10/ })
        .waitFor();
      assert.deepEqual(await seriousViolations(page()), []);
      await page().getByRole('link', { name: 'Fork' }).click();
      await page().getByText('Starts from the weights of').waitFor();
      await page().getByRole('heading', { name: 'What it takes' }).waitFor();
      assert.deepEqual(await seriousViolations(page()), []);
    }),
  );

  it(
    'move a face by a slider, at once',
    seen(page, 'explorer', async () => {
      await show('/model/explore?model=pca&face=4');
      const picture = page().getByRole('img', { name: /as the model makes it/ });
      const before = await picture.getAttribute('src');
      const slider = page().getByRole('slider', { name: /Bright/ });
      await slider.focus();
      for (let press = 0; press < 5; press++) await page().keyboard.press('ArrowRight');
      await page().getByText('+0.5').first().waitFor();
      await page().waitForTimeout(300);
      assert.notEqual(await picture.getAttribute('src'), before);
      await page().getByRole('img', { name: 'The face moved along each row' }).waitFor();
      assert.deepEqual(await seriousViolations(page()), []);
      await page().getByRole('tab', { name: 'Nearest faces' }).click();
      await page()
        .getByRole('button', { name: /Go on from face/ })
        .first()
        .click();
      await page().waitForURL(/face=/);
    }),
  );

  it('throw nothing, and break no rule of the policy', () => {
    assert.deepEqual(session.complaints, []);
  });
});
