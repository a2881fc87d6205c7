import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useProject } from '../../app/project.tsx';
import { queries } from '../../client/api.ts';
import { Choice } from '../../components/choice.tsx';
import { JobStatus } from '../../components/job-status.tsx';
import { NumberInput } from '../../components/number-input.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { TextInput } from '../../components/text-input.tsx';
import type { Selection } from '../../app/selection.ts';
import { useEnqueue } from '../../jobs/use-enqueue.ts';

const kinds = [
  { id: 'attribute', name: 'An attribute' },
  { id: 'latent', name: 'One latent' },
  { id: 'face', name: 'One decoded face' },
] as const;

/** Asks for maps of weights: of a latent, an attribute, a decoded face. They appear among the overlays when they are made. */
export function MapRequest({
  subject,
  selection,
}: {
  readonly subject: string;
  readonly selection: Selection;
}) {
  const project = useProject().id;
  const mappings = useQuery(queries.decoding.mappings.queryOptions({ input: { project } }));
  const faceSets = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const models = (mappings.data ?? [])
    .filter(({ name }) => name.startsWith(`${subject}/`))
    .map(({ name }) => name.slice(subject.length + 1));
  const labelled = (faceSets.data ?? []).filter(({ labels }) => labels.length > 0);
  const [model, setModel] = useState<string | null>(selection.model ?? null);
  const [kind, setKind] = useState<(typeof kinds)[number]['id']>(
    selection.latent !== undefined ? 'latent' : selection.stimulus !== undefined ? 'face' : 'attribute',
  );
  const [latent, setLatent] = useState(Number(selection.latent ?? 0) + 1);
  const [attribute, setAttribute] = useState(selection.attribute ?? 'Male=1');
  const [face, setFace] = useState(selection.stimulus ?? '');
  const { id, error, isPending, enqueue } = useEnqueue();
  const chosen = models.find((each) => each === model) ?? models[0];
  if (mappings.data !== undefined && chosen === undefined) {
    return (
      <p className="quiet">Weights are mapped once a mapping of this subject is fitted, under Subjects.</p>
    );
  }
  const faces = labelled.find(({ name }) => !name.startsWith('stimuli-'))?.name ?? labelled[0]?.name;
  const hasTarget = kind === 'latent' ? latent >= 1 : kind === 'face' ? face !== '' : attribute.includes('=');
  const request = () =>
    chosen !== undefined &&
    enqueue({
      kind: 'map-weights',
      subject,
      model: chosen,
      latents: kind === 'latent' ? [latent] : [],
      attributes: kind === 'attribute' ? [attribute] : [],
      testFaces: kind === 'face' ? [face] : [],
      ...(faces === undefined ? {} : { faces }),
    });
  return (
    <div className="stack">
      <Choice label="Maps of" options={kinds} value={kind} onChange={setKind} />
      <Choice
        label="Latent model"
        options={models.map((each) => ({ id: each, name: each }))}
        value={chosen ?? null}
        onChange={setModel}
      />
      {kind === 'latent' && (
        <NumberInput
          label="Latent"
          description="Counted from 1"
          value={latent}
          minValue={1}
          onChange={setLatent}
        />
      )}
      {kind === 'attribute' && (
        <TextInput
          label="Attribute"
          description={`Column=value of the labels of "${faces ?? 'a labelled face set'}"`}
          value={attribute}
          onChange={setAttribute}
        />
      )}
      {kind === 'face' && (
        <TextInput label="Test face" description="Its stimulus file" value={face} onChange={setFace} />
      )}
      <p className="actions">
        <Button
          isDisabled={!hasTarget || isPending || (kind === 'attribute' && faces === undefined)}
          onPress={request}
        >
          Make the maps
        </Button>
      </p>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </div>
  );
}
