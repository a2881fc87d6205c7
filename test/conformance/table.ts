import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeEngines } from '../../src/main/engine/registry.ts';
import { type Comparison, recordFolderVariable } from './record.ts';

/**
 * `npm run conformance [-- --json]`: runs the conformance suite and prints, for every test and engine, the worst
 * comparison: the one whose error takes the largest share of its tolerance. Exits with 1 where a test fails.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fusiform-conformance-'));
  try {
    const passed = await runSuite(folder);
    const comparisons = await readComparisons(folder);
    const engines = await probeEngines();
    if (process.argv.includes('--json')) {
      console.log(JSON.stringify({ engines, comparisons }, null, 2));
    } else {
      console.log(formatTable(comparisons));
      for (const { kind, available, reason } of engines) {
        if (!available) console.log(`${kind}: skipped, ${reason}`);
      }
      console.log(passed ? 'All tests pass.' : 'Tests failed: see `node --test test/conformance/*.test.ts`.');
    }
    process.exitCode = passed ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSuite(folder: string): Promise<boolean> {
  const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test.ts'));
  const args = ['--test', '--test-concurrency=1', ...files.map((name) => join(import.meta.dirname, name))];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, [recordFolderVariable]: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  return code === 0;
}

async function readComparisons(folder: string): Promise<Comparison[]> {
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Comparison),
  );
}

function formatTable(comparisons: readonly Comparison[]): string {
  const engines = [...new Set(comparisons.map(({ engine }) => engine))];
  const share = ({ error, tolerance }: Comparison) => error / tolerance;
  const tests = Map.groupBy(comparisons, ({ suite, test }) => `${suite}: ${test}`);
  const rows = [...tests].map(([test, all]) => [
    test,
    ...engines.flatMap((engine) => {
      const own = all.filter((comparison) => comparison.engine === engine);
      if (own.length === 0) return ['-', '-'];
      const worst = own.reduce((a, b) => (share(b) > share(a) ? b : a));
      return [worst.error.toExponential(1), worst.tolerance.toExponential(1)];
    }),
  ]);
  const head = ['test', ...engines.flatMap((engine) => [engine, 'allowed'])];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  return [head, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .join('\n');
}

await main();
