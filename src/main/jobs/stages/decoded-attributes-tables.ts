import type { AttributeReadingRow } from '../../../shared/decoded-attributes.ts';
import type { TableColumn } from '../../formats/table/columns.ts';
import type { PositionRow } from './decoded-attributes-result.ts';

type NumberKey = {
  [K in keyof AttributeReadingRow]: AttributeReadingRow[K] extends number | null ? K : never;
}[keyof AttributeReadingRow];

/** A row an attribute, set of codes and rule. */
export function readingColumns(rows: readonly AttributeReadingRow[]): TableColumn[] {
  const text = (
    name: string,
    key: 'attribute' | 'kind' | 'codes' | 'region' | 'rule' | 'definition',
    description: string,
  ): TableColumn => ({ name, type: 'string', values: rows.map((row) => row[key]), description });
  const number = (
    name: string,
    key: NumberKey,
    description: string,
    type: 'double' | 'int' = 'double',
  ): TableColumn => ({ name, type, values: rows.map((row) => row[key]), description });
  return [
    text('attribute', 'attribute', 'Column of the labels, and the value that makes the class'),
    text('kind', 'kind', 'class or number'),
    text('codes', 'codes', 'True codes of the test faces, or decoded ones'),
    text('region', 'region', 'Voxels that were decoded from; n/a for true codes'),
    number('n_voxels', 'nVoxels', 'Number of these voxels', 'int'),
    text('rule', 'rule', 'How the attribute was read'),
    text('definition', 'definition', 'Definition of the score and its version'),
    number('n', 'n', 'Test faces with a label', 'int'),
    number('n_in_class', 'nInClass', 'Of these in the class', 'int'),
    number('n_said', 'nSaid', 'Of these said to be in the class', 'int'),
    number('n_correct', 'nCorrect', 'Of these told right', 'int'),
    number('accuracy', 'accuracy', 'Share told right'),
    number('lower', 'lower', 'Lower end of its exact 95 % interval'),
    number('upper', 'upper', 'Upper end of its exact 95 % interval'),
    number('majority', 'majority', 'Share of the larger class: what naming it always would score'),
    number(
      'balanced_accuracy',
      'balancedAccuracy',
      'Mean of the shares of both classes told right; chance 0.5',
    ),
    number('auc', 'auc', 'Share of pairs of a face of each class in the right order; chance 0.5'),
    number('r', 'r', 'Correlation of what was read with what is true, of a number'),
    number('p_binomial', 'pBinomial', 'As published: binomial, chance 1/2, one-sided'),
    number('p_majority', 'pMajority', 'Binomial against naming the larger class always, one-sided'),
    number('p_permutation', 'pPermutation', 'Labels permuted over faces, one-sided; exact for classes'),
    number('q', 'q', 'p_permutation adjusted for the false discovery rate over attributes and regions'),
    number('held_out', 'heldOut', 'Balanced accuracy on labelled faces that the rule was not learnt from'),
  ];
}

/** A row a test face, attribute, set of codes and rule. */
export function positionColumns(rows: readonly PositionRow[]): TableColumn[] {
  const text = (
    key: 'attribute' | 'codes' | 'region' | 'rule' | 'face',
    description: string,
  ): TableColumn => ({
    name: key,
    type: 'string',
    values: rows.map((row) => row[key]),
    description,
  });
  return [
    text('face', 'The test face'),
    text('attribute', 'Column of the labels, and the value that makes the class'),
    text('codes', 'True codes of the test faces, or decoded ones'),
    text('region', 'Voxels that were decoded from; n/a for true codes'),
    text('rule', 'Whose direction: of the class means, or of the classifier'),
    {
      name: 'truth',
      type: 'double',
      values: rows.map(({ truth }) => truth),
      description: '1 in the class, 0 outside; of a number its value',
    },
    {
      name: 'position',
      type: 'double',
      values: rows.map(({ position }) => position),
      description: 'Above 0 on the side of the class; 0 half way between the class means',
    },
  ];
}
