import type { Command } from 'commander';
import { FusiformError } from '../../../../../shared/errors.ts';
import {
  decodeLatents,
  encodeFaces,
  encodeImages,
  exportCodesAsMat,
  latentsName,
  writeLatentsTable,
} from '../../../../services/latents.ts';
import { fraction } from '../../options.ts';
import type { MakeTerminal } from '../../terminal.ts';
import { type ModelOptions, modelCommand, runModelStage } from './options.ts';

interface EncodeOptions extends ModelOptions {
  readonly faces?: string;
  readonly images?: string;
  readonly crop?: number;
  readonly name?: string;
  readonly parquet: boolean;
  readonly mat?: string;
}

interface DecodeOptions extends ModelOptions {
  readonly latents: string;
  readonly mat?: string;
}

export function addLatentCommands(model: Command, makeTerminal: MakeTerminal): void {
  modelCommand(model, 'encode', 'compute latent codes of faces', 'latents.npy and latents.tsv')
    .option('--faces <name>', 'a face set of the project (default: "faces")')
    .option('--images <path>', 'instead: a folder of pictures, or one picture, without importing it')
    .option('--crop <share>', "share of the centre square (default: as the model's training faces)", fraction)
    .option('--name <name>', 'with --images: keep the codes in the project as <model>/<name>')
    .option('--parquet', 'with --out: write the codes as a Parquet table too (file, z1, z2 ...)', false)
    .option('--mat <file>', 'also write the codes there as a MATLAB file, in the variable "latent"')
    .addHelpText(
      'after',
      `
Pictures that cannot be read are listed and left out.

Examples:
  fusiform model encode --model vaegan --faces faces --out codes -p study
  fusiform model encode --model vaegan --images photos --out codes -p study
  fusiform model encode --model paper --images example.jpg --mat example_z.mat -p study`,
    )
    .action((options: EncodeOptions) => {
      const { images, faces = 'faces' } = options;
      if (images !== undefined && options.faces !== undefined) {
        throw new FusiformError('USAGE', 'Give --faces or --images, not both.');
      }
      if (options.parquet && options.out === undefined) {
        throw new FusiformError('USAGE', '--parquet adds a table to the copy in --out: give both.');
      }
      return runModelStage(
        makeTerminal,
        options,
        async (workspace, engine) => {
          const outcome =
            images === undefined
              ? await encodeFaces(workspace, { model: options.model, faces, engine })
              : await encodeImages(workspace, {
                  model: options.model,
                  images,
                  engine,
                  ...(options.crop === undefined ? {} : { crop: options.crop }),
                  ...(options.name === undefined ? {} : { name: options.name }),
                });
          if (options.mat !== undefined) await exportCodesAsMat(outcome.path, options.mat);
          return outcome;
        },
        (summary) =>
          images === undefined
            ? `Latents "${latentsName(options.model, faces)}": ${summary.faces} faces x ${summary.latentDim}`
            : `${summary.faces} pictures x ${summary.latentDim} latents (crop ${summary.crop}, ${summary.unreadable} unreadable)`,
        options.parquet ? writeLatentsTable : undefined,
      );
    });

  modelCommand(model, 'decode', 'make images of latent codes', 'the images')
    .requiredOption(
      '--latents <name-or-path>',
      'latents of the project, as <model>/<faces>, an .npy or .mat file, or a folder that encode wrote',
    )
    .option('--mat <file>', 'also write the images there as a MATLAB file, in the variable "images"')
    .addHelpText(
      'after',
      `
Of a .mat file, the variable "latent" is read: a row a face, or a column a face where the model's latents tell so.

Examples:
  fusiform model decode --latents vaegan/faces --out images -p study
  fusiform model decode --latents codes.npy --out images -p study
  fusiform model decode --model paper --latents example_z.mat --mat example_z_g.mat -p study`,
    )
    .action((options: DecodeOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) => decodeLatents(workspace, { ...options, engine }),
        (summary) => `${summary.images} images of ${summary.imageSize} px`,
      ),
    );
}
