import { type Command, Option } from 'commander';
import { exportModel, importModel } from '../../../../services/model-transfer.ts';
import { projectOption } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';

/** Variables that were left out and are worth a line each. */
const listedNames = 6;

export function addTransferCommands(model: Command, makeTerminal: MakeTerminal): void {
  model
    .command('import')
    .description('take in a model: the released TensorFlow checkpoint, or a file of `model export`')
    .argument(
      '<file>',
      'a .safetensors file; or a TensorFlow checkpoint: its prefix, its .index, its single file, or its folder',
    )
    .option('--name <name>', 'name of the model in the project', 'vaegan')
    .addOption(
      new Option(
        '--preset <name>',
        "layout of a TensorFlow checkpoint: paper, that of the study's released code; widths and image size are read from it",
      )
        .choices(['paper'])
        .default('paper'),
    )
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Examples:
  fusiform model import vaegan_celeba.ckpt --name published -p study
  fusiform model import model.safetensors --name vaegan -p study`,
    )
    .action((path: string, options: { project: string; name: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await importModel(workspace, { path, name: options.name });
        terminal.outcome(outcome, ({ summary }) => {
          const names = (summary.leftOutNames ?? []) as string[];
          const more = names.length > listedNames ? `, and ${names.length - listedNames} more` : '';
          return [
            `Model "${options.name}": ${summary.kind}, ${summary.latentDim} latents, ${summary.imageSize} px (${summary.format})`,
            names.length > 0
              ? `Not needed and left out: ${names.slice(0, listedNames).join(', ')}${more} (all in import.json)`
              : '',
          ]
            .filter((line) => line !== '')
            .join('\n');
        });
      }),
    );

  model
    .command('export')
    .description('write a model as one .safetensors file: weights and configuration')
    .requiredOption('--out <file>', 'the file to write, .safetensors')
    .option('--model <name>', 'the model', 'vaegan')
    .addOption(projectOption())
    .addHelpText(
      'after',
      '\nExample:\n  fusiform model export --model vaegan --out model.safetensors -p study',
    )
    .action((options: { project: string; model: string; out: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const exported = await exportModel(workspace, options);
        terminal.result(
          exported,
          () => `${exported.file}: ${exported.kind}, ${(exported.bytes / 1e6).toFixed(1)} MB`,
        );
      }),
    );
}
