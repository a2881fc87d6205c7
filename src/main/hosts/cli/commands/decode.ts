import { type Command, Option } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import { decodeSubject } from '../../../services/decode.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import { exportDecoding } from '../../../services/export-decoding.ts';
import {
  type DecodedUnit,
  decodedUnits,
  decodeFile,
  decodeRuns,
} from '../../../services/offline-decoding.ts';
import type { StageOutcome, Workspace } from '../../../services/workspace.ts';
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
  readonly runs?: readonly string[];
  readonly bids?: string;
  readonly per: DecodedUnit;
  readonly types?: readonly string[];
  readonly name?: string;
  readonly out?: string;
}

export function addDecodeCommand(program: Command, makeTerminal: MakeTerminal): void {
  withDecoder(subjectAndModel(program.command('decode')))
    .description('decode the patterns of test faces (and imagery) into latents and pictures')
    .option('--patterns <file>', 'instead: patterns of this file (.nii, .nii.gz, .npy, .mat)')
    .option('--presentations <n>', 'presentations that each pattern of the file is a mean of', number, 1)
    .option(
      '--runs <names...>',
      'instead: what was seen in these runs, which the mapping was not fitted with',
    )
    .option('--bids <dir>', 'where these runs lie (default: where the subject came from)')
    .addOption(
      new Option('--per <unit>', 'of the runs: a pattern a picture, over all of them, or one a trial')
        .choices(decodedUnits)
        .default('picture'),
    )
    .option('--types <names...>', 'trial types of the runs to decode (default: those of faces and imagery)')
    .option('--name <name>', 'what the decoding of runs or a file is found by (default: their names)')
    .option('--out <dir>', 'write the faces as PNG, and codes and patterns as tables, into this folder too')
    .addHelpText(
      'after',
      `
Examples:
  fusiform decode --subject 01 --model vaegan -p study
  fusiform decode --subject 01 --runs sub-01_ses-09_task-faces_run-01 --per trial --out faces-09 -p study
  fusiform decode --subject 01 --decoder posterior --patterns sub-01_maps.nii.gz --presentations 12 -p study`,
    )
    .action((options: DecodeOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await decode(workspace, options);
        const what = options.runs || options.patterns !== undefined ? 'patterns' : 'test faces';
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.testFaces} ${what} decoded from ${(summary.regions as string[]).join(', ')}; pictures in ${options.out === undefined ? 'reconstructions/' : `${options.out}/faces`}`,
        );
      }),
    );
}

async function decode(workspace: Workspace, options: DecodeOptions): Promise<StageOutcome> {
  const {
    subject,
    model,
    decoder,
    runs,
    patterns: file,
    presentations,
    types,
    bids,
    name,
    per,
    out,
  } = options;
  const { kind: engine } = await chooseEngine(options.engine);
  const shared = { subject, model, decoder, engine, ...(name === undefined ? {} : { name }) };
  const decoded =
    runs !== undefined
      ? await decodeRuns(workspace, {
          ...shared,
          runs,
          unit: per,
          ...(bids === undefined ? {} : { bids }),
          ...(types === undefined ? {} : { types }),
        })
      : file !== undefined
        ? await decodeFile(workspace, { ...shared, file, presentations })
        : await decodeSubject(workspace, shared);
  if (out !== undefined) await exportDecoding(workspace, decoded, out);
  return decoded;
}
