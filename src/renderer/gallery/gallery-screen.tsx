import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import type { GalleryFacts, GalleryView } from '../../shared/contract/gallery.ts';
import { PlaceLink } from '../app/place.tsx';
import { useProject, useQueue } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { columnsOf, directionText, regionName, scoreNames } from '../../shared/gallery-columns.ts';
import './gallery.css';
import { ExportDialog } from './export-dialog.tsx';
import { GalleryBar } from './gallery-bar.tsx';
import { GalleryGrid } from './gallery-grid.tsx';
import { useGallerySettings } from './view-state.ts';

/** Every decoded face of the project, row by row. */
export function GalleryScreen() {
  const project = useProject();
  const facts = useQuery(queries.gallery.facts.queryOptions({ input: { project: project.id } }));
  if (facts.error) return <ProblemView error={facts.error} onAgain={() => void facts.refetch()} />;
  if (facts.data === undefined) return <p className="waiting">Reading the decoded faces ...</p>;
  if (facts.data.rows === 0) return <Nothing notes={facts.data.notes} />;
  return <Faces project={project.id} facts={facts.data} />;
}

function Nothing({ notes }: { readonly notes: readonly string[] }) {
  return (
    <div className="stack">
      <h1>Gallery</h1>
      <p>
        Here stands every test face beside what was decoded from the brain, once a subject was decoded and
        evaluated.
      </p>
      {notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      <p className="actions">
        <PlaceLink to="/decoding">Decode a subject</PlaceLink>
        <PlaceLink to="/evaluation">Evaluate what was decoded</PlaceLink>
        <PlaceLink to="/overview">The next step, or the demo</PlaceLink>
      </p>
    </div>
  );
}

function Faces({ project, facts }: { readonly project: string; readonly facts: GalleryFacts }) {
  const [settings, change] = useGallerySettings();
  const [isBlinking, setBlinking] = useState(false);
  const all = columnsOf(facts);
  const columns = all.filter(({ id }) => !settings.hidden.includes(id));
  const view = wholeView(settings.view, facts);
  const place = usePlace(project, view);
  const selected = useRowAt(project, view, place);
  return (
    <div className="gallery">
      <h1>Gallery</h1>
      <GalleryBar facts={facts} settings={settings} columns={all} onChange={change}>
        <ToggleButton className="toggle" isSelected={isBlinking} onChange={setBlinking}>
          Blink (b)
        </ToggleButton>
        <ExportDialog
          project={project}
          view={view}
          columns={columns.map(({ id }) => id)}
          selected={selected}
        />
        <NearestButton project={project} facts={facts} />
      </GalleryBar>
      <ViewText project={project} facts={facts} view={view} />
      {facts.notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      <GalleryGrid
        project={project}
        facts={facts}
        view={view}
        columns={columns}
        zoom={settings.zoom}
        isBlinking={isBlinking}
        onBlink={() => setBlinking((before) => !before)}
        place={place}
      />
      <p className="quiet gallery-foot">
        Each picture is scaled by itself: values 0 to 1 of its own, nothing is taken from other pictures;
        enlarged without smoothing. Move the pointer over a decoded picture to wipe the original over it (keys
        , and .).
      </p>
    </div>
  );
}

/** An address may name no source to sort by: then the first one is meant. */
function wholeView(view: GalleryView, { sources }: GalleryFacts): GalleryView {
  const known = sources.some(({ id }) => id === view.order.source);
  return known ? view : { ...view, order: { ...view.order, source: sources[0]?.id ?? '' } };
}

/** Where the selected stimulus stands in the view. */
function usePlace(project: string, view: GalleryView): number | null {
  const [{ subject, stimulus }] = useSelection();
  const isAsked = subject !== undefined && stimulus !== undefined;
  const place = useQuery({
    ...queries.gallery.place.queryOptions({
      input: { project, view, subject: subject ?? '-', stimulus: stimulus ?? '' },
    }),
    enabled: isAsked,
  });
  return isAsked ? (place.data ?? null) : null;
}

/** The row at a place; null where there is none. */
function useRowAt(project: string, view: GalleryView, place: number | null) {
  const { data } = useQuery({
    ...queries.gallery.rows.queryOptions({ input: { project, view, from: place ?? 0, count: 1 } }),
    enabled: place !== null,
  });
  const row = place === null ? undefined : data?.rows[0];
  return row === undefined ? null : { id: row.id, name: row.stimulus };
}

/** Which rows are shown, in words, with what chance would score. */
function ViewText({
  project,
  facts,
  view,
}: {
  readonly project: string;
  readonly facts: GalleryFacts;
  readonly view: GalleryView;
}) {
  const { data } = useQuery(
    queries.gallery.rows.queryOptions({ input: { project, view, from: 0, count: 50 } }),
  );
  const { by, descending, source } = view.order;
  const found = facts.sources.find(({ id }) => id === source);
  const order =
    by === 'study'
      ? 'in the order of the study'
      : `by ${by === 'name' ? 'name' : `${scoreNames[by]} of ${found?.title ?? source}`}, ${directionText(by, descending).toLowerCase()}`;
  const chance = found?.chance[0];
  const scores = [
    ...(chance === undefined ? [] : [`rank ${(chance.faces + 1) / 2} of ${chance.faces}`, 'pairwise 0.5']),
    ...(chance?.ssim == null ? [] : [`SSIM ${chance.ssim.toFixed(2)}`]),
    ...(chance?.pixCorr == null ? [] : [`PixCorr ${chance.pixCorr.toFixed(2)}`]),
  ];
  return (
    <p className="gallery-text">
      {data?.total ?? '...'} of {facts.rows} faces {order}; decoded from {regionName(view.region)}.
      {scores.length > 0 && <span className="quiet"> Chance: {scores.join(', ')}.</span>}
    </p>
  );
}

/** Asks for the nearest training faces of what has none yet. */
function NearestButton({ project, facts }: { readonly project: string; readonly facts: GalleryFacts }) {
  const enqueue = useMutation(queries.jobs.enqueue.mutationOptions());
  const { jobs } = useQueue();
  const missing = facts.sources.flatMap((source) =>
    source.withoutNearest.map((subject) => ({
      subject,
      model: source.model,
      decoder: decoderKinds.find((kind) => kind === source.decoder) ?? publishedDecoder,
    })),
  );
  const isUnderWay = jobs.some(
    ({ request, state }) =>
      request.kind === 'nearest-training' && (state === 'running' || state === 'waiting'),
  );
  if (missing.length === 0) return null;
  return (
    <>
      <Button
        isDisabled={isUnderWay || enqueue.isPending}
        onPress={() => {
          for (const one of missing)
            enqueue.mutate({ project, request: { kind: 'nearest-training', ...one } });
        }}
      >
        {isUnderWay ? 'Looking for training faces ...' : 'Find nearest training faces'}
      </Button>
      {enqueue.error && <ProblemView error={enqueue.error} />}
    </>
  );
}
