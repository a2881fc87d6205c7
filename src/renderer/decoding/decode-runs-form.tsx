import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Checkbox, CheckboxGroup } from 'react-aria-components';
import type { DecoderKind } from '../../shared/decoders.ts';
import { publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { DecoderChoice } from './decoder-choice.tsx';
import type { MappingPlace } from './decoding-names.ts';

const units = [
  { id: 'picture', name: 'a face a picture', description: 'all its trials together, over all chosen runs' },
  { id: 'trial', name: 'a face a trial', description: 'each presentation by itself; noisier' },
] as const;

/** Runs that the mapping was not fitted with: all chosen ones as one, or each by itself. */
export function DecodeRunsForm(place: MappingPlace) {
  const project = useProject().id;
  const [other, setOther] = useState('');
  const [bids, setBids] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [unit, setUnit] = useState<'picture' | 'trial'>('picture');
  const [types, setTypes] = useState('');
  const [decoder, setDecoder] = useState<DecoderKind>(publishedDecoder);
  const [asked, setAsked] = useState<readonly number[]>([]);
  const elsewhere = bids === '' ? {} : { bids };
  const found = useQuery({
    ...queries.decoding.runsToDecode.queryOptions({ input: { project, ...place, ...elsewhere } }),
    staleTime: 0,
  });
  const enqueue = useMutation(
    queries.jobs.enqueue.mutationOptions({ onSuccess: ({ id }) => setAsked((before) => [...before, id]) }),
  );
  const runs = found.data?.runs ?? [];
  const free = runs.filter(({ obstacle }) => obstacle === null);
  const ask = async (batches: readonly (readonly string[])[]) => {
    setAsked([]);
    const named = types
      .split(',')
      .map((type) => type.trim())
      .filter((type) => type !== '');
    for (const batch of batches) {
      await enqueue
        .mutateAsync({
          project,
          request: {
            kind: 'decode-runs',
            ...place,
            ...elsewhere,
            decoder,
            runs: [...batch],
            unit,
            ...(named.length === 0 ? {} : { types: named }),
          },
        })
        // Shown by `enqueue.error`.
        .catch(() => undefined);
    }
  };
  return (
    <section className="card wide">
      <h2>Runs that came later</h2>
      <p>
        What was seen in runs that the mapping was not fitted with. They are modelled as the runs of the fit
        were, with the roles and columns of the subject.
      </p>
      {found.error && <ProblemView error={found.error} onAgain={() => void found.refetch()} />}
      <ProblemList problems={found.data?.problems ?? []} />
      {found.data && free.length === 0 && (
        <p role="status">
          All {runs.length} runs in {found.data.source} were used by the fit, or cannot be read. Put new runs
          of the subject there and look again, or name another folder.
        </p>
      )}
      {free.length > 0 && (
        <CheckboxGroup aria-label="Runs" value={[...chosen]} onChange={setChosen} className="run-list">
          {free.map(({ name, boldPath }) => (
            <Checkbox key={name} value={name} className="checkbox">
              <span className="box" aria-hidden="true" />
              <span title={boldPath}>{name}</span>
            </Checkbox>
          ))}
        </CheckboxGroup>
      )}
      {runs.length > free.length && (
        <details>
          <summary>{runs.length - free.length} runs cannot be decoded</summary>
          <ul>
            {runs
              .filter(({ obstacle }) => obstacle !== null)
              .map(({ name, obstacle }) => (
                <li key={name}>
                  {name} <span className="quiet">{obstacle}</span>
                </li>
              ))}
          </ul>
        </details>
      )}
      <FolderField
        label="Another folder of this subject"
        value={other}
        onChange={setOther}
        description="In the same space and on the same grid as the runs of the fit. Empty: where the subject came from."
      />
      <p className="actions">
        <Button
          onPress={() => {
            setChosen([]);
            setBids(other.trim());
            void found.refetch();
          }}
        >
          Look again
        </Button>
        <Button isDisabled={free.length === 0} onPress={() => setChosen(free.map(({ name }) => name))}>
          Choose all {free.length}
        </Button>
      </p>
      <div className="form">
        <Choice label="What is decoded" options={units} value={unit} onChange={setUnit} />
        <DecoderChoice place={place} value={decoder} onChange={setDecoder} />
        <TextInput
          label="Trial types"
          value={types}
          onChange={setTypes}
          description="By commas; empty: those of faces and imagery."
        />
      </div>
      <p className="actions">
        <Button
          className="primary"
          isDisabled={chosen.length === 0 || enqueue.isPending}
          onPress={() => void ask([chosen])}
        >
          {chosen.length < 2 ? 'Decode the run' : `Decode the ${chosen.length} runs together`}
        </Button>
        {chosen.length > 1 && (
          <Button isDisabled={enqueue.isPending} onPress={() => void ask(chosen.map((run) => [run]))}>
            One after another, each by itself
          </Button>
        )}
      </p>
      {enqueue.error && <ProblemView error={enqueue.error} />}
      {asked.map((id) => (
        <JobStatus key={id} id={id} />
      ))}
    </section>
  );
}
