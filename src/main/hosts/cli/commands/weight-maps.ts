import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { JsonObject } from '../../../../shared/json.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import { mapWeights } from '../../../services/weight-maps.ts';
import { collect, list, parquetOption, positiveInteger, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface MapsOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly latent: number[];
  readonly attribute?: string[];
  readonly along: 'axis' | 'classifier';
  readonly face?: string[];
  readonly region?: string;
  readonly faces: string;
  readonly group?: string;
  readonly folds: number;
  readonly seed: number;
  readonly parquet: boolean;
  readonly out?: string;
}

export function addMapsCommand(program: Command, makeTerminal: MakeTerminal): void {
  subjectAndModel(program.command('maps'))
    .description('images of what each voxel contributes to latents, attributes and decoded faces')
    .option('--latent <numbers>', 'latents, counted from 1, by commas', latentList, [])
    .option('--attribute <column=value>', 'an attribute, such as Male=1; may be given again', collect)
    .addOption(
      new Option(
        '--along <direction>',
        'attributes by the difference of the class means, or by the classifier',
      )
        .choices(['axis', 'classifier'])
        .default('axis'),
    )
    .option('--face <stimulus>', 'a test face; may be given again', collect)
    .option('--region <name>', 'decode from this region alone (default: all voxels)')
    .option('--faces <name>', 'labelled face set from which attributes are learnt', 'faces')
    .option('--group <column>', 'column of what stays in one fold of the labelled set')
    .option('--folds <n>', 'folds of the labelled set, at least 3', positiveInteger, 10)
    .option('--out <dir>', 'also copy the images there')
    .addOption(parquetOption())
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Each target gives encodingWeight (forward model), decoderWeight (raw weights of the inverted model), haufePattern (activation pattern
of these weights) and, for a face, contribution. The sidecar beside each image says which it is and how it may be read.

Examples:
  fusiform maps --subject 01 --latent 1,2 --attribute Male=1 --face F0007.jpg --out maps -p study
  fusiform maps --subject 01 --face F0007.jpg --region temporal -p study`,
    )
    .action((options: MapsOptions, command: Command) => {
      const { attribute = [], face = [], latent } = options;
      if (attribute.length + face.length + latent.length === 0) {
        command.error('error: name at least one of --latent, --attribute and --face');
      }
      return withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const { subject, model, along, faces, folds, seed, parquet, region, group } = options;
        const outcome = await mapWeights(workspace, {
          subject,
          model,
          engine,
          latents: latent,
          attributes: attribute,
          along,
          testFaces: face,
          faces,
          folds,
          seed,
          parquet,
          ...(region === undefined ? {} : { region }),
          ...(group === undefined ? {} : { group }),
        });
        if (options.out !== undefined) await cp(outcome.path, resolve(options.out), { recursive: true });
        terminal.outcome(outcome, ({ summary }) =>
          table([
            ['target', 'kind', 'file'],
            ...(summary.maps as readonly JsonObject[]).map(({ target, kind, file }) => [
              String(target),
              String(kind),
              String(file),
            ]),
          ]),
        );
      });
    });
}

function latentList(text: string, previous: readonly number[]): number[] {
  return [...previous, ...list(text).map(positiveInteger)];
}
