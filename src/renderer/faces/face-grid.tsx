import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { bandAddress, moveInGrid, positionOf, rowsOfBand } from './grid-place.ts';

interface GridProps {
  readonly project: string;
  readonly artifact: string;
  readonly total: number;
  /** Rows of the set in their order; null: all. */
  readonly indices: readonly number[] | null;
  /** Pixels of a side on the screen. */
  readonly size: number;
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
}

/** Bands beyond the sight that are fetched beforehand. */
const overscan = 5;

/**
 * Any number of faces. What is drawn are pictures of whole bands; the one face that is an element of the page is the
 * active one.
 */
export function FaceGrid({ project, artifact, total, indices, size, selected, onSelect }: GridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useColumns(scroller, size);
  const shape = { total, columns };
  const bands = useVirtualizer({
    count: Math.ceil(total / (columns * rowsOfBand)),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowsOfBand * size,
    overscan,
  });
  const { measure } = bands;
  // Bands of another height: what was laid out does not hold any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the size is what it depends on
  useLayoutEffect(() => measure(), [size, measure]);
  const position = selected === null ? null : positionOf(selected, total, indices);
  const indexAt = (at: number) => (indices === null ? at : indices[at]);

  // A selection that came with the address, or by a key, is brought into sight.
  useEffect(() => {
    const element = scroller.current;
    if (element === null || position === null) return;
    const top = Math.floor(position / columns) * size;
    const { scrollTop, clientHeight } = element;
    if (top < scrollTop) element.scrollTop = top;
    else if (top + size > scrollTop + clientHeight) element.scrollTop = top + size - clientHeight;
  }, [position, columns, size]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rowsOfPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? size) / size) - 1);
    const to = position === null ? 0 : moveInGrid(event.key, position, shape, rowsOfPage);
    if (to === null || moveInGrid(event.key, 0, shape, 1) === null) return;
    event.preventDefault();
    onSelect(indexAt(to));
  };
  const onClick = (event: MouseEvent<HTMLDivElement>) => {
    const list = event.currentTarget;
    const { left, top } = list.getBoundingClientRect();
    const column = Math.floor((event.clientX - left - list.clientLeft) / size);
    const row = Math.floor((event.clientY - top - list.clientTop + list.scrollTop) / size);
    const at = row * columns + column;
    if (column < columns && at < total) onSelect(indexAt(at));
  };
  return (
    <div
      ref={scroller}
      className="face-grid"
      role="listbox"
      aria-label={`${total} faces`}
      aria-activedescendant={position === null ? undefined : 'active-face'}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div className="face-canvas" role="presentation" style={{ height: bands.getTotalSize() }}>
        {bands.getVirtualItems().map(({ index, key, start }) => (
          <img
            key={key}
            alt=""
            className="face-band"
            decoding="async"
            src={bandAddress({ project, artifact }, index, shape, indices)}
            style={{
              top: start,
              width: columns * size,
              height: Math.min(rowsOfBand, Math.ceil(total / columns) - index * rowsOfBand) * size,
            }}
          />
        ))}
        <div
          id="active-face"
          role="option"
          tabIndex={-1}
          aria-selected={position !== null}
          aria-setsize={total}
          aria-posinset={(position ?? 0) + 1}
          aria-label={position === null ? 'No face is selected' : `Face ${indexAt(position) + 1}`}
          className={position === null ? 'face-none' : 'face-active'}
          style={{
            left: ((position ?? 0) % columns) * size,
            top: Math.floor((position ?? 0) / columns) * size,
            width: size,
            height: size,
          }}
        />
      </div>
    </div>
  );
}

/** As many columns as the place is wide, at least one. */
function useColumns(scroller: { readonly current: HTMLDivElement | null }, size: number): number {
  const [width, setWidth] = useState(size * 8);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return Math.max(1, Math.floor(width / size));
}
