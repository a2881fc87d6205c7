import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Facts, Panel, type PanelProps, SelectionLink } from './panel.tsx';

/** A latent model. */
export function ModelPanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const name = selection.model ?? '';
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const model = models.data?.find((candidate) => candidate.name === name);
  return (
    <Panel kind="Model" name={name} of={['model']}>
      {model === undefined ? (
        !models.isPending && <p className="quiet">The project has no model of this name.</p>
      ) : (
        <Facts
          of={[
            ['kind', model.kind],
            ['latents', model.latentDim],
            ['pictures', `${model.imageSize} x ${model.imageSize} px`],
          ]}
        />
      )}
      <p className="inspect-links">
        <SelectionLink to="/model">Model</SelectionLink>
        <SelectionLink to="/gallery">Gallery</SelectionLink>
      </p>
    </Panel>
  );
}
