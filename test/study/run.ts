import { program } from 'commander';
import {
  collect,
  engineOption,
  fraction,
  positiveInteger,
  seedOption,
} from '../../src/main/hosts/cli/options.ts';
import { ProgressLine } from '../../src/main/hosts/cli/progress-line.ts';
import { chooseEngine, type EngineKind } from '../../src/main/services/engines.ts';
import { changedConfig, presetConfig } from '../../src/main/services/training-config.ts';
import { runStudy } from './study.ts';

interface Options {
  readonly out: string;
  readonly n: number;
  readonly images?: string;
  readonly preset: 'paper' | 'small' | 'tiny';
  readonly steps?: number;
  readonly flips: boolean;
  readonly set?: string[];
  readonly start?: string;
  readonly heldOut: number;
  readonly seed: number;
  readonly engine: 'auto' | EngineKind;
}

program
  .name('npm run study:faces --')
  .description(
    'Trains a VAE-GAN and PCA on the same faces, judges both on faces that neither has seen, and leaves\n' +
      'study.json, study.md, pictures and curves. Stopped, it goes on where it was.',
  )
  .requiredOption('--out <dir>', 'folder for the study: drawn faces, a project, and the results')
  .option('-n, --n <count>', 'how many faces to draw', positiveInteger, 10_000)
  .option('--images <dir>', 'a folder of images instead of drawn faces, uncropped, classes as subfolders')
  .option('--preset <name>', 'paper, small or tiny', 'small')
  .option('--steps <n>', 'training steps in all (default: as the preset)', positiveInteger)
  .option('--flips', 'mirror faces at random in the training', false)
  .option('--set <path=value>', 'another value of the configuration; may be given again', collect)
  .option('--start <file>', 'an exported model whose weights the training starts from')
  .option('--held-out <share>', 'share of the faces kept out of both trainings', fraction, 0.1)
  .addOption(seedOption())
  .addOption(engineOption())
  .action(async (options: Options) => {
    const cancel = new AbortController();
    process.once('SIGINT', () => cancel.abort());
    const progress = new ProgressLine(process.stderr);
    const flips = options.flips ? ['schedule.horizontalFlips=true'] : [];
    const config = await changedConfig(presetConfig(options.preset), {
      set: [...flips, ...(options.set ?? [])],
      ...(options.steps === undefined ? {} : { steps: options.steps }),
    });
    const { kind: engine } = await chooseEngine(options.engine);
    const { images } = options;
    const report = await runStudy({
      outDir: options.out,
      faces: images === undefined ? { draw: options.n } : { folder: images },
      config,
      ...(options.start === undefined ? {} : { start: options.start }),
      heldOut: options.heldOut,
      seed: options.seed,
      engine,
      signal: cancel.signal,
      onEvent: (event) => progress.show(event),
    });
    progress.clear();
    process.stdout.write(report);
  });

await program.parseAsync();
