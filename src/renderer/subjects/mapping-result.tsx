import { useQuery } from '@tanstack/react-query';
import { PlaceLink } from '../app/place.tsx';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';

const facts = [
  ['voxels', 'voxels considered'],
  ['respondToFaces', 'respond to faces'],
  ['gainFromLatents', 'gain from the latents'],
  ['selected', 'pass both and are decoded from'],
  ['testFaces', 'test faces'],
] as const;

/** What the mapping that is there found. */
export function MappingResult({ subject, model }: { readonly subject: string; readonly model: string }) {
  const project = useProject().id;
  const mappings = useQuery(queries.decoding.mappings.queryOptions({ input: { project } }));
  const mapping = mappings.data?.find(({ name }) => name === `${subject}/${model}`);
  if (mapping === undefined) return null;
  return (
    <section className="card wide">
      <h2>The mapping that is there</h2>
      <dl className="facts">
        {facts.map(([key, words]) => (
          <div key={key}>
            <dt>{words}</dt>
            <dd>{String(mapping.summary[key] ?? '–')}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">Fitted {mapping.finishedAt?.slice(0, 16).replace('T', ' ')} UTC.</p>
      <p>
        <PlaceLink to={`/decoding?subject=${encodeURIComponent(subject)}&model=${encodeURIComponent(model)}`}>
          Go on: decode
        </PlaceLink>
      </p>
    </section>
  );
}
