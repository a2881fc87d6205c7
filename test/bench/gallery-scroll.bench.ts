import { join } from 'node:path';
import { noBrowser, openBrowser } from '../e2e/browser.ts';
import { writeGalleryProject } from '../services/gallery-project.ts';
import { type Benchmark, measuredRow, missingRow } from './benchmark.ts';

const faces = 100_000;
/** Wheel turns, and the pixels of each. */
const turns = 60;
const turnPixels = 1400;
const longFrameMs = 50;

export const benchmark: Benchmark = {
  name: 'gallery-scroll',
  description: 'the gallery with 100,000 reconstructions: rows sorted, found and scrolled in Chromium',
  async run() {
    if (noBrowser !== false) return [missingRow('gallery-scroll', 'share', noBrowser)];
    const session = await openBrowser();
    try {
      const dir = join(session.folder, 'project');
      await (await writeGalleryProject(dir, { faces, latentDim: 16 })).close();
      const project = await session.application.open(dir);
      const { page } = session;
      const rows = page.locator('.gallery-rows [role="row"] .gallery-name strong');
      const shown = async (search: string) => {
        const started = performance.now();
        await page.goto(session.addressOf(`/projects/${project.id}/gallery?${search}`));
        await page.getByText(`${faces} of ${faces} faces`).waitFor({ timeout: 120_000 });
        await rows.first().waitFor({ timeout: 120_000 });
        return (performance.now() - started) / 1000;
      };
      const first = await shown('');
      const sorted = await shown('g.by=ssim&g.desc=1');
      const again = await shown('g.by=ssim');
      const frames = await scrollFrames(session);
      const long = frames.filter((ms) => ms > longFrameMs);
      const how = `${faces} rows, one model, 1280 x 800, headless Chromium without a GPU`;
      const once = (seconds: number) => ({ median: seconds, min: seconds, max: seconds });
      return [
        measuredRow(
          { name: 'gallery first rows', unit: 's', how: `${how}; read from the project` },
          once(first),
        ),
        measuredRow({ name: 'gallery sorted by SSIM', unit: 's', how }, once(sorted)),
        measuredRow({ name: 'gallery sorted the other way', unit: 's', how }, once(again)),
        measuredRow(
          {
            name: 'gallery frames over 50 ms',
            unit: 'share',
            how: `${how}; ${long.length} of ${frames.length} frames over ${turns} turns of the wheel by ${turnPixels} px, longest ${Math.max(...frames).toFixed(0)} ms`,
          },
          once(long.length / frames.length),
        ),
      ];
    } finally {
      await session.close();
    }
  },
};

/** Milliseconds of every frame while the wheel turns. */
async function scrollFrames({ page }: Awaited<ReturnType<typeof openBrowser>>): Promise<number[]> {
  await page.locator('.gallery-grid').hover();
  await page.evaluate(`
    globalThis.frames = [];
    let last = performance.now();
    const step = (now) => { globalThis.frames.push(now - last); last = now; requestAnimationFrame(step); };
    requestAnimationFrame(step);
  `);
  for (let turn = 0; turn < turns; turn += 1) {
    await page.mouse.wheel(0, turnPixels);
    await page.waitForTimeout(30);
  }
  await page.waitForTimeout(500);
  return page.evaluate('globalThis.frames.slice(1)');
}
