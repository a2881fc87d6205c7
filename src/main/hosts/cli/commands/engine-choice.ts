import { Argument, type Command } from 'commander';
import {
  describeEngines,
  type EngineRequest,
  type EnginesReport,
  useEngine,
} from '../../../services/engine-settings.ts';
import { positiveInteger } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { engineTable } from './engine-table.ts';

/** `engine list` and `engine use`, on the command `engine`. */
export function addEngineChoiceCommands(engine: Command, makeTerminal: MakeTerminal): void {
  engine
    .command('list')
    .description('list the engines of this machine, the one that is set, and the one that would be used')
    .addHelpText('after', '\nExample:\n  fusiform engine list --json')
    .action(async () => {
      makeTerminal().result(await describeEngines(), describe);
    });

  engine
    .command('use')
    .description('set the engine for all commands that do not name one')
    .addArgument(new Argument('<kind>', 'the engine').choices(['auto', 'native', 'webgpu', 'wasm']))
    .option('--threads <n>', 'threads it computes on (default: all cores; WebGPU has none)', positiveInteger)
    .addHelpText(
      'after',
      `
An option --engine comes first, then FUSIFORM_ENGINE, then what is set here, then auto. An engine that is set here
and cannot be used gives way to auto, and the result says so.

Examples:
  fusiform engine use native --threads 8
  fusiform engine use auto`,
    )
    .action(async (kind: Exclude<EngineRequest, 'preferred'>, options: { threads?: number }) => {
      makeTerminal().result(await useEngine(kind, options.threads), describe);
    });
}

function describe({ engines, set, threads, chosen, settings }: EnginesReport): string {
  const bound = threads === null ? '' : ` on ${threads} threads`;
  return [
    engineTable(engines),
    '',
    `Set:  ${set === null ? 'none' : `${set}${bound} (${settings})`}`,
    `Used: ${chosen.kind ?? 'none'} (${chosen.reason})`,
  ].join('\n');
}
