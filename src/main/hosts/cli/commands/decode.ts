import type { Command } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import { decodeSubject } from '../../../services/decode.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { withDecoder } from './decoder-option.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface DecodeOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
}

export function addDecodeCommand(program: Command, makeTerminal: MakeTerminal): void {
  withDecoder(subjectAndModel(program.command('decode')))
    .description('decode the patterns of test faces (and imagery) into latents and pictures')
    .addHelpText('after', '\nExample:\n  fusiform decode --subject 01 --model vaegan -p study')
    .action((options: DecodeOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await decodeSubject(workspace, { ...options, engine });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.testFaces} test faces decoded from ${(summary.regions as string[]).join(', ')}; pictures in reconstructions/`,
        );
      }),
    );
}
