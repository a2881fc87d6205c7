import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** What can be selected. Each is a name or a number as the address holds it, such as `?subject=01&face=7`. */
export const selectable = [
  /** A face set, and the row of a face in it. */
  'faces',
  'face',
  /** A model, and one of its latents, from 0. */
  'model',
  'latent',
  /** An attribute of a label table, such as `Male`. */
  'attribute',
  /** A subject by its entry, a run, a trial, a decoder. */
  'subject',
  'run',
  'trial',
  'decoder',
  /** A test face by its stimulus name. */
  'stimulus',
  'region',
  /** Indices in the volume as it is stored: `i,j,k`. */
  'voxel',
  /** A map on the brain: its file in the project. */
  'map',
  /** A job of the queue by its number. */
  'job',
] as const;
export type Selectable = (typeof selectable)[number];
export type Selection = Readonly<Partial<Record<Selectable, string>>>;
/** What is to be selected; null or undefined: nothing any more. */
export type SelectionChange = Readonly<Partial<Record<Selectable, string | number | null | undefined>>>;

/**
 * What is selected, in every view alike: it stands in the address, so that a view can be bookmarked, sent, and left by
 * Back. Other parameters of the address stay as they are.
 */
export function useSelection(): [
  selection: Selection,
  select: (change: SelectionChange, options?: { readonly replace?: boolean }) => void,
] {
  const [parameters, setParameters] = useSearchParams();
  const select = useCallback(
    (change: SelectionChange, options: { readonly replace?: boolean } = {}) =>
      setParameters((before) => changed(before, change), options),
    [setParameters],
  );
  return [selectionOf(parameters), select];
}

/** What an address says is selected. */
export function selectionOf(parameters: URLSearchParams): Selection {
  const found = selectable.flatMap((name) => {
    const value = parameters.get(name);
    return value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** The selection of an address alone, to be taken to another view: `?subject=01`, or nothing. */
export function selectionText(search: string): string {
  const selection = new URLSearchParams(selectionOf(new URLSearchParams(search)));
  return selection.size === 0 ? '' : `?${selection}`;
}

/** The same address with another selection. */
export function changed(parameters: URLSearchParams, change: SelectionChange): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined) next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}
