import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { faceSetFiles } from '../../src/main/jobs/stages/face-set.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { noBrowser, openBrowser } from '../e2e/browser.ts';
import { writePortraits } from '../services/small-face-project.ts';
import { type Benchmark, measuredRow, missingRow, type Row } from './benchmark.ts';

const faces = 200_000;
const drawn = 96;
const size = 32;
const labels = 40;
const scrollSeconds = 8;

/** A set of 200,000 faces with 40 labels: the pixels of a small one again and again, written without an import. */
function enlarge(artifact: string): void {
  const pixels = join(artifact, faceSetFiles.pixels);
  const [description, few] = [join(artifact, faceSetFiles.description), readFileSync(pixels)];
  const own = few.subarray(few.length - drawn * size * size * 3);
  const dictionary = `{'descr': '|u1', 'fortran_order': False, 'shape': (${faces}, ${size}, ${size}, 3), }`;
  const text = `${dictionary.padEnd(64 * Math.ceil((dictionary.length + 11) / 64) - 11)}\n`;
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}`, 'latin1');
  header.writeUInt16LE(text.length, 8);
  const file = openSync(pixels, 'w');
  writeSync(file, header);
  for (let left = faces; left > 0; left -= drawn) {
    writeSync(file, own.subarray(0, Math.min(left, drawn) * size * size * 3));
  }
  closeSync(file);
  const names = Array.from({ length: labels }, (_, at) => `label${at + 1}`);
  const rows = Array.from(
    { length: faces },
    (_, at) => `${at}.png\t${names.map((_name, label) => ((at * 7 + label) % 3 === 0 ? 1 : -1)).join('\t')}`,
  );
  writeFileSync(join(artifact, faceSetFiles.table), `file\t${names.join('\t')}\n${rows.join('\n')}\n`);
  const facts = JSON.parse(readFileSync(description, 'utf8')) as object;
  writeFileSync(description, JSON.stringify({ ...facts, count: faces, labels: names }));
}

/** Scrolls as a wheel does, a step a frame, and now and then far away; milliseconds between frames. For the page. */
const scroll = (seconds: number) => `(async () => {
  const list = document.querySelector('[role="listbox"]');
  const gaps = [];
  const end = performance.now() + ${1000 * seconds};
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; last < end; frame++) {
    list.scrollTop =
      frame % 240 === 239 ? (list.scrollHeight * ((frame * 7) % 100)) / 100 : list.scrollTop + 50;
    const now = await new Promise(requestAnimationFrame);
    gaps.push(now - last);
    last = now;
  }
  return gaps;
})()`;

const spread = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p95: at(0.95), min: at(0), max: at(1) };
};

export const benchmark: Benchmark = {
  name: 'app-faces',
  description: 'the grid of 200,000 faces in Chromium: frames while it scrolls, and keys',
  async run(): Promise<Row[]> {
    if (noBrowser !== false) return [missingRow('grid of faces', 'ms', noBrowser)];
    const { application, page, folder, addressOf, close } = await openBrowser();
    try {
      const { id, workspace } = await application.create(join(folder, 'project'), 'Bench');
      await writePortraits(join(folder, 'portraits'), drawn);
      await importFaces(workspace, {
        dir: join(folder, 'portraits'),
        name: 'faces',
        imageSize: size,
        crop: 0.9,
      });
      enlarge(workspace.entry('faces', 'faces').path);
      const started = performance.now();
      await page.goto(addressOf(`/projects/${id}/faces`));
      await page.locator('.face-band').first().waitFor({ timeout: 120_000 });
      await page.evaluate("document.querySelector('.face-band').decode()");
      const shown = (performance.now() - started) / 1000;
      await page.evaluate(scroll(3));
      const frames = (await page.evaluate(scroll(scrollSeconds))) as number[];
      const list = page.locator('[role="listbox"]');
      await list.focus();
      const keys: number[] = [];
      const place = "document.getElementById('active-face').ariaPosInSet";
      // The first key selects the first face; those after it move.
      await page.keyboard.press('ArrowDown');
      await page.waitForURL(/face=0/);
      for (let press = 0; press < 20; press++) {
        const at = await page.evaluate(place);
        const before = performance.now();
        await page.keyboard.press('ArrowDown');
        await page.evaluate(
          `(async () => { while (${place} === '${at}') await new Promise(requestAnimationFrame); })()`,
        );
        keys.push(performance.now() - before);
      }
      const { max, p95, ...some } = spread(frames);
      const how = `${faces} faces of ${size} pixels, ${frames.length} frames in ${scrollSeconds} s`;
      return [
        measuredRow(
          { name: 'grid: longest frame', unit: 'ms', how, target: { atMost: 50 } },
          { median: max, min: some.min, max },
        ),
        measuredRow({ name: 'grid: frame, p95', unit: 'ms', how }, { median: p95, min: some.min, max }),
        measuredRow({ name: 'grid: a key', unit: 'ms', how: 'until the selection moved' }, spread(keys)),
        measuredRow(
          { name: 'grid: first faces', unit: 's', how: 'from the address, labels read' },
          { median: shown, min: shown, max: shown },
        ),
      ];
    } finally {
      await close();
    }
  },
};
