import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { useState } from 'react';
import type { MappingPlace } from './decoding-names.ts';
import { DecodeFileForm } from './decode-file-form.tsx';
import { DecodeRunsForm } from './decode-runs-form.tsx';
import { ExportForm } from './export-form.tsx';
import { FaceStrip } from './face-strip.tsx';

/** Runs and patterns that came after the fit, decoded by the mapping that is there. */
export function NewRunsPage(place: MappingPlace) {
  return (
    <>
      <DecodeRunsForm {...place} />
      <DecodeFileForm {...place} />
      <OfflineResults {...place} />
    </>
  );
}

function OfflineResults({ subject, model }: MappingPlace) {
  const project = useProject().id;
  const offline = useQuery(queries.decoding.offline.queryOptions({ input: { project } }));
  const [chosen, setChosen] = useState<string | null>(null);
  const own = offline.data?.filter((one) => one.subject === subject && one.model === model) ?? [];
  const result = own.find(({ name }) => name === chosen) ?? own[0];
  const faces = useQuery({
    ...queries.decoding.faces.queryOptions({
      input: { project, kind: 'offline-decoding', name: result?.name ?? '' },
    }),
    enabled: result !== undefined,
  });
  const error = offline.error ?? faces.error;
  if (error) return <ProblemView error={error} />;
  if (result === undefined) {
    return (
      <p className="quiet">
        What is decoded of new runs and files is listed here, and kept with the project.
      </p>
    );
  }
  return (
    <section className="stack">
      <h2>Decoded</h2>
      <Choice
        label="Decoding"
        options={own.map(({ name, label, decoder, patterns, finishedAt }) => ({
          id: name,
          name: `${label}, ${decoder}`,
          description: `${patterns} patterns, ${finishedAt?.slice(0, 16).replace('T', ' ') ?? ''} UTC`,
        }))}
        value={result.name}
        onChange={setChosen}
      />
      {faces.data && (
        <FaceStrip
          key={result.name}
          columns={[{ title: `decoded, ${result.decoder}`, faces: faces.data }]}
          describe={({ trialType, onset, presentations }) =>
            [
              trialType,
              typeof onset === 'number' ? `${onset.toFixed(1)} s` : null,
              presentations === undefined
                ? null
                : `${presentations} ${presentations === 1 ? 'presentation' : 'presentations'}`,
            ]
              .filter((part) => part !== null && part !== undefined)
              .join(', ')
          }
        />
      )}
      <ExportForm kind="offline-decoding" names={[result.name]} />
    </section>
  );
}
