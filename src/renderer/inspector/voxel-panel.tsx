import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { VoxelLinks } from '../../shared/contract/links.ts';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { DecodedStrip } from './decoded-strip.tsx';
import { LatentBars } from './latent-bars.tsx';
import { useMapping, type MappingName } from './mapping-of.ts';
import { significant, voxelOf } from './numbers.ts';
import { Facts, Fold, Panel, type PanelProps, SelectionLink, SelectButton } from './panel.tsx';
import { SeriesView } from './series-view.tsx';

/** A voxel: where it lies, what it answers to, and its signal beside the model's. */
export function VoxelPanel({ selection }: PanelProps) {
  const name = selection.voxel ?? '';
  const voxel = voxelOf(name);
  const mapping = useMapping(selection);
  return (
    <Panel kind="Voxel" name={name.replaceAll(',', ', ')} of={['voxel']}>
      {voxel === null && <p className="quiet">These are no voxel indices, such as 12,20,2.</p>}
      {mapping === null && <p className="quiet">No mapping of a subject is there to look it up in.</p>}
      {voxel !== null && mapping !== null && <Voxel mapping={mapping} voxel={voxel} run={selection.run} />}
    </Panel>
  );
}

interface VoxelProps {
  readonly mapping: MappingName;
  readonly voxel: [number, number, number];
  readonly run: string | undefined;
}

function Voxel({ mapping, voxel, run }: VoxelProps) {
  const links = useQuery(queries.links.voxel.queryOptions({ input: { ...mapping, voxel } }));
  if (links.error) return <ProblemView error={links.error} />;
  if (links.data === undefined) return <p className="quiet">Reading ...</p>;
  const { mm, region, isSelected, bias } = links.data;
  const regionName = region === null ? 'none' : <SelectButton change={{ region }}>{region}</SelectButton>;
  return (
    <>
      <Facts
        of={[
          ['of', `subject ${mapping.subject}, "${mapping.model}"`],
          ['place', `${mm.map((at) => at.toFixed(0)).join(', ')} mm (RAS+)`],
          ['region', regionName],
          ...(bias === null ? [] : ([['to any face', `${significant(bias)} image units`]] as const)),
        ]}
      />
      {isSelected ? (
        <>
          <Drawn project={mapping.project} links={links.data} />
          <Weights links={links.data} />
        </>
      ) : (
        <p className="quiet">It is not among the voxels that are decoded from.</p>
      )}
      <Fold title="Time course and fit" isOpen>
        <SeriesView mapping={mapping} voxel={voxel} run={run} />
      </Fold>
      <p className="inspect-links">
        <SelectionLink to="/brain">Show on the brain</SelectionLink>
      </p>
    </>
  );
}

/** The face that the voxel's weights draw, and the opposite one. */
function Drawn({
  project,
  links: { faces, distance, modelArtifact },
}: {
  readonly project: string;
  readonly links: VoxelLinks;
}) {
  const codes = useMemo(() => faces.map(({ code }) => code), [faces]);
  if (modelArtifact === null || codes.length === 0) return null;
  return (
    <Fold title="The face that its weights draw" isOpen>
      <DecodedStrip
        project={project}
        artifact={modelArtifact}
        codes={codes}
        names={['answers least', 'mean face', 'answers most']}
      />
      <p className="quiet">
        The mean training face, moved against and along the weights by {distance?.toFixed(1)}, as far as
        training faces lie from it.
      </p>
    </Fold>
  );
}

function Weights({ links: { weights } }: { readonly links: VoxelLinks }) {
  return (
    <Fold title="Strongest weights (image units per latent)" isOpen>
      <LatentBars series={[{ name: 'weight', style: 'weight', values: weights }]} />
    </Fold>
  );
}
