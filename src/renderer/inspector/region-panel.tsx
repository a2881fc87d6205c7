import { useQuery } from '@tanstack/react-query';
import type { RegionEvaluation } from '../../shared/evaluation.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { number } from './numbers.ts';
import { Panel, type PanelProps, SelectionLink } from './panel.tsx';

/** A region: what it decodes alone, and what remains without it. */
export function RegionPanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const wanted = selection.region ?? '';
  const region = wanted.startsWith('without-') ? wanted.slice('without-'.length) : wanted;
  const evaluations = useQuery(queries.evaluation.list.queryOptions({ input: { project } }));
  const names = (evaluations.data ?? [])
    .map(({ name }) => name)
    .filter((name) => selection.subject === undefined || name.startsWith(`${selection.subject}/`));
  return (
    <Panel kind="Region" name={region} of={['region']}>
      <table>
        <thead>
          <tr>
            <th scope="col">Pairwise (chance 0.50)</th>
            <th scope="col" className="number">
              alone
            </th>
            <th scope="col" className="number">
              all but it
            </th>
          </tr>
        </thead>
        <tbody>
          {names.slice(0, 8).map((name) => (
            <Scores key={name} project={project} name={name} region={region} />
          ))}
        </tbody>
      </table>
      <p className="inspect-links">
        <SelectionLink to="/gallery" change={{ region }}>
          Faces from it alone
        </SelectionLink>
        <SelectionLink to="/gallery" change={{ region: `without-${region}` }}>
          Faces from all but it
        </SelectionLink>
        <SelectionLink to="/brain" change={{ region }}>
          Show on the brain
        </SelectionLink>
      </p>
    </Panel>
  );
}

function Scores({
  project,
  name,
  region,
}: {
  readonly project: string;
  readonly name: string;
  readonly region: string;
}) {
  const { data } = useQuery(queries.evaluation.get.queryOptions({ input: { project, name } }));
  const alone = data?.regions.find((candidate) => candidate.name === region);
  const without = data?.regions.find((candidate) => candidate.excluded === region);
  if (data === undefined || alone === undefined) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="number" title={scoreText(alone)}>
        {number(alone.pairwise.value)}
      </td>
      <td className="number" title={without && scoreText(without)}>
        {number(without?.pairwise.value)}
      </td>
    </tr>
  );
}

function scoreText({ nVoxels, pairwise: { lower, upper, p, n } }: RegionEvaluation): string {
  const interval = lower === undefined ? '' : `, 95 % CI ${number(lower)} to ${number(upper)}`;
  return `${nVoxels} voxels, ${n} test faces${interval}${p === undefined ? '' : `, p = ${p.toPrecision(2)}`}`;
}
