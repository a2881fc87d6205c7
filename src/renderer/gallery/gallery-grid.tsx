import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { GalleryFacts, GalleryRow, GalleryView } from '../../shared/contract/gallery.ts';
import { useSelection } from '../app/selection.ts';
import { api } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import type { GalleryColumn } from '../../shared/gallery-columns.ts';
import { GalleryRowView } from './gallery-row.tsx';
import { useRows } from './use-rows.ts';

interface GridProps {
  readonly project: string;
  readonly facts: GalleryFacts;
  readonly view: GalleryView;
  readonly columns: readonly GalleryColumn[];
  readonly zoom: number;
  readonly isBlinking: boolean;
  readonly onBlink: () => void;
  /** Where the row that the address names stands in this view. */
  readonly place: number | null;
}

/** Under a picture: two lines of scores, and room between rows. */
const textHeight = 50;
const wipeStep = 0.1;

/** The rows, of which only those in sight are drawn, whatever their number. Arrow keys go from picture to picture. */
export function GalleryGrid({ project, facts, view, columns, zoom, isBlinking, onBlink, place }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [selection, select] = useSelection();
  const [range, setRange] = useState({ first: 0, last: 0 });
  const [focused, setFocused] = useState<number | null>(null);
  const [wipe, setWipe] = useState<number | null>(null);
  const { total, row, error } = useRows(project, view, range.first, range.last);
  const rowHeight = zoom + textHeight;
  const virtual = useVirtualizer({
    count: total ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 2,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => setRange({ first, last }), [first, last]);
  // Another zoom is another height of every row.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew for the height alone
  useEffect(() => virtual.measure(), [rowHeight]);
  useEffect(() => {
    if (place !== null) virtual.scrollToIndex(place, { align: 'auto' });
  }, [place, virtual]);
  const pick = useCallback(
    ({ subject, stimulus }: GalleryRow, column: number) => {
      const source = columns[column]?.source;
      const [model, decoder] = source?.split('/') ?? [];
      setFocused(column);
      select({
        subject,
        stimulus,
        ...(model === undefined ? {} : { model, decoder: decoder ?? null }),
      });
      scroller.current?.focus();
    },
    [columns, select],
  );
  const goTo = async (wanted: number) => {
    if (total === null || total === 0) return;
    const next = Math.min(total - 1, Math.max(0, wanted));
    virtual.scrollToIndex(next, { align: 'auto' });
    // A row far away is not among those in sight yet.
    const found =
      row(next) ?? (await api.gallery.rows({ project, view, from: next, count: 1 })).rows[0] ?? null;
    if (found !== null) select({ subject: found.subject, stimulus: found.stimulus }, { replace: true });
  };
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => void goTo((place ?? -1) + 1),
    ArrowUp: () => void goTo((place ?? 1) - 1),
    PageDown: () => void goTo((place ?? 0) + page),
    PageUp: () => void goTo((place ?? 0) - page),
    Home: () => void goTo(0),
    End: () => void goTo((total ?? 1) - 1),
    ArrowRight: () => setFocused((at) => Math.min(columns.length - 1, (at ?? -1) + 1)),
    ArrowLeft: () => setFocused((at) => Math.max(0, (at ?? 1) - 1)),
    b: onBlink,
    '.': () => setWipe((share) => Math.min(1, (share ?? 0) + wipeStep)),
    ',': () => setWipe((share) => Math.max(0, (share ?? 1) - wipeStep)),
    Escape: () => setWipe(null),
  };
  const press = (event: KeyboardEvent) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  if (error !== null) return <ProblemView error={error} />;
  const isPlace = (at: number) => at === place && selection.stimulus !== undefined;
  const active =
    place === null
      ? undefined
      : focused === null
        ? `gallery-row-${place}`
        : `gallery-cell-${place}-${focused}`;
  return (
    <div
      ref={scroller}
      className="gallery-grid"
      role="grid"
      tabIndex={0}
      aria-label="Decoded faces"
      aria-rowcount={(total ?? 0) + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={active}
      onKeyDown={press}
      data-zoom={zoom}
    >
      <div className="gallery-row gallery-head" role="row" aria-rowindex={1}>
        <div className="gallery-name" role="columnheader">
          Stimulus
        </div>
        {columns.map(({ id, title, note, kind }) => (
          <div
            key={id}
            className="gallery-cell"
            data-kind={kind}
            role="columnheader"
            title={`${title}, ${note}`}
          >
            <strong>{title}</strong>
            <span className="quiet">{note}</span>
          </div>
        ))}
      </div>
      <div role="presentation" className="gallery-rows" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => (
          <div
            key={index}
            role="presentation"
            className="gallery-place"
            style={{ transform: `translateY(${start}px)`, height: rowHeight }}
          >
            <GalleryRowView
              row={row(index)}
              place={index}
              columns={columns}
              base={`/data/${project}/`}
              zoom={zoom}
              isSelected={isPlace(index)}
              focused={isPlace(index) ? focused : null}
              wipe={isPlace(index) ? wipe : null}
              isBlinking={isBlinking}
              facts={facts}
              onPick={pick}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
