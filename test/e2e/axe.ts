import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 to level AA, and what axe counts as good practice beside it. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export interface Violation {
  readonly theme: 'light' | 'dark';
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  /** The first elements, as they stand in the page. */
  readonly where: readonly string[];
}

/**
 * Serious and critical violations on the page as it stands, in the light and in the dark theme. The script is run by the
 * debugger: the page's policy stays as it is.
 */
export async function seriousViolations(page: Page): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate(source);
    const options: RunOptions = { runOnly: tags, resultTypes: ['violations'] };
    const { violations } = await page.evaluate(
      (given) =>
        (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(given),
      options,
    );
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.slice(0, 5).map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`);
      found.push({ theme, rule: id, impact, help, where });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
