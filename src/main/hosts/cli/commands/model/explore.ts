import type { Command } from 'commander';
import { interpolate } from '../../../../services/explore.ts';
import { positiveInteger } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { type ModelOptions, modelCommand, runModelStage } from './options.ts';

/** How commands take single faces. */
export const faceHelp = `A face is a picture file, a face of a set (SET:FILE, or FILE of the set that --faces names),
or a row of codes, counted from 1 (codes.npy:1, vaegan/faces:1).`;

export function addExploreCommands(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(model, 'interpolate', 'faces between two faces', 'strip.png, the frames and the codes')
    .requiredOption('--from <face>', 'where to begin')
    .requiredOption('--to <face>', 'where to end')
    .option('--steps <n>', 'faces on the way, both ends among them', positiveInteger, 9)
    .option('--spherical', "turn about the prior's mean at constant speed (default: a straight line)")
    .option('--faces <name>', 'the face set in which bare names are looked up', 'faces')
    .addHelpText(
      'after',
      `
${faceHelp}

Examples:
  fusiform model interpolate --from 000001.png --to 000002.png -p study
  fusiform model interpolate --from me.jpg --to codes.npy:3 --spherical --out strip -p study`,
    )
    .action((options: ModelOptions & InterpolateOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) =>
          interpolate(workspace, { ...options, engine, way: options.spherical ? 'spherical' : 'linear' }),
        ({ from, to, steps, way }) => `${steps} faces from ${from} to ${to} (${way})`,
      ),
    );
}

interface InterpolateOptions {
  readonly from: string;
  readonly to: string;
  readonly steps: number;
  readonly spherical?: boolean;
  readonly faces: string;
}
