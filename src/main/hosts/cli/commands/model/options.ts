import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { chooseEngine, type EngineKind, type EngineRequest } from '../../../../services/engines.ts';
import type { StageOutcome, Workspace } from '../../../../services/workspace.ts';
import { engineOption, projectOption } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { withWorkspace } from '../../with-workspace.ts';

/** Options that the commands on models share. */
export interface CommonOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly seed: number;
}

/** Options of the commands that use a trained model. */
export interface ModelOptions extends CommonOptions {
  readonly model: string;
  readonly out?: string;
}

/** A command that uses a trained model: the options that all such commands have. */
export function modelCommand(model: Command, name: string, description: string, out: string): Command {
  return model
    .command(name)
    .description(description)
    .option('--model <name>', 'the model', 'vaegan')
    .option('--out <dir>', `also copy ${out} there`)
    .addOption(engineOption())
    .addOption(projectOption());
}

/** Runs one stage by a model, copies its files where asked (and adds to the copy), and prints what came out. */
export function runModelStage<Options extends ModelOptions>(
  makeTerminal: MakeTerminal,
  options: Options,
  run: (workspace: Workspace, engine: EngineKind) => Promise<StageOutcome>,
  describe: (summary: StageOutcome['summary']) => string,
  complete: (folder: string) => Promise<void> = async () => undefined,
): Promise<void> {
  return withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
    const { kind } = await chooseEngine(options.engine);
    const outcome = await run(workspace, kind);
    if (options.out !== undefined) {
      const folder = resolve(options.out);
      await cp(outcome.path, folder, { recursive: true });
      await complete(folder);
    }
    terminal.outcome(outcome, ({ summary }) => describe(summary));
  });
}
