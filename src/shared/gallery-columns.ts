import type { GalleryCell, GalleryFacts, GalleryRow, GalleryScore } from './contract/gallery.ts';

/** A column of pictures. */
export interface GalleryColumn {
  /** `original`, `own:vaegan`, `decoded:vaegan/ridge`, `nearest:vaegan`. */
  readonly id: string;
  readonly title: string;
  /** What is under the title: whose picture it is. */
  readonly note: string;
  readonly kind: 'original' | 'own' | 'decoded' | 'nearest';
  /** The source of `decoded` and `nearest`, and of `own` the first source of its model. */
  readonly source: string | null;
}

/** The columns that a project has pictures for: original, each model's own, each decoder's with the nearest training face. */
export function columnsOf({ sources }: Pick<GalleryFacts, 'sources'>): GalleryColumn[] {
  const models = Map.groupBy(sources, ({ model }) => model);
  const own = [...models].map(([model, [first]]): GalleryColumn => {
    const title = first.title.replace(`, ${first.decoder}`, '');
    return { id: `own:${model}`, title, note: 'own reconstruction', kind: 'own', source: first.id };
  });
  const decoded = sources.flatMap(({ id, title, chance, withoutNearest }): GalleryColumn[] => [
    { id: `decoded:${id}`, title, note: 'decoded', kind: 'decoded', source: id },
    ...(withoutNearest.length === chance.length
      ? []
      : [
          {
            id: `nearest:${id}`,
            title: 'Training face',
            note: `nearest, ${title}`,
            kind: 'nearest' as const,
            source: id,
          },
        ]),
  ]);
  return [
    { id: 'original', title: 'Original', note: 'shown', kind: 'original', source: null },
    ...own,
    ...decoded,
  ];
}

export function cellOf(row: GalleryRow, column: GalleryColumn): GalleryCell | null {
  return row.cells.find(({ source }) => source === column.source) ?? null;
}

/** The address of a column's picture below the project's, or null where there is none. */
export function pictureOf(row: GalleryRow, column: GalleryColumn): string | null {
  if (column.kind === 'original') return row.original;
  const cell = cellOf(row, column);
  if (cell === null) return null;
  if (column.kind === 'nearest') return cell.nearest?.picture ?? null;
  return cell[column.kind];
}

/** What stands under a picture. */
export function linesOf(
  { sources }: Pick<GalleryFacts, 'sources'>,
  row: GalleryRow,
  column: GalleryColumn,
): string[] {
  const cell = cellOf(row, column);
  if (cell === null || column.kind === 'own' || column.kind === 'original') return [];
  if (column.kind === 'nearest') {
    if (cell.nearest === null) return [];
    const { similarity, pixCorr, file } = cell.nearest;
    return [`r ${scoreText('similarity', similarity)}, PixCorr ${scoreText('pixCorr', pixCorr)}`, file];
  }
  const { rank, similarity, ssim, pixCorr } = cell.scores;
  const faces = sources
    .find(({ id }) => id === cell.source)
    ?.chance.find(({ subject }) => subject === row.subject)?.faces;
  return [
    `rank ${scoreText('rank', rank)}${faces === undefined ? '' : ` of ${faces}`}, r ${scoreText('similarity', similarity)}`,
    `SSIM ${scoreText('ssim', ssim)}, PixCorr ${scoreText('pixCorr', pixCorr)}`,
  ];
}

/** A score as it stands under a picture. */
export function scoreText(score: GalleryScore, value: number | null): string {
  if (value === null) return 'n/a';
  return score === 'rank' ? String(value) : value.toFixed(2).replace('-', '\u2212');
}

export const scoreNames: Readonly<Record<GalleryScore, string>> = {
  rank: 'rank',
  pairwise: 'pairwise',
  similarity: 'r of codes',
  ssim: 'SSIM',
  pixCorr: 'PixCorr',
};

export function regionName(region: string): string {
  if (region === 'all') return 'all voxels';
  return region.startsWith('without-') ? `all but ${region.slice('without-'.length)}` : region;
}

/** Which end of the order comes first. */
export function directionText(by: 'study' | 'name' | GalleryScore, descending: boolean): string {
  if (by === 'study') return descending ? 'Last first' : 'First first';
  if (by === 'name') return descending ? 'Z first' : 'A first';
  return (by === 'rank') === descending ? 'Worst first' : 'Best first';
}
