import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { MapTargetName, TargetMaps } from '../../shared/contract/links.ts';
import { useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import type { MappingName } from './mapping-of.ts';
import { significant, shareText } from './numbers.ts';
import { SelectionLink, SelectButton } from './panel.tsx';

const kindNames: Readonly<Record<string, string>> = {
  encodingWeight: 'encoding weights',
  decoderWeight: 'decoder weights',
  haufePattern: 'activation pattern',
  contribution: 'contributions',
};

/** Maps of a target on the brain, or the offer to make them. */
export function TargetMapsView({
  mapping,
  target,
  faces,
  withVoxels = true,
}: {
  readonly mapping: MappingName;
  readonly target: MapTargetName;
  /** Whether the strongest voxels are listed. */
  readonly withVoxels?: boolean;
  /** The labelled face set, for attributes. */
  readonly faces?: string;
}) {
  const maps = useQuery(queries.links.maps.queryOptions({ input: { ...mapping, target } }));
  if (maps.error) return <ProblemView error={maps.error} />;
  if (maps.data === undefined) return <p className="quiet">Looking for maps ...</p>;
  if (maps.data.maps.length === 0) return <AskForMaps mapping={mapping} target={target} faces={faces} />;
  return (
    <>
      <p className="inspect-links">
        <span className="quiet">On the brain:</span>
        {maps.data.maps.map(({ kind, id, description }) => (
          <span key={kind} title={description}>
            <SelectionLink to="/brain" change={{ map: id }} without={['layers']}>
              {kindNames[kind] ?? kind}
            </SelectionLink>
          </span>
        ))}
      </p>
      <RegionParts maps={maps.data} isFace={target.kind === 'face'} />
      {withVoxels && <StrongestVoxels strongest={maps.data.strongest} />}
    </>
  );
}

function AskForMaps({
  mapping: { project, subject, model },
  target,
  faces,
}: {
  readonly mapping: MappingName;
  readonly target: MapTargetName;
  readonly faces: string | undefined;
}) {
  const enqueue = useMutation(queries.jobs.enqueue.mutationOptions());
  const { jobs } = useQueue();
  const isUnderWay = jobs.some(
    ({ request, state }) => request.kind === 'map-weights' && (state === 'running' || state === 'waiting'),
  );
  const wanted = {
    latents: target.kind === 'latent' ? [target.index] : [],
    attributes: target.kind === 'attribute' ? [target.name] : [],
    testFaces: target.kind === 'face' ? [target.name] : [],
  };
  return (
    <>
      <Button
        isDisabled={isUnderWay || enqueue.isPending}
        onPress={() =>
          enqueue.mutate({
            project,
            request: {
              kind: 'map-weights',
              subject,
              model,
              ...wanted,
              ...(faces === undefined ? {} : { faces }),
            },
          })
        }
      >
        {isUnderWay ? 'Maps are being made ...' : 'Map it on the brain'}
      </Button>
      {enqueue.error && <ProblemView error={enqueue.error} />}
    </>
  );
}

function RegionParts({ maps: { regions }, isFace }: { readonly maps: TargetMaps; readonly isFace: boolean }) {
  if (regions.length === 0) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Region</th>
          <th scope="col" className="number">
            voxels
          </th>
          <th
            scope="col"
            className="number"
            title={isFace ? 'What the region adds to r' : 'Share of the sum of squares'}
          >
            {isFace ? 'part of r' : 'share'}
          </th>
        </tr>
      </thead>
      <tbody>
        {regions.map(({ region, nVoxels, sum, share }) => (
          <tr key={region}>
            <th scope="row">
              {region === 'none' ? 'elsewhere' : <SelectButton change={{ region }}>{region}</SelectButton>}
            </th>
            <td className="number">{nVoxels}</td>
            <td className="number">{isFace ? significant(sum) : shareText(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Voxels with the largest values, to be selected. */
export function StrongestVoxels({ strongest }: Pick<TargetMaps, 'strongest'>) {
  if (strongest.length === 0) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Strongest voxels</th>
          <th scope="col">region</th>
          <th scope="col" className="number">
            value
          </th>
        </tr>
      </thead>
      <tbody>
        {strongest.slice(0, 6).map(({ voxel, mm, region, value }) => (
          <tr key={voxel.join()}>
            <th scope="row" title={`${mm.map((at) => Math.round(at)).join(', ')} mm`}>
              <SelectButton change={{ voxel: voxel.join(',') }}>{voxel.join(', ')}</SelectButton>
            </th>
            <td>{region ?? '–'}</td>
            <td className="number">{significant(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
