import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Checkbox, Form } from 'react-aria-components';
import { Link, useSearchParams } from 'wouter';
import type { trainModelRequest } from '../../shared/contract/job-requests.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';
import { Estimate } from './estimate.tsx';
import { PresetTable } from './preset-table.tsx';

type Network = 'vaegan' | 'vae' | 'pca';
type Preset = 'paper' | 'small' | 'tiny';
export type TrainRequest = Omit<typeof trainModelRequest._zod.input, 'kind'> & {
  readonly kind: 'train-model';
};

const networks = [
  {
    id: 'vaegan',
    name: 'VAE-GAN',
    description: 'The paper: a VAE whose decoder learns against a discriminator',
  },
  { id: 'vae', name: 'VAE', description: 'The same network without a discriminator' },
  { id: 'pca', name: 'PCA', description: "The paper's baseline: principal components, minutes at most" },
] as const;

const presets = [
  { id: 'tiny', name: 'tiny', description: '32 pixels, 64 latents: to try things, minutes on two cores' },
  { id: 'small', name: 'small', description: '64 pixels, 128 latents: an hour on two cores' },
  { id: 'paper', name: 'paper', description: '128 pixels, 1024 latents, as published: a graphics card' },
] as const;

/** Asks for a training: from a preset or from another model, with every value in sight and what it will take. */
export function TrainPage() {
  const project = useProject().id;
  const sets = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const [parameters] = useSearchParams();
  if (sets.error) return <ProblemView error={sets.error} />;
  if (sets.data === undefined) return <p className="waiting">Reading the face sets ...</p>;
  if (sets.data.length === 0) {
    return (
      <p>
        A model is trained on a face set, and the project has none:{' '}
        <Link href={`~/projects/${project}/faces/import`}>import faces</Link> first.
      </p>
    );
  }
  const fork = parameters.get('fork');
  return <TrainForm key={fork ?? ''} sets={sets.data.map(({ name }) => name)} fork={fork} />;
}

function TrainForm({ sets, fork }: { readonly sets: readonly string[]; readonly fork: string | null }) {
  const [faces, setFaces] = useState(sets[0] ?? '');
  const [network, setNetwork] = useState<Network>('vaegan');
  const [name, setName] = useState(fork === null ? 'vaegan' : `${fork.split('@')[0]}-fork`);
  const [preset, setPreset] = useState<Preset>('tiny');
  const [changes, setChanges] = useState<Readonly<Record<string, string>>>({});
  const [epochs, setEpochs] = useState(Number.NaN);
  const [heldOut, setHeldOut] = useState(0.1);
  const [seed, setSeed] = useState(1);
  const [baseline, setBaseline] = useState(true);
  const { id, enqueue, error, isPending } = useEnqueue();
  const shared = { faces, name: name.trim(), preset, heldOut, seed };
  const training: TrainRequest | null =
    network === 'pca'
      ? null
      : {
          kind: 'train-model',
          ...shared,
          network,
          baseline,
          set: Object.entries(changes).map(([path, value]) => `${path}=${value}`),
          ...(fork === null ? {} : { fork }),
          ...(Number.isNaN(epochs) ? {} : { epochs }),
        };
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        enqueue(training ?? { kind: 'fit-pca', ...shared });
      }}
    >
      {fork !== null && (
        <p>
          Starts from the weights of <strong>{fork}</strong> with its own values; those below that you change
          are changed. <Link href="/train">Start from a preset instead</Link>
        </p>
      )}
      <div className="form">
        <Choice
          label="Network"
          options={networks}
          value={network}
          onChange={(next) => {
            setNetwork(next);
            if (fork === null && networks.some((each) => each.id === name)) setName(next);
          }}
        />
        <TextInput label="Name of the model" value={name} onChange={setName} />
        <Choice
          label="Face set"
          options={sets.map((each) => ({ id: each, name: each }))}
          value={faces}
          onChange={setFaces}
        />
        {fork === null && <Choice label="Preset" options={presets} value={preset} onChange={setPreset} />}
        {network !== 'pca' && (
          <NumberInput
            label="Epochs"
            description="Passes through the training faces; empty: the steps of the preset. The paper: 15 (VanRullen & Reddy 2019)."
            minValue={0.01}
            value={epochs}
            onChange={setEpochs}
          />
        )}
        <NumberInput
          label="Held out"
          description="Share of the faces kept out of training, to judge by. Default 0.1; the paper does not say."
          minValue={0}
          maxValue={0.9}
          step={0.01}
          value={heldOut}
          onChange={(value) => setHeldOut(Number.isNaN(value) ? 0.1 : value)}
        />
        <NumberInput
          label="Seed"
          description="The same seed on the same engine gives the same model."
          minValue={0}
          value={seed}
          onChange={(value) => setSeed(Number.isNaN(value) ? 1 : value)}
        />
      </div>
      {network !== 'pca' && (
        <Checkbox className="checkbox" isSelected={baseline} onChange={setBaseline}>
          <span className="box" aria-hidden="true" />
          Fit principal components of the same number first, as the line to beat
        </Checkbox>
      )}
      {network !== 'pca' && (
        <PresetTable preset={preset} isFork={fork !== null} changes={changes} onChange={setChanges} />
      )}
      {training !== null && <Estimate request={training} />}
      <p className="actions">
        <Button
          type="submit"
          className="primary"
          isDisabled={name.trim() === '' || faces === '' || isPending}
        >
          {network === 'pca' ? 'Fit' : 'Start training'}
        </Button>
        {id !== null && <Link href={`/of/${encodeURIComponent(name.trim())}`}>Watch it train</Link>}
      </p>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </Form>
  );
}
