import { join } from 'node:path';
import type { Command } from 'commander';
import { formatDuration } from '../../../../shared/progress-meter.ts';
import { type DemoResult, runDemo, scoreRows } from '../../../services/demo.ts';
import type { EngineRequest } from '../../../services/engines.ts';
import { engineOption, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';

interface DemoOptions {
  readonly out: string;
  readonly seed: number;
  readonly engine: EngineRequest;
  readonly shuffleEvents: boolean;
}

export function addDemoCommand(program: Command, makeTerminal: MakeTerminal): void {
  program
    .command('demo')
    .description('the whole method on a simulated subject: train, scan, decode, score, report')
    .option('--out <dir>', 'project folder to leave the results in', 'fusiform-demo')
    .option('--shuffle-events', 'the null: event files that name other faces than were shown', false)
    .addOption(seedOption())
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
Takes about three minutes on two cores with WebAssembly. Ctrl-C stops it; the same command goes on from there.

Examples:
  npm run demo
  npm run demo -- --out demo-2 --seed 2
  npm run demo -- --out demo-null --shuffle-events`,
    )
    .action(async (options: DemoOptions) => {
      const terminal = makeTerminal();
      const result = await runDemo({
        outDir: options.out,
        seed: options.seed,
        engine: options.engine,
        shuffleEvents: options.shuffleEvents,
        signal: terminal.signal,
        onEvent: (event) => terminal.progress.show(event),
      });
      terminal.result({ ...result.summary, out: result.outDir, cached: result.cached }, () =>
        describe(result),
      );
    });
}

function describe({ summary, evaluations, outDir, engineReason, cached }: DemoResult): string {
  return [
    '',
    table([['', 'VAE-GAN', 'published', 'PCA', 'published'], ...scoreRows(evaluations)]),
    '',
    `Published: VanRullen & Reddy (2019), means over four people; here one simulated subject, ${evaluations.vaegan.nTestFaces} test faces.`,
    `Engine ${summary.engine} (${engineReason}); ${formatDuration(summary.seconds)} of computing, peak memory ${(summary.peakRssBytes / 2 ** 30).toFixed(2)} GiB, seed ${summary.seed}.`,
    cached ? 'Nothing had to be computed: the project held every result.' : '',
    `Report: ${join(outDir, 'report.html')}`,
  ]
    .filter((line, index) => index === 0 || line !== '')
    .join('\n');
}
