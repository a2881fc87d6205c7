import { type Command, Option } from 'commander';
import { evenlySpaced } from '../../../../../shared/evenly-spaced.ts';
import { type PresetName, type PresetRow, presetTable } from '../../../../services/training-config.ts';
import { type TrainingHistory, trainingHistory } from '../../../../services/training-history.ts';
import { projectOption } from '../../options.ts';
import { type MakeTerminal, table } from '../../terminal.ts';

/** Rows of a table on the screen; `--json` and the files hold all. */
const rowsOnScreen = 20;

export function addTrainingCommands(model: Command, makeTerminal: MakeTerminal): void {
  model
    .command('history')
    .description('losses and held-out scores of a model, finished or not; works while it is trained')
    .argument('<name>', 'the model')
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform model history vaegan -p study')
    .action(async (name: string, { project }: { project: string }) => {
      makeTerminal().result(await trainingHistory(project, name), describeHistory);
    });

  model
    .command('presets')
    .description('all values of a preset, with what they mean and where the defaults are from')
    .addOption(
      new Option('--preset <name>', 'the preset').choices(['paper', 'small', 'tiny']).default('paper'),
    )
    .addHelpText('after', '\nExample:\n  fusiform model presets --preset small --json')
    .action(({ preset }: { preset: PresetName }) => {
      makeTerminal().result(presetTable(preset), describePreset);
    });
}

function describePreset(rows: readonly PresetRow[]): string {
  return table([
    ['value', 'preset', 'paper', 'source', 'meaning'],
    ...rows.map(({ path, value, paper, source, meaning }) => [
      path,
      JSON.stringify(value),
      JSON.stringify(paper),
      source,
      meaning,
    ]),
  ]);
}

function describeHistory({ name, state, folder, losses, evaluations }: TrainingHistory): string {
  const last = losses.at(-1);
  return [
    `Model "${name}" (${state}): ${last === undefined ? 'no step yet' : `step ${last.step}, ${last.phase}`}`,
    losses.length === 0 ? '' : `\n${lossTable(losses)}`,
    evaluations.length === 0 ? '' : `\n${evaluationTable(evaluations)}`,
    `\nTables, pictures and training.html: ${folder}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function lossTable(losses: TrainingHistory['losses']): string {
  const cell = (value: number | null) => (value === null ? '-' : value.toPrecision(4));
  return table([
    ['step', 'phase', 'KL', 'pixel', 'similarity', 'D real', 'D recon.', 'D sample', 'accuracy', 'at a time'],
    ...evenlySpaced(losses, rowsOnScreen).map((row) => [
      String(row.step),
      row.phase,
      cell(row.kl),
      cell(row.pixel),
      cell(row.similarity),
      cell(row.onReal),
      cell(row.onReconstruction),
      cell(row.onSample),
      cell(row.accuracy),
      String(row.microBatch),
    ]),
  ]);
}

function evaluationTable(evaluations: TrainingHistory['evaluations']): string {
  const cell = (value: number | null) => (value === null ? '-' : value.toFixed(3));
  return table([
    ['step', 'held-out faces', 'SSIM', 'PCA', 'pixel correlation', 'PCA', 'active latents'],
    ...evenlySpaced(evaluations, rowsOnScreen).map((row) => [
      String(row.step),
      String(row.faces),
      cell(row.ssim),
      cell(row.pcaSsim),
      cell(row.pixCorr),
      cell(row.pcaPixCorr),
      String(row.activeLatents),
    ]),
  ]);
}
