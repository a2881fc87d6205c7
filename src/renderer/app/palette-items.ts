import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { EntryKind } from '../../shared/entry-kinds.ts';
import { queries } from '../client/api.ts';
import { entryKindNames } from '../components/entry-kind-names.ts';
import { usePlace } from './place.tsx';
import { useProject, useQueue } from './project.tsx';
import { sections } from './sections.ts';

export interface PaletteItem {
  readonly id: string;
  /** What it is: a section, an action, a subject. */
  readonly kind: string;
  readonly name: string;
  readonly run: () => void;
}

/** More names than these nobody looks through: typing finds among all sections and actions, and the first of them. */
const mostNames = 2000;

/** What the palette lists: sections, actions, and everything of the project that has a name. */
export function usePaletteItems(onShowKeys: () => void): PaletteItem[] {
  const project = useProject().id;
  const [, navigate] = useLocation();
  const placeOf = usePlace();
  const actions = useActions(onShowKeys);
  const names = useQuery(queries.projects.names.queryOptions({ input: { project } }));
  const to = (place: `/${string}`) => () => navigate(placeOf(place));
  const isThere = (place: string) => sections.some(({ path }) => place.startsWith(path));
  const places = sections.map(({ path, name }) => ({ id: path, kind: 'section', name, run: to(path) }));
  const entries = (names.data?.entries ?? []).slice(0, mostNames).flatMap(({ kind, name }) => {
    const place = placeOfEntry(kind, name);
    if (place === null || !isThere(place)) return [];
    return [{ id: `${kind} ${name}`, kind: entryKindNames[kind], name, run: to(place) }];
  });
  const regions = (names.data?.regions ?? []).map((name) => {
    const place = `/brain?${new URLSearchParams({ region: name })}` as const;
    return { id: `region ${name}`, kind: 'region', name, run: to(place) };
  });
  return [...places, ...actions, ...entries, ...(isThere('/brain') ? regions : [])];
}

function useActions(onShowKeys: () => void): PaletteItem[] {
  const project = useProject().id;
  const [, navigate] = useLocation();
  const placeOf = usePlace();
  const { held, jobs } = useQueue();
  const hold = useMutation(queries.jobs.hold.mutationOptions());
  const release = useMutation(queries.jobs.release.mutationOptions());
  const pause = useMutation(queries.jobs.pause.mutationOptions());
  const steps = useQuery(queries.overview.get.queryOptions({ input: { project } }));
  const running = jobs.find(({ state }) => state === 'running');
  const action = (name: string, run: () => void): PaletteItem => ({
    id: `do ${name}`,
    kind: 'action',
    name,
    run,
  });
  const next = (steps.data ?? []).flatMap(({ next: { label, place } }) =>
    place === null ? [] : [action(label, () => navigate(placeOf(place)))],
  );
  const unique = next.filter(({ id }, at) => next.findIndex((other) => other.id === id) === at);
  return [
    ...unique,
    held
      ? action('Go on with the queue', () => release.mutate({ project }))
      : action('Hold the queue', () => hold.mutate({ project })),
    ...(running === undefined
      ? []
      : [action(`Pause "${running.label}"`, () => pause.mutate({ project, id: running.id }))]),
    action('All projects', () => navigate('~/')),
    action('List of keys', onShowKeys),
  ];
}

function placeOfEntry(kind: EntryKind, name: string): `/${string}` | null {
  const selecting = (place: `/${string}`, selection: Readonly<Record<string, string>>) =>
    `${place}?${new URLSearchParams(selection)}` as const;
  const [subject = '', model = '', decoder] = name.split('/');
  const result = { subject, model, ...(decoder === undefined ? {} : { decoder }) };
  if (kind === 'faces') return selecting('/faces', { faces: name });
  if (kind === 'model') return selecting('/model', { model: name });
  if (kind === 'subject') return `/subjects/of/${encodeURIComponent(name)}/runs`;
  if (kind === 'decoding') return selecting('/decoding', result);
  if (kind === 'evaluation') return selecting('/evaluation', result);
  return null;
}
