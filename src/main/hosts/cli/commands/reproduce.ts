import { type Command, Option } from 'commander';
import { type DecoderKind, decoderKinds } from '../../../../shared/decoders.ts';
import type { EngineRequest } from '../../../services/engines.ts';
import { runReproduction } from '../../../services/reproduction/reproduction.ts';
import { groupTables } from '../../../services/study/index.ts';
import { collect, engineOption, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';

interface ReproduceOptions {
  readonly dataset: string;
  readonly out: string;
  readonly seed: number;
  readonly decoder?: DecoderKind[];
  readonly engine: EngineRequest;
}

export function addReproduceCommand(program: Command, makeTerminal: MakeTerminal): void {
  program
    .command('reproduce')
    .description('the published study on simulated people, with the timing of the real ones')
    .requiredOption('--dataset <dir>', 'OpenNeuro ds001761; its events are read, its images are not needed')
    .requiredOption('--out <dir>', 'folder to leave the project and the results in: about 4 GB')
    .addOption(
      new Option('--decoder <kind>', 'a decoder beside the published one (hours); may be given again')
        .choices(decoderKinds)
        .argParser(collect),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .action(async (options: ReproduceOptions) => {
      const terminal = makeTerminal();
      const result = await runReproduction({
        dataset: options.dataset,
        outDir: options.out,
        seed: options.seed,
        decoders: options.decoder ?? [],
        engine: options.engine,
        signal: terminal.signal,
        onEvent: (event) => terminal.progress.show(event),
        onStep: ({ at, total, label }) => terminal.note(`${at} of ${total}: ${label}`),
      });
      terminal.result(result, ({ study, calibration }) =>
        [
          `Noise x ${calibration.noiseLevel}, found on ${calibration.pilots.length} pilots.`,
          ...(study.group === null
            ? []
            : groupTables(study.group).flatMap(({ title, rows }) => ['', title, table(rows)])),
        ].join('\n'),
      );
    });
}
