import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type GalleryScore, type GalleryView, galleryScores } from '../../shared/contract/gallery.ts';

/** What the gallery's address says besides the selection: which rows, in which order, and how they are shown. */
export interface GallerySettings {
  readonly view: GalleryView;
  /** Columns that are left out: `original`, `own:vaegan`, `decoded:vaegan/ridge`, `nearest:vaegan`. */
  readonly hidden: readonly string[];
  /** Pixels of a picture's side on the screen. */
  readonly zoom: number;
}

export type GalleryChange = Readonly<Partial<Record<GalleryParameter, string | null>>>;

/** Names of the parameters. They begin with `g.`, apart from the region, which is a selection of all views. */
const parameters = {
  by: 'g.by',
  source: 'g.source',
  descending: 'g.desc',
  subjects: 'g.subjects',
  sessions: 'g.sessions',
  runs: 'g.runs',
  sources: 'g.sources',
  labels: 'g.labels',
  name: 'g.name',
  hidden: 'g.hidden',
  zoom: 'g.zoom',
  region: 'region',
} as const;
type GalleryParameter = keyof typeof parameters;

export const zooms = [48, 64, 96, 128, 192, 256] as const;
const defaultZoom = 96;

/** The settings of the gallery, which stand in the address, and how to change them. */
export function useGallerySettings(): [GallerySettings, (change: GalleryChange) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const settings = useMemo(() => settingsOf(new URLSearchParams(text)), [text]);
  const change = useCallback(
    (wanted: GalleryChange) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, value] of Object.entries(wanted)) {
            const name = parameters[key as GalleryParameter];
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return [settings, change];
}

const orders = ['study', 'name', ...galleryScores] as const;

export function settingsOf(search: URLSearchParams): GallerySettings {
  const text = (key: GalleryParameter) => search.get(parameters[key]) ?? '';
  const list = (key: GalleryParameter) => text(key).split(',').filter(Boolean);
  const zoom = Number(text('zoom'));
  return {
    view: {
      filter: {
        subjects: list('subjects'),
        sessions: list('sessions'),
        runs: list('runs'),
        sources: list('sources'),
        labels: Object.fromEntries(
          list('labels').flatMap((pair) => {
            const at = pair.lastIndexOf(':');
            return at < 0 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
          }),
        ),
        name: text('name'),
      },
      order: {
        by: orders.find((order) => order === text('by')) ?? 'study',
        source: text('source'),
        descending: text('descending') === '1',
      },
      region: text('region') || 'all',
    },
    hidden: list('hidden'),
    zoom: zooms.find((size) => size === zoom) ?? defaultZoom,
  };
}

/** Labels as the address holds them. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}:${value}`)
    .join(',');
}

export const scoreMeanings: Readonly<Record<GalleryScore, string>> = {
  rank: 'Rank of the true face among all test faces of the subject by the decoded code, 1 the best; ties give half ranks',
  pairwise: 'Share of the other test faces that the true one beats; chance 0.5',
  similarity: "Pearson's r of the decoded code with the true one",
  ssim: 'Structural similarity of the decoded picture with the original',
  pixCorr: "Pearson's r of all colour values of the decoded picture with the original",
};
