import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { GalleryRow, GalleryView } from '../../shared/contract/gallery.ts';
import { queries } from '../client/api.ts';

/** Rows that are asked for at a time. */
const pageSize = 50;

/** The rows in sight, asked for page by page; only a few pages are looked at, whatever their number. */
export function useRows(project: string, view: GalleryView, first: number, last: number) {
  const from = Math.floor(first / pageSize);
  const pages = Array.from({ length: Math.floor(last / pageSize) - from + 1 }, (_, at) => from + at);
  // How many rows there are is known from the first page, wherever one is: it must not come and go while one scrolls.
  const head = useQuery({
    ...queries.gallery.rows.queryOptions({ input: { project, view, from: 0, count: pageSize } }),
    placeholderData: keepPreviousData,
  });
  const results = useQueries({
    queries: pages.map((page) => ({
      ...queries.gallery.rows.queryOptions({
        input: { project, view, from: page * pageSize, count: pageSize },
      }),
      // Pages that were scrolled past are forgotten soon: an hour of looking keeps few of them.
      gcTime: 30_000,
    })),
  });
  const byPlace = useMemo(() => {
    const rows = new Map<number, GalleryRow>();
    results.forEach(({ data }, at) => {
      data?.rows.forEach((row, place) => {
        rows.set((from + at) * pageSize + place, row);
      });
    });
    return rows;
  }, [results, from]);
  return {
    total: head.data?.total ?? null,
    row: (place: number) => byPlace.get(place) ?? null,
    error: head.error ?? results.find(({ error }) => error !== null)?.error ?? null,
  };
}
