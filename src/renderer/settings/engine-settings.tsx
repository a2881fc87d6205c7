import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { queries, queryClient } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { Choice, type Option } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';

type EngineName = 'auto' | 'native' | 'webgpu' | 'wasm';

const options: readonly Option<EngineName>[] = [
  { id: 'auto', name: 'The best that works', description: 'Tried in the order of their speed.' },
  { id: 'native', name: 'Native TensorFlow', description: 'The fastest; CUDA or CPU.' },
  { id: 'webgpu', name: 'WebGPU', description: 'Graphics cards of every maker.' },
  { id: 'wasm', name: 'WebAssembly', description: 'Works everywhere.' },
];

/** What this machine has to compute with, what would be used and why, and the choice of another. */
export function EngineSettings() {
  const doctor = useQuery(queries.settings.doctor.queryOptions());
  const engines = useQuery(queries.settings.engines.queryOptions());
  const { bytes, count } = useNumbers();
  if (doctor.error) return <ProblemView error={doctor.error} onAgain={() => void doctor.refetch()} />;
  if (engines.error) return <ProblemView error={engines.error} onAgain={() => void engines.refetch()} />;
  if (doctor.data === undefined || engines.data === undefined) {
    return <p className="quiet">Trying every engine in a process of its own; some seconds ...</p>;
  }
  const { processor, cores, memoryBytes, platform, node, fusiform } = doctor.data;
  const { chosen, settings } = engines.data;
  return (
    <>
      <p>
        {processor}, {count(cores)} {cores === 1 ? 'core' : 'cores'}, {bytes(memoryBytes)} of memory;{' '}
        {platform}, Node {node}, Fusiform {fusiform}.
      </p>
      <p>
        <strong>{chosen.kind ?? 'None'}</strong> is used: {chosen.reason}.
      </p>
      <table className="engines">
        <thead>
          <tr>
            <th scope="col">Engine</th>
            <th scope="col">State</th>
            <th scope="col">Device</th>
          </tr>
        </thead>
        <tbody>
          {engines.data.engines.map(({ kind, available, ...facts }) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              <td>{available ? 'works' : `cannot be used: ${textOf(facts.reason)}`}</td>
              <td>
                {textOf(facts.device)} {textOf(facts.version)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <EngineForm key={settings} set={engines.data.set} threads={engines.data.threads} cores={cores} />
      <p className="quiet">
        Kept in <span className="path">{settings}</span>, for the command line too. `fusiform engine install`
        brings the native engine. A job that runs goes on as it began.
      </p>
    </>
  );
}

interface EngineFormProps {
  readonly set: EngineName | null;
  readonly threads: number | null;
  readonly cores: number;
}

function EngineForm({ set, threads, cores }: EngineFormProps) {
  const [engine, setEngine] = useState<EngineName>(set ?? 'auto');
  const [count, setCount] = useState(threads ?? Number.NaN);
  const use = useMutation(
    queries.settings.useEngine.mutationOptions({
      onSuccess: (report) => queryClient.setQueryData(queries.settings.engines.queryKey(), report),
    }),
  );
  return (
    <>
      <div className="form">
        <Choice label="Use" options={options} value={engine} onChange={setEngine} />
        <NumberInput
          label="Threads"
          description={`Empty: as many as the process may use (${cores}).`}
          minValue={1}
          maxValue={1024}
          value={count}
          onChange={setCount}
        />
      </div>
      <p className="actions">
        <Button
          className="primary"
          isDisabled={use.isPending}
          onPress={() => use.mutate({ engine, ...(Number.isNaN(count) ? {} : { threads: count }) })}
        >
          {use.isPending ? 'Trying it ...' : 'Use it'}
        </Button>
        {use.isSuccess && <span role="status">Set.</span>}
      </p>
      {use.error && <ProblemView error={use.error} />}
    </>
  );
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
