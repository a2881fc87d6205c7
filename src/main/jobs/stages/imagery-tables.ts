import type { TableColumn } from '../../formats/table/columns.ts';
import type { ImageryIdentificationRow, ReliabilityRow, SeenCeilingRow } from '../../../shared/imagery.ts';

interface RegionRow {
  readonly region: string;
  readonly nVoxels: number;
}

const regionColumns = (rows: readonly RegionRow[]): TableColumn[] => [
  {
    name: 'region',
    type: 'string',
    values: rows.map(({ region }) => region),
    description: 'Voxels decoded from',
  },
  {
    name: 'n_voxels',
    type: 'int',
    values: rows.map(({ nVoxels }) => nVoxels),
    description: 'Number of these voxels',
  },
];

const text = (name: string, values: (string | null)[], description: string): TableColumn => ({
  name,
  type: 'string',
  values,
  description,
});
const number = (
  name: string,
  values: (number | null)[],
  description: string,
  type: 'double' | 'int' = 'double',
): TableColumn => ({ name, type, values, description });

/** A row a region, imagined face and part of the trials. */
export function identificationColumns(rows: readonly ImageryIdentificationRow[]): TableColumn[] {
  return [
    ...regionColumns(rows),
    text(
      'imagined',
      rows.map(({ imagined }) => imagined),
      'The imagined face',
    ),
    text(
      'model',
      rows.map(({ model }) => model),
      'encoding: as published; trials: without latents, as the ceiling',
    ),
    text(
      'part',
      rows.map(({ part }) => part),
      'All trials, one session, or every other run with imagery',
    ),
    text(
      'label',
      rows.map(({ label }) => label),
      'Session, or 1 or 2 for a half',
    ),
    number(
      'candidates',
      rows.map(({ candidates }) => candidates),
      'Faces that could have been imagined',
      'int',
    ),
    number(
      'pairwise',
      rows.map(({ pairwise }) => pairwise),
      'Share of the other candidates beaten; chance 0.5',
    ),
    number(
      'rank',
      rows.map(({ rank }) => rank),
      '1 for the best candidate',
    ),
    number(
      'p',
      rows.map(({ p }) => p),
      'Exact: rank / candidates',
    ),
    number(
      'q',
      rows.map(({ q }) => q),
      'p adjusted for the false discovery rate over regions',
    ),
  ];
}

/** A row a region and imagined face. */
export function ceilingColumns(rows: readonly SeenCeilingRow[]): TableColumn[] {
  return [
    ...regionColumns(rows),
    text(
      'imagined',
      rows.map(({ imagined }) => imagined),
      'The imagined face whose distractors are used',
    ),
    text(
      'trials',
      rows.map(({ trials }) => trials),
      'All presentations of the seen faces, or as many as of imagery',
    ),
    number(
      'n',
      rows.map(({ n }) => n),
      'Seen faces',
      'int',
    ),
    number(
      'pairwise',
      rows.map(({ pairwise }) => pairwise),
      'Mean share of distractors that seen faces beat',
    ),
    number(
      'p',
      rows.map(({ p }) => p),
      'Exact, of the sum of ranks',
    ),
    number(
      'transfer',
      rows.map(({ transfer }) => transfer),
      'Share of this ceiling that imagery reaches, above chance',
    ),
  ];
}

/** A row a region, for imagined and for seen faces. */
export function reliabilityColumns(rows: readonly ReliabilityRow[]): TableColumn[] {
  return [
    ...regionColumns(rows),
    text(
      'kind',
      rows.map(({ kind }) => kind),
      'imagined or seen',
    ),
    number(
      'n',
      rows.map(({ n }) => n),
      'Faces',
      'int',
    ),
    number(
      'r',
      rows.map(({ r }) => r),
      'Correlation of codes from two halves of the trials, mean over faces',
    ),
    number(
      'spearman_brown',
      rows.map(({ spearmanBrown }) => spearmanBrown),
      'The same of all trials',
    ),
  ];
}
