import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';

/** Labels that faces must have, by their names. */
export type Filters = Readonly<Record<string, string>>;

/** What the grid is narrowed to; it stands in the address as `where=Male=1`, once a label. */
export function useFilters(): [Filters, (filters: Filters) => void] {
  const [parameters, setParameters] = useSearchParams();
  const written = parameters.getAll('where').join('\n');
  const filters = useMemo(() => filtersOf(written.split('\n')), [written]);
  const change = useCallback(
    (next: Filters) =>
      setParameters((before) => {
        const after = new URLSearchParams(before);
        after.delete('where');
        for (const [label, value] of Object.entries(next)) after.append('where', `${label}=${value}`);
        return after;
      }),
    [setParameters],
  );
  return [filters, change];
}

export function filtersOf(written: readonly string[]): Filters {
  return Object.fromEntries(
    written.flatMap((text) => {
      const at = text.indexOf('=');
      return at < 1 ? [] : [[text.slice(0, at), text.slice(at + 1)]];
    }),
  );
}
