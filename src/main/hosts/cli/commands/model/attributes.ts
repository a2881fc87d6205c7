import type { Command } from 'commander';
import type { JsonObject } from '../../../../../shared/json.ts';
import { findAttributeAxes, findAttributeAxis } from '../../../../services/attributes.ts';
import { type FoldOptions, type LabelOptions, withFolds, withLabels } from '../../label-options.ts';
import { seedOption } from '../../options.ts';
import { type MakeTerminal, table } from '../../terminal.ts';
import { type ModelOptions, modelCommand, runModelStage } from './options.ts';

interface AxisOptions extends ModelOptions, FoldOptions {
  readonly faces: string;
  readonly label: string;
}

interface AxesOptions extends ModelOptions, LabelOptions {
  readonly faces: string;
  readonly latents?: string;
  readonly labels?: string;
}

export function addAttributeCommands(model: Command, makeTerminal: MakeTerminal): void {
  withFolds(
    modelCommand(
      model,
      'axis',
      'find the latent axis of a label, and how well it tells faces apart',
      'axis.safetensors and traversal.png',
    )
      .requiredOption('--label <column=value>', 'the positive class, such as folder=female or Male=1')
      .option('--faces <name>', 'the labelled face set', 'faces'),
  )
    .addOption(seedOption())
    .addHelpText('after', '\nExample:\n  fusiform model axis --label folder=female -p study')
    .action((options: AxisOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) =>
          findAttributeAxis(workspace, { ...options, ...parseLabel(options.label), engine }),
        (summary) => describeReadings([summary]),
      ),
    );

  withLabels(
    modelCommand(
      model,
      'axes',
      'find the axes of all labels at once, with a linear classifier beside each',
      'attributes.tsv, attributes.svg and axes.safetensors',
    )
      .option('--faces <name>', 'the labelled face set', 'faces')
      .option('--latents <name-or-path>', 'other codes than those of the face set (as for decode)')
      .option('--labels <file>', "a table of labels instead of the face set's"),
  )
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Every face is judged by what was learnt without it (and without its group). Chance is the share of the larger class.

Examples:
  fusiform model axes --model vaegan --faces celeba --group identity -p study
  fusiform model axes --latents codes/latents.npy --labels labels.tsv --columns Male,Smiling -p study`,
    )
    .action((options: AxesOptions) =>
      runModelStage(
        makeTerminal,
        options,
        (workspace, engine) => findAttributeAxes(workspace, { ...options, engine }),
        (summary) => describeReadings(summary.attributes as readonly JsonObject[]),
      ),
    );
}

/** `Male=1`; a bare column stands for its value 1. */
export function parseLabel(text: string): { column: string; positive: string } {
  const at = text.indexOf('=');
  return at < 0
    ? { column: text, positive: '1' }
    : { column: text.slice(0, at), positive: text.slice(at + 1) };
}

const figure = (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '');
/** Beyond what float64 can hold, a probability is stored as 0. */
const probability = (value: unknown) =>
  typeof value !== 'number' ? '' : value === 0 ? '<1e-300' : value.toPrecision(2);

function describeReadings(readings: readonly JsonObject[]): string {
  const heading = ['attribute', 'n', 'chance', 'axis', 'classifier', '95 %', 'balanced', 'AUC', 'p', 'q'];
  const rows = readings
    .filter(({ kind }) => kind !== 'not judged')
    .map(({ name, kind, n, majority, axis, classifier }) => {
      const [a, c] = [axis as JsonObject, classifier as JsonObject];
      const score = kind === 'class' ? 'accuracy' : 'r';
      return [
        String(name),
        String(n),
        kind === 'class' ? figure(majority) : 'r = 0',
        figure(a[score]),
        figure(c[score]),
        `${figure(c.lower)} to ${figure(c.upper)}`,
        figure(c.balancedAccuracy),
        figure(c.auc),
        probability(c.p),
        probability(c.q),
      ];
    });
  const refused = readings
    .filter(({ kind }) => kind === 'not judged')
    .map(({ name, reason }) => `not judged: ${name} (${reason})`);
  return [...(rows.length > 0 ? [table([heading, ...rows])] : []), ...refused].join('\n');
}
