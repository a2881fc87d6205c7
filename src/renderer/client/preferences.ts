import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { defaultPreferences, type Preferences } from '../../shared/preferences.ts';
import { queries, queryClient } from './api.ts';

export type { Preferences };

/** Another window may have changed them: they are asked for anew when this one is looked at again. */
export const preferencesQuery = {
  ...queries.settings.preferences.queryOptions(),
  refetchOnWindowFocus: 'always',
} as const;

/** How the user likes to see things: convention, colour maps, numbers. The same object while nothing changed. */
export function usePreferences(): Preferences {
  return useQuery(preferencesQuery).data ?? defaultPreferences;
}

/** Changes some of them: `prefer.mutate({ convention: 'radiological', conventionIsChosen: true })`. Seen at once. */
export function usePrefer() {
  const { queryKey } = preferencesQuery;
  return useMutation(
    queries.settings.prefer.mutationOptions({
      onMutate: (change) =>
        queryClient.setQueryData(queryKey, (before) => ({ ...(before ?? defaultPreferences), ...change })),
      onSuccess: (preferences) => queryClient.setQueryData(queryKey, preferences),
      onError: () => queryClient.invalidateQueries({ queryKey }),
    }),
  );
}

export interface Numbers {
  /** Whole numbers, with the language's thousands: `10,000`. */
  count(value: number): string;
  /** Up to so many digits that mean something, default 3: `0.931`, `12.3`. */
  measure(value: number, digits?: number): string;
  /** A size on disk in binary units: `1.5 GiB`. */
  bytes(value: number): string;
}

/** Numbers in the language that the user prefers. */
export function useNumbers(): Numbers {
  const { numberLocale } = usePreferences();
  return useMemo(() => numbersIn(numberLocale), [numberLocale]);
}

export function numbersIn(numberLocale: Preferences['numberLocale']): Numbers {
  const locale = numberLocale === 'system' ? undefined : numberLocale;
  const count = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 0 });
  const measure = (value: number, digits = 3) =>
    value.toLocaleString(locale, { maximumSignificantDigits: digits });
  const bytes = (value: number) => {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
    const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
    return `${measure(value / 1024 ** power)} ${units[power]}`;
  };
  return { count, measure, bytes };
}
