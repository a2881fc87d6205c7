import { fork } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from 'commander';
import { missingRow, type Row } from './benchmark.ts';
import { describeMachine } from './machine.ts';
import { formatMachine, formatTable } from './report.ts';
import type { Reply } from './run-one.ts';

const ending = '.bench.ts';
const folder = import.meta.dirname;
const usual = benchmarksIn(folder);
/** Those of several minutes, which run when they are named. */
const long = benchmarksIn(join(folder, 'long'));

program
  .name('npm run bench --')
  .description(
    'Measures how fast Fusiform is: ratios against a reference that runs in turns with it.\n' +
      'Slow figures do not fail the run; a benchmark that breaks does.',
  )
  .argument('[names...]', `which benchmarks (${usual.join(', ')}; only if named: ${long.join(', ')})`)
  .option('--json <file>', 'write the figures and facts of the machine here as well')
  .action(run)
  .parse();

function benchmarksIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
}

async function run(names: readonly string[], { json }: { readonly json?: string }): Promise<void> {
  const known = [...usual, ...long];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    program.error(`There is no benchmark ${unknown.join(', ')}. Benchmarks: ${known.join(', ')}`);
  }
  const machine = await describeMachine();
  const rows: Row[] = [];
  for (const name of names.length > 0 ? names : usual) {
    process.stderr.write(`${name} ...\n`);
    rows.push(...(await runAlone(name)));
  }
  process.stdout.write(`\n${formatMachine(machine)}\n\n${formatTable(rows)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
}

/** In a process of its own: no benchmark sees another's heap or what the compiler learnt from it. */
function runAlone(name: string): Promise<readonly Row[]> {
  return new Promise((resolve) => {
    let rows: readonly Row[] | null = null;
    const file = join(folder, long.includes(name) ? 'long' : '', name + ending);
    const child = fork(join(folder, 'run-one.ts'), [file], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (reply) => {
      rows = (reply as Reply).rows;
    });
    child.on('exit', (code, signal) => {
      if (rows === null) process.exitCode = 1;
      resolve(rows ?? [missingRow(name, '', `it broke (${signal ?? `exit code ${code}`}), see above`)]);
    });
  });
}
