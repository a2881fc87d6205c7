import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Checkbox } from 'react-aria-components';
import { Link } from 'wouter';
import type { FittedWith } from '../../shared/contract/decoding.ts';
import type { SubjectFacts } from '../../shared/contract/subjects.ts';
import { PlaceLink } from '../app/place.tsx';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { DesignView } from './design-view.tsx';
import { defaultFit, mapRequest, settingsOf } from './fit-settings.ts';
import { MappingResult } from './mapping-result.tsx';
import { ParameterForm } from './parameter-form.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';
import { VoxelForm } from './voxel-form.tsx';
import { VoxelPreview } from './voxel-preview.tsx';

/** The linear model of a subject's voxels for one latent model: settings, design, voxels, fit, result. */
export function MappingPage({ subject }: { readonly subject: SubjectFacts }) {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const names = models.data?.map(({ name }) => name) ?? [];
  const model =
    names.find((name) => name === selection.model) ?? names.find((name) => name === 'vaegan') ?? names[0];
  const fitted = useQuery({
    ...queries.decoding.fittedWith.queryOptions({
      input: { project, subject: subject.name, model: model ?? '' },
    }),
    enabled: model !== undefined,
  });
  if (models.error) return <ProblemView error={models.error} />;
  if (fitted.error) return <ProblemView error={fitted.error} />;
  if (models.data === undefined) return <p className="waiting">Reading ...</p>;
  if (model === undefined) {
    return (
      <section className="card empty">
        <h2>No latent model yet</h2>
        <p>The mapping is from the latents of a model to voxels: train a VAE-GAN or fit a PCA first.</p>
        <PlaceLink to="/model" className="button">
          Go to Model
        </PlaceLink>
      </section>
    );
  }
  if (fitted.data === undefined) return <p className="waiting">Reading ...</p>;
  return (
    <div className="stack">
      <div className="form">
        <Choice
          label="Latent model"
          options={names.map((name) => ({ id: name, name }))}
          value={model}
          onChange={(name) => select({ model: name }, { replace: true })}
        />
      </div>
      <FitForm key={model} subject={subject} model={model} fitted={fitted.data} />
    </div>
  );
}

interface FitFormProps {
  readonly subject: SubjectFacts;
  readonly model: string;
  readonly fitted: FittedWith | null;
}

function FitForm({ subject, model, fitted }: FitFormProps) {
  const [fit, setFit] = useState(() => (fitted === null ? defaultFit : settingsOf(fitted)));
  const [withDecoders, setWithDecoders] = useState(false);
  const { id, error, isPending, enqueue } = useEnqueue();
  const preview = useEnqueue();
  const request = mapRequest(subject.name, model, fit);
  const lacksFaces = subject.trainFaces === 0 || subject.testFaces === 0;
  return (
    <>
      <MappingResult subject={subject.name} model={model} />
      <section className="card wide">
        <h2>The model of a run</h2>
        {fitted !== null && <p className="quiet">The settings are those that the mapping was fitted with.</p>}
        <div className="split">
          <ParameterForm settings={fit.settings} onChange={(settings) => setFit({ ...fit, settings })} />
          <DesignView subject={subject} settings={fit.settings} />
        </div>
      </section>
      <section className="card wide">
        <h2>Voxels</h2>
        <VoxelForm fit={fit} onChange={setFit} />
        <p className="actions">
          <Button
            isDisabled={lacksFaces || preview.isPending}
            onPress={() => preview.enqueue({ kind: 'preview-voxels', ...request })}
          >
            How many voxels remain?
          </Button>
          <span className="quiet">Computes the sums of all runs, which the fit then finds done.</span>
        </p>
        {preview.error && <ProblemView error={preview.error} />}
        <JobStatus id={preview.id} />
        <VoxelPreview subject={subject.name} model={model} id={preview.id} />
      </section>
      <section className="card wide">
        <h2>Fit</h2>
        {lacksFaces && (
          <p>
            The roles name no training or no test faces:{' '}
            <Link href={`/of/${subject.name}/roles`}>give them roles first</Link>.
          </p>
        )}
        <Checkbox className="checkbox" isSelected={withDecoders} onChange={setWithDecoders}>
          <span className="box" aria-hidden="true" />
          And the decoders beside the paper's (ridge, posterior, dual ridge), tuned by cross-validation over
          runs
        </Checkbox>
        <p className="actions">
          <Button
            className="primary"
            isDisabled={lacksFaces || isPending}
            onPress={() =>
              enqueue(withDecoders ? { kind: 'fit-decoders', ...request } : { kind: 'fit-map', ...request })
            }
          >
            {withDecoders ? 'Fit the mapping and the decoders' : 'Fit the mapping'}
          </Button>
          <span className="quiet">
            {subject.runs.length} runs, {subject.runs.reduce((sum, { nVolumes }) => sum + nVolumes, 0)}{' '}
            volumes.
            {withDecoders && ' Tuning estimates a pattern for every training trial: minutes to hours.'}
            {fitted !== null && ' What was decoded with the mapping before becomes stale.'}
          </span>
        </p>
        {error && <ProblemView error={error} />}
        <JobStatus id={id} />
      </section>
    </>
  );
}
