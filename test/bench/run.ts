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
const known = readdirSync(folder)
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length))
  .sort();

program
  .name('npm run bench --')
  .description(
    'Measures how fast Fusiform is: ratios against a reference that runs in turns with it.\n' +
      'Slow figures do not fail the run; a benchmark that breaks does.',
  )
  .argument('[names...]', `which benchmarks (${known.join(', ')})`)
  .option('--json <file>', 'write the figures and facts of the machine here as well')
  .action(run)
  .parse();

async function run(names: readonly string[], { json }: { readonly json?: string }): Promise<void> {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    program.error(`There is no benchmark ${unknown.join(', ')}. Benchmarks: ${known.join(', ')}`);
  }
  const machine = await describeMachine();
  const rows: Row[] = [];
  for (const name of names.length > 0 ? names : known) {
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
    const child = fork(join(folder, 'run-one.ts'), [join(folder, name + ending)], {
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
