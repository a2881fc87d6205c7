import type { Command } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import { decodeSubject } from '../../../services/decode.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import { number } from '../options.ts';
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
  readonly patterns?: string;
  readonly presentations: number;
}

export function addDecodeCommand(program: Command, makeTerminal: MakeTerminal): void {
  withDecoder(subjectAndModel(program.command('decode')))
    .description('decode the patterns of test faces (and imagery) into latents and pictures')
    .option('--patterns <file>', 'instead: patterns of this file (.nii, .nii.gz, .npy, .mat)')
    .option('--presentations <n>', 'presentations that each pattern of the file is a mean of', number, 1)
    .addHelpText(
      'after',
      `
Examples:
  fusiform decode --subject 01 --model vaegan -p study
  fusiform decode --subject 01 --decoder posterior --patterns sub-01_maps.nii.gz --presentations 12 -p study`,
    )
    .action((options: DecodeOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await decodeSubject(workspace, {
          subject: options.subject,
          model: options.model,
          decoder: options.decoder,
          engine,
          ...(options.patterns === undefined
            ? {}
            : { patterns: { file: options.patterns, presentations: options.presentations } }),
        });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.testFaces} ${options.patterns === undefined ? 'test faces' : 'patterns'} decoded from ${(summary.regions as string[]).join(', ')}; pictures in reconstructions/`,
        );
      }),
    );
}
