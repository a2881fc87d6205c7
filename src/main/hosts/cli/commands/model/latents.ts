import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { chooseEngine } from '../../../../services/engines.ts';
import { decodeLatents, encodeFaces, findAttributeAxis, latentsName } from '../../../../services/models.ts';
import { engineOption, projectOption, seedOption } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';
import type { CommonOptions } from './options.ts';

export function addLatentCommands(model: Command, makeTerminal: MakeTerminal): void {
  model
    .command('encode')
    .description('compute the latent code of every face of a set')
    .option('--model <name>', 'the model', 'vaegan')
    .option('--faces <name>', 'the face set', 'faces')
    .option('--out <dir>', 'also copy latents.npy and latents.tsv there')
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      '\nExample:\n  fusiform model encode --model vaegan --faces faces --out latents -p study',
    )
    .action((options: CommonOptions & { model: string; faces: string; out?: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await encodeFaces(workspace, { ...options, engine });
        if (options.out) await cp(outcome.path, resolve(options.out), { recursive: true });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `Latents "${latentsName(options.model, options.faces)}": ${summary.faces} faces x ${summary.latentDim}`,
        );
      }),
    );

  model
    .command('decode')
    .description('make images of latent codes')
    .requiredOption('--latents <name-or-file>', 'latents of the project, as <model>/<faces>, or an .npy file')
    .option('--model <name>', 'the model', 'vaegan')
    .option('--out <dir>', 'also copy the images there')
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      '\nExamples:\n  fusiform model decode --latents vaegan/faces --out images -p study\n  fusiform model decode --latents codes.npy --out images -p study',
    )
    .action((options: CommonOptions & { model: string; latents: string; out?: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await decodeLatents(workspace, {
          model: options.model,
          engine,
          ...(options.latents.endsWith('.npy') ? { file: options.latents } : { latents: options.latents }),
        });
        if (options.out) await cp(outcome.path, resolve(options.out), { recursive: true });
        terminal.outcome(outcome, ({ summary }) => `${summary.images} images of ${summary.imageSize} px`);
      }),
    );

  model
    .command('axis')
    .description('find the latent axis of a label, and how well it tells faces apart (10-fold)')
    .requiredOption('--label <column=value>', 'the positive class, such as folder=female or Male=1')
    .option('--model <name>', 'the model', 'vaegan')
    .option('--faces <name>', 'the labelled face set', 'faces')
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform model axis --label folder=female -p study')
    .action((options: CommonOptions & { label: string; model: string; faces: string }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const at = options.label.indexOf('=');
        const outcome = await findAttributeAxis(workspace, {
          ...options,
          engine,
          column: options.label.slice(0, at < 0 ? undefined : at),
          positive: at < 0 ? '1' : options.label.slice(at + 1),
        });
        terminal.outcome(outcome, ({ summary }) => {
          const { accuracy, correct, n, p, column, positive } = summary;
          return `${column} = ${positive}: ${correct} of ${n} held-out faces told apart (accuracy ${Number(accuracy).toFixed(3)}, chance 0.5, binomial p = ${Number(p).toPrecision(2)})`;
        });
      }),
    );
}
