import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';

interface CreateSessionProps {
  readonly taken: readonly string[];
  readonly onMade: (name: string) => void;
}

/** What is to be compared; the article compared VAE-GAN with PCA. */
export function CreateSession({ taken, onMade }: CreateSessionProps) {
  const project = useProject().id;
  const facts = useQuery(queries.gallery.facts.queryOptions({ input: { project } }));
  const create = useMutation(
    queries.rating.create.mutationOptions({ onSuccess: ({ name }) => onMade(name) }),
  );
  const [name, setName] = useState(freeName(taken));
  const [first, setFirst] = useState<string | null>(null);
  const [second, setSecond] = useState<string | null>(null);
  const [seed, setSeed] = useState(1);
  if (facts.error) return <ProblemView error={facts.error} />;
  if (facts.data === undefined) return <p className="waiting">Reading ...</p>;
  const { sources } = facts.data;
  if (sources.length < 2) {
    return (
      <p className="quiet">
        Two latent models or decoders are compared, such as VAE-GAN and PCA. Decode and evaluate the same
        subject with both; the project has {sources.length === 0 ? 'none yet' : `one, ${sources[0].title}`}.
      </p>
    );
  }
  const one = first ?? sources[0].id;
  const other = second ?? (sources.find(({ kind }) => kind === 'pca') ?? sources[1]).id;
  const options = sources.map(({ id, title }) => ({ id, name: title }));
  const given = name.trim();
  return (
    <section className="stack">
      <h2>A new rating session</h2>
      <p className="quiet">
        People say which of two decoded pictures is more like the original. In the article 76.1 % of 1200
        ratings preferred the VAE-GAN to PCA.
      </p>
      <div className="form">
        <TextInput label="Name" value={name} onChange={setName} />
        <Choice label="One" options={options} value={one} onChange={setFirst} />
        <Choice label="The other" options={options} value={other} onChange={setSecond} />
        <NumberInput
          label="Seed"
          description="Of order and sides."
          value={seed}
          onChange={setSeed}
          minValue={0}
        />
      </div>
      <p className="actions">
        <Button
          className="primary"
          isDisabled={one === other || given === '' || create.isPending}
          onPress={() => create.mutate({ project, name: given, first: one, second: other, seed })}
        >
          Make the session
        </Button>
      </p>
      {create.error && <ProblemView error={create.error} />}
    </section>
  );
}

function freeName(taken: readonly string[]): string {
  for (let at = 1; ; at += 1) {
    const name = at === 1 ? 'preference' : `preference ${at}`;
    if (!taken.includes(name)) return name;
  }
}
