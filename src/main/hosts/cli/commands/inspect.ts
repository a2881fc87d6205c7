import type { Command } from 'commander';
import { inspect } from '../../../services/inspect.ts';
import { type MakeTerminal, table } from '../terminal.ts';

export function addInspectCommand(program: Command, makeTerminal: MakeTerminal): void {
  program
    .command('inspect')
    .description('say what a file holds: NIfTI, GIfTI, npy, MATLAB, safetensors, PNG, JPEG, TSV, CSV, JSON')
    .argument('<file>')
    .addHelpText(
      'after',
      `
Voxel values are scaled (slope and intercept applied); statistics are over finite values. Of a MATLAB file, the
variables are listed.

Examples:
  fusiform inspect sub-01_task-faces_run-01_bold.nii.gz
  fusiform inspect --json latents.npy`,
    )
    .action(async (file: string) => {
      const terminal = makeTerminal();
      terminal.result(await inspect(file), (facts) =>
        table(Object.entries(facts).map(([name, value]) => [name, describe(value)])),
      );
    });
}

function describe(value: unknown): string {
  if (Array.isArray(value) && value.every(Array.isArray)) {
    return value.map((row) => (row as unknown[]).map(describe).join(' ')).join(' | ');
  }
  if (Array.isArray(value)) return value.map(describe).join(' x ');
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(7)));
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}
