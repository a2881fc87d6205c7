import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { addSubject } from '../../src/main/services/subjects.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { writeFaceStudy } from '../services/face-study-fixture.ts';
import { seriousViolations } from './axe.ts';
import { type BrowserSession, noBrowser, openBrowser, seen } from './browser.ts';

/** A dim ball of 40 mm with a bright one on the subject's left, stored with x running to the left. */
async function writeAnatomy(file: string): Promise<void> {
  const n = 48;
  const data = new Float32Array(n ** 3);
  for (let k = 0, at = 0; k < n; k += 1)
    for (let j = 0; j < n; j += 1)
      for (let i = 0; i < n; i += 1, at += 1) {
        const [x, y, z] = [47 - 2 * i, 2 * j - 47, 2 * k - 47];
        if (Math.hypot(x, y, z) < 40) data[at] = 100;
        if (Math.hypot(x + 24, y, z) < 16) data[at] = 1000;
      }
  const affine = Float64Array.of(-2, 0, 0, 47, 0, 2, 0, -47, 0, 0, 2, -47, 0, 0, 0, 1);
  await writeNifti(file, { grid: { shape: [n, n, n], affine }, data });
}

describe('the brain in a browser', { skip: noBrowser, timeout: 180_000 }, () => {
  let session: BrowserSession;
  let place = '';
  const page = () => session.page;

  before(async () => {
    session = await openBrowser({
      switches: ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    });
    const bids = join(session.folder, 'bids');
    await writeFaceStudy(bids);
    mkdirSync(join(bids, 'sub-01', 'anat'), { recursive: true });
    await writeAnatomy(join(bids, 'sub-01', 'anat', 'sub-01_T1w.nii.gz'));
    const dir = join(session.folder, 'project');
    await Workspace.useOrCreate(dir, 'brain', {}, (workspace) =>
      addSubject(workspace, { bids, subject: '01' }),
    );
    place = `/projects/${(await session.application.open(dir)).id}/brain?subject=01&mm=30.0,0.0,0.0`;
  });
  after(() => session.close());

  /** Where the bright pixels of a plane lie on average, as a share of its width; its letters left out. */
  const brightShare = async (plane: string): Promise<number> => {
    const picture = await page().locator(`canvas[data-plane="${plane}"]`).screenshot();
    const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    let [sum, count] = [0, 0];
    for (let y = Math.round(0.3 * height); y < 0.7 * height; y += 1)
      for (let x = Math.round(0.15 * width); x < 0.85 * width; x += 1) {
        const at = 3 * (y * width + x);
        if (Math.min(data[at], data[at + 1], data[at + 2]) < 200) continue;
        sum += x / width;
        count += 1;
      }
    return count < 20 ? Number.NaN : sum / count;
  };

  it(
    "shows what lies on the subject's left at the side marked L, in both conventions",
    seen(page, 'sides of the brain', async () => {
      await page().goto(session.addressOf(place));
      await page().getByRole('button', { name: 'Left on the left' }).click();
      for (const [letter, isLeft] of [
        ['L', true],
        ['R', false],
      ] as const) {
        for (const plane of ['coronal', 'axial']) {
          await page()
            .locator(`canvas[data-plane="${plane}"][aria-label*="; ${letter} is on the left"]`)
            .waitFor();
          await page().waitForTimeout(300);
          const share = await brightShare(plane);
          assert.ok(isLeft ? share < 0.45 : share > 0.55, `${plane}: ${share}`);
        }
        if (isLeft)
          await page()
            .getByRole('button', { name: /neurological convention/ })
            .click();
      }
    }),
  );

  it(
    'moves its crosshair by keys, and keeps it in the address',
    seen(page, 'crosshair of the brain', async () => {
      await page().locator('canvas[data-plane="axial"]').focus();
      await page().keyboard.press('ArrowUp');
      await page().waitForURL(/mm=30\.0%2C[1-9]|mm=30\.0,[1-9]/);
      assert.deepEqual(await seriousViolations(page()), []);
    }),
  );

  it('throws nothing and breaks no rule of the policy', () => {
    assert.deepEqual(session.complaints, []);
  });
});
