import { type Command, Option } from 'commander';
import type { JsonObject } from '../../../../../shared/json.ts';
import { findNeighbours, judgeMemorisation } from '../../../../services/neighbours.ts';
import { collect, positiveInteger, seedOption } from '../../options.ts';
import { type MakeTerminal, table } from '../../terminal.ts';
import { faceHelp } from './explore.ts';
import { type ModelOptions, modelCommand, runModelStage } from './options.ts';

interface NeighbourOptions extends ModelOptions {
  readonly image: string[];
  readonly faces: string;
  readonly count: number;
  readonly by: 'correlation' | 'euclidean';
}

interface MemorisationOptions extends ModelOptions {
  readonly faces: string;
  readonly count: number;
  readonly from: 'prior' | 'codes';
  readonly seed: number;
}

export function addNeighbourCommands(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(
    model,
    'neighbours',
    'the faces of a set that are nearest to a face in latent space',
    'neighbours.png and neighbours.tsv',
  )
    .requiredOption('--image <face>', 'the face; may be given several times', collect)
    .option('--faces <name>', 'the set to look in', 'faces')
    .option('-k, --count <n>', 'neighbours of each face', positiveInteger, 5)
    .addOption(
      new Option('--by <measure>', 'what counts as near')
        .choices(['correlation', 'euclidean'])
        .default('correlation'),
    )
    .addHelpText(
      'after',
      `
${faceHelp}

Examples:
  fusiform model neighbours --image me.jpg -k 5 -p study
  fusiform model neighbours --image samples/latents.npy:1 --by euclidean -p study`,
    )
    .action((options: NeighbourOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) => findNeighbours(workspace, { ...options, engine, sources: options.image }),
        ({ neighbours }) =>
          table([
            ['face', 'rank', 'neighbour', 'correlation', 'distance', 'in pixels'],
            ...(neighbours as readonly JsonObject[]).map((row) => [
              String(row.face),
              String(row.rank),
              String(row.neighbour),
              Number(row.correlation).toFixed(3),
              Number(row.distance).toFixed(3),
              Number(row.pixelCorrelation).toFixed(3),
            ]),
          ]),
      ),
    );

  modelCommand(
    model,
    'memorisation',
    "whether a model's random faces are copies of its training faces",
    'memorisation.svg, memorisation.tsv and closest.png',
  )
    .option('--faces <name>', 'the set that the model was trained on', 'faces')
    .option('-n, --count <n>', 'random faces', positiveInteger, 500)
    .addOption(
      new Option('--from <source>', 'where random codes come from (as for sample)')
        .choices(['prior', 'codes'])
        .default('prior'),
    )
    .addOption(seedOption())
    .addHelpText('after', '\nExample:\n  fusiform model memorisation --model vaegan --out memory -p study')
    .action((options: MemorisationOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) => judgeMemorisation(workspace, { ...options, engine, samples: options.count }),
        (summary) => {
          const line = (name: string, { samplesMedian, heldOutMedian, share, z, p }: JsonObject) =>
            `${name}: median ${Number(samplesMedian).toFixed(3)} for samples, ${Number(heldOutMedian).toFixed(3)} for unseen faces; samples farther in ${(100 * Number(share)).toFixed(1)} % of pairs (z = ${Number(z).toFixed(2)}, p of being nearer = ${Number(p).toPrecision(2)})`;
          return [
            `${summary.samples} random faces against ${summary.trainingFaces} training faces; ${summary.heldOutFaces} unseen faces, remade, to compare with`,
            line('distance to the nearest training face', summary.distance as JsonObject),
            line('the same over the mean of the nearest 50', summary.ratio as JsonObject),
            `${summary.belowAll} samples lie closer to one training face, by that ratio, than any unseen face (by chance ${Number(summary.belowAllExpected).toFixed(1)})`,
          ].join('\n');
        },
      ),
    );
}
