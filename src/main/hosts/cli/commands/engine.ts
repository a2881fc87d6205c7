import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { FusiformError } from '../../../../shared/errors.ts';
import {
  type NativeDevice,
  planNative,
  provisionNative,
  removeNative,
  verifyNative,
} from '../../../services/native-engine.ts';
import { describePlan, formatBytes, planAsJson } from '../install-plan.ts';
import { collect } from '../options.ts';
import type { MakeTerminal, Terminal } from '../terminal.ts';
import { addEngineChoiceCommands } from './engine-choice.ts';

interface InstallOptions {
  readonly device: 'auto' | NativeDevice;
  readonly from?: string[];
  readonly dryRun?: true;
  readonly yes?: true;
}

export function addEngineCommands(program: Command, makeTerminal: MakeTerminal): void {
  const engine = program.command('engine').description('compute engines');
  addEngineChoiceCommands(engine, makeTerminal);

  engine
    .command('install')
    .description('install the native engine, for networks larger than the preset tiny')
    .addOption(
      new Option('--device <device>', 'what it computes on; auto: CUDA where a driver of NVIDIA is present')
        .choices(['auto', 'cpu', 'cuda'])
        .default('auto'),
    )
    .option(
      '--from <path>',
      'a wheel, or a folder of wheels, that is here already: no network is used',
      collect,
    )
    .option('--dry-run', 'say what would be fetched from where, sizes and checksums, and change nothing')
    .option('-y, --yes', 'do not ask before it starts')
    .addHelpText(
      'after',
      `
Linux on x64. Needs g++ and binutils. For the processor: downloads 274 MB and keeps 0.6 GB in
$FUSIFORM_HOME/engines (default: ~/.local/share/fusiform). For CUDA: 2.5 GB and up to 4.5 GB; this variant has
never been run on a machine with a graphics card. Package indexes are those that pip is set up for. Sizes are said
before anything starts, and on a terminal the start is confirmed. After a stop or a fault the same command goes on
where it was.

Examples:
  npm run engine:native
  fusiform engine install --dry-run --json
  fusiform engine install --device cuda --yes
  fusiform engine install --from tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl`,
    )
    .action(async ({ device, from, dryRun, yes }: InstallOptions) => {
      const terminal = makeTerminal();
      const options = { device, from };
      const plan = await planNative(options, terminal.signal);
      if (dryRun) {
        terminal.result(planAsJson(plan), () => describePlan(plan));
        return;
      }
      if (!plan.installed) {
        process.stderr.write(`${describePlan(plan)}\n\n`);
        if (!yes && !(await confirmed(terminal))) {
          throw new FusiformError('JOB_CANCELLED', 'Nothing was started.');
        }
      }
      const installed = await provisionNative(
        plan,
        {},
        {
          signal: terminal.signal,
          report: (progress) => terminal.progress.report('native engine', progress),
        },
      );
      terminal.result(installed, ({ renewed, reason, notes }) =>
        [
          renewed ? `The native engine is ready: ${reason}.` : `Nothing to do: ${reason}.`,
          ...notes.map((note) => `! ${note}`),
          '`fusiform doctor` shows it.',
        ].join('\n'),
      );
    });

  engine
    .command('verify')
    .description('compare every file of the native engine with the checksum it was installed with')
    .addHelpText('after', '\nExample:\n  fusiform engine verify')
    .action(async () => {
      const terminal = makeTerminal();
      const verified = await verifyNative(
        {},
        {
          signal: terminal.signal,
          report: (progress) => terminal.progress.report('native engine', progress),
        },
      );
      terminal.result(
        verified,
        ({ files, bytes, folder }) =>
          `${files} files, ${formatBytes(bytes)}, as they were installed: ${folder}`,
      );
    });

  engine
    .command('remove')
    .description('remove the native engine, and what attempts to install it left behind')
    .addHelpText('after', '\nExample:\n  fusiform engine remove')
    .action(async () => {
      makeTerminal().result(await removeNative({}), ({ removed, bytes }) =>
        removed.length === 0
          ? 'There is nothing to remove.'
          : [`Freed ${formatBytes(bytes)}:`, ...removed.map((folder) => `  ${folder}`)].join('\n'),
      );
    });
}

/** Asks where somebody can answer; a script is not held up. */
async function confirmed(terminal: Terminal): Promise<boolean> {
  if (terminal.json || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('no')));
  try {
    // Ctrl-C and the end of the input close the prompt.
    const answer = await Promise.race([prompt.question('Start? [Y/n] '), closed]);
    return /^(?:y(?:es)?)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
