import type { Command } from 'commander';
import { list, positiveInteger } from './options.ts';

/** How a labelled set of faces is read, and cut into folds. */
export interface FoldOptions {
  readonly folds: number;
  readonly group?: string;
}

/** Which columns of a table of labels are read, and as what. */
export interface LabelOptions extends FoldOptions {
  readonly columns?: string[];
  readonly numbers: string[];
  readonly classes: string[];
}

export function withFolds(command: Command): Command {
  return command
    .option('--group <column>', 'column of what stays in one fold, such as who is shown')
    .option('--folds <n>', 'folds of the labelled set, at least 3', positiveInteger, 10);
}

export function withLabels(command: Command): Command {
  return withFolds(
    command
      .option('--columns <names>', 'the columns to read, by commas (default: all)', list)
      .option(
        '--numbers <names>',
        'columns to read as numbers (default: numbers of more than 10 values)',
        list,
        [],
      )
      .option('--classes <names>', 'columns to read as classes, each value against the rest', list, []),
  );
}
