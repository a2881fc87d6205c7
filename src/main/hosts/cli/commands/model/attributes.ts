import type { Command } from 'commander';
import { findAttributeAxis } from '../../../../services/attributes.ts';
import { seedOption } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { type ModelOptions, modelCommand, runModelStage } from './options.ts';

export function addAttributeCommands(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(
    model,
    'axis',
    'find the latent axis of a label, and how well it tells faces apart (10-fold)',
    'axis.safetensors and traversal.png',
  )
    .requiredOption('--label <column=value>', 'the positive class, such as folder=female or Male=1')
    .option('--faces <name>', 'the labelled face set', 'faces')
    .addOption(seedOption())
    .addHelpText('after', '\nExample:\n  fusiform model axis --label folder=female -p study')
    .action((options: ModelOptions & { label: string; faces: string }) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) =>
          findAttributeAxis(workspace, { ...options, ...parseLabel(options.label), engine }),
        ({ accuracy, correct, n, p, column, positive }) =>
          `${column} = ${positive}: ${correct} of ${n} held-out faces told apart (accuracy ${Number(accuracy).toFixed(3)}, chance 0.5, binomial p = ${Number(p).toPrecision(2)})`,
      ),
    );
}

/** `Male=1`; a bare column stands for its value 1. */
export function parseLabel(text: string): { column: string; positive: string } {
  const at = text.indexOf('=');
  return at < 0
    ? { column: text, positive: '1' }
    : { column: text.slice(0, at), positive: text.slice(at + 1) };
}
