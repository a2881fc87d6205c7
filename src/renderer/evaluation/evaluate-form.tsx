import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { TextInput } from '../components/text-input.tsx';
import { RunJob } from './run-job.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** What scores are computed with, before they are: the defaults are those of the command line. */
export function EvaluateForm({ of }: { readonly of: Evaluated }) {
  const project = useProject().id;
  const faces = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const [permutations, setPermutations] = useState(10_000);
  const [seed, setSeed] = useState(1);
  const [gender, setGender] = useState('');
  const [labelled, setLabelled] = useState('');
  const [discriminator, setDiscriminator] = useState('');
  const sets = faces.data?.filter(({ labels }) => labels.length > 0) ?? [];
  const from = labelled === '' ? (sets[0]?.name ?? '') : labelled;
  const gans = models.data?.filter(({ kind }) => kind === 'vaegan') ?? [];
  const [column, positive = '1'] = gender.split('=');
  const request = {
    kind: 'evaluate-subject',
    subject: of.subject,
    model: of.model,
    decoder: decoderKinds.find((known) => known === of.decoder) ?? publishedDecoder,
    permutations,
    seed,
    ...(column === '' || from === '' ? {} : { gender: { faces: from, column, positive } }),
    ...(discriminator === '' ? {} : { discriminator }),
  } as const;
  return (
    <section className="stack">
      <h2>Not evaluated yet</h2>
      <p className="quiet">
        Subject {of.subject} was decoded through "{of.model}" ({of.decoder}). Its codes and pictures are
        compared with those of the faces that were shown: a few seconds, longer with many test faces.
      </p>
      <div className="form">
        <NumberInput
          label="Permutations"
          description="Of the test faces, for p; 10,000 give p down to 0.0001. The article drew 1,000,000 sums of ranks: that test stands beside it."
          value={permutations}
          onChange={setPermutations}
          minValue={1}
          maxValue={10_000_000}
        />
        <NumberInput label="Seed" value={seed} onChange={setSeed} minValue={0} />
        {sets.length > 0 && (
          <>
            <Choice
              label="Labelled faces"
              description="From which the axis of gender is taken; the article took 20,000 faces of CelebA."
              options={sets.map(({ name }) => ({ id: name, name }))}
              value={from}
              onChange={setLabelled}
            />
            <TextInput
              label="Gender"
              description="The label of men as column=value, such as Male=1; empty: gender is not read."
              value={gender}
              onChange={setGender}
            />
          </>
        )}
        {gans.length > 0 && (
          <Choice
            label="Discriminator that looks at the pictures"
            description="Principal components have none of their own."
            options={[{ id: '', name: "the model's own" }, ...gans.map(({ name }) => ({ id: name, name }))]}
            value={discriminator}
            onChange={setDiscriminator}
          />
        )}
      </div>
      <RunJob label="Evaluate" request={request} />
    </section>
  );
}
