import { memo } from 'react';
import type { GalleryFacts, GalleryRow } from '../../shared/contract/gallery.ts';
import { type GalleryColumn, linesOf, pictureOf } from '../../shared/gallery-columns.ts';
import { ComparePicture, GalleryPicture } from './compare-picture.tsx';

interface RowProps {
  /** Null while it is on its way. */
  readonly row: GalleryRow | null;
  readonly place: number;
  readonly columns: readonly GalleryColumn[];
  /** Before the addresses of pictures. */
  readonly base: string;
  readonly zoom: number;
  readonly isSelected: boolean;
  /** The column that the keyboard is on, in the selected row. */
  readonly focused: number | null;
  readonly wipe: number | null;
  readonly isBlinking: boolean;
  readonly facts: GalleryFacts;
  readonly onPick: (row: GalleryRow, column: number) => void;
}

/** A stimulus: its pictures side by side, with rank and scores under each. */
export const GalleryRowView = memo(function GalleryRowView(props: RowProps) {
  const { row, place, columns, zoom, isSelected, focused, onPick } = props;
  return (
    <div
      className="gallery-row"
      role="row"
      id={`gallery-row-${place}`}
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      data-selected={isSelected || undefined}
    >
      <div className="gallery-name" role="rowheader">
        {row === null ? (
          <span className="quiet">reading</span>
        ) : (
          <>
            <strong title={row.stimulus}>{row.stimulus.replace(/\.[a-z]+$/i, '')}</strong>
            <span className="quiet">subject {row.subject}</span>
            <span className="quiet">{shown(row)}</span>
          </>
        )}
      </div>
      {columns.map((column, at) => (
        <div
          key={column.id}
          id={`gallery-cell-${place}-${at}`}
          role="gridcell"
          className="gallery-cell"
          data-kind={column.kind}
          data-focused={(isSelected && focused === at) || undefined}
          onClick={() => {
            if (row !== null) onPick(row, at);
          }}
        >
          {row === null ? (
            <span className="no-picture" style={{ width: zoom, height: zoom }} />
          ) : (
            <CellView {...props} row={row} column={column} at={at} />
          )}
        </div>
      ))}
    </div>
  );
});

function CellView({
  row,
  column,
  at,
  base,
  zoom,
  isSelected,
  focused,
  wipe,
  isBlinking,
  facts,
}: RowProps & { readonly row: GalleryRow; readonly column: GalleryColumn; readonly at: number }) {
  const address = (path: string | null) => (path === null ? null : base + path);
  const picture = address(pictureOf(row, column));
  const alt = `${row.stimulus}: ${column.title}, ${column.note}`;
  if (column.kind === 'original') {
    return <GalleryPicture picture={picture} alt={alt} size={zoom} />;
  }
  const lines = linesOf(facts, row, column);
  return (
    <>
      <ComparePicture
        picture={picture}
        original={address(row.original)}
        alt={alt}
        size={zoom}
        isFocused={isSelected && focused === at}
        wipe={wipe}
        isBlinking={isBlinking}
      />
      {lines.map((line) => (
        <span key={line} className="gallery-scores" title={line}>
          {line}
        </span>
      ))}
    </>
  );
}

function shown({ runs }: GalleryRow): string {
  const trials = runs.reduce((sum, { presentations }) => sum + presentations, 0);
  return trials === 0 ? '' : `shown ${trials} times in ${runs.length} runs`;
}
