import type { GalleryCell, GalleryFacts, GalleryRow } from '../../shared/contract/gallery.ts';

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
export function columnsOf({ sources }: GalleryFacts): GalleryColumn[] {
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
