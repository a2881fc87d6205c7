import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { SliderInput } from '../components/slider-input.tsx';
import { DecodedStrip } from './decoded-strip.tsx';
import { type MappingName, useMapping } from './mapping-of.ts';
import { number } from './numbers.ts';
import { Facts, Fold, Panel, type PanelProps, SelectionLink } from './panel.tsx';
import { StrongestVoxels, TargetMapsView } from './target-maps.tsx';

/** A latent: how faces vary along it, and which voxels answer to it. */
export function LatentPanel({ selection }: PanelProps) {
  const latent = Number(selection.latent);
  const mapping = useMapping(selection);
  return (
    <Panel kind="Latent" name={Number.isInteger(latent) ? String(latent + 1) : '?'} of={['latent']}>
      {mapping === null ? (
        <p className="quiet">No mapping of a subject holds weights of it yet.</p>
      ) : (
        <Latent mapping={mapping} latent={latent} />
      )}
      <p className="inspect-links">
        <SelectionLink to="/model">Model</SelectionLink>
        <SelectionLink to="/brain">Brain</SelectionLink>
      </p>
    </Panel>
  );
}

function Latent({ mapping, latent }: { readonly mapping: MappingName; readonly latent: number }) {
  const [, select] = useSelection();
  const links = useQuery({
    ...queries.links.latent.queryOptions({ input: { ...mapping, latent } }),
    // The slider stays where it is while the next latent is on its way.
    placeholderData: keepPreviousData,
  });
  useFollowingMap(mapping, latent);
  if (links.error) return <ProblemView error={links.error} />;
  if (links.data === undefined) return <p className="quiet">Reading ...</p>;
  const { isModelled, mean, sd, strongest, meanCode, modelArtifact } = links.data;
  return (
    <>
      <SliderInput
        label="Latent"
        value={latent + 1}
        min={1}
        max={meanCode.length}
        onChange={(number) => select({ latent: number - 1 }, { replace: true })}
      />
      <Facts
        of={[
          ['of', `"${mapping.model}", subject ${mapping.subject}`],
          ['training faces', `mean ${number(mean)}, SD ${number(sd)}`],
        ]}
      />
      {sd > 0 && (
        <LatentFace
          project={mapping.project}
          artifact={modelArtifact}
          meanCode={meanCode}
          latent={latent}
          mean={mean}
          sd={sd}
        />
      )}
      {isModelled ? (
        <Fold title="Voxels that answer to it (image units)" isOpen>
          <StrongestVoxels strongest={strongest} />
          <TargetMapsView
            mapping={mapping}
            target={{ kind: 'latent', index: latent + 1 }}
            withVoxels={false}
          />
        </Fold>
      ) : (
        <p className="quiet">It never varies over the training faces: no voxel has a weight of it.</p>
      )}
    </>
  );
}

/** Of the file of a latent's map: what it shows. */
const latentMap = /_desc-latent\d+_stat-(\w+)_statmap/;

/** While a latent's map is looked at on the brain, the map of the next latent takes its place, where it was made. */
function useFollowingMap(mapping: MappingName, latent: number): void {
  const [{ map = '' }, select] = useSelection();
  const shown = latentMap.exec(map)?.[1];
  const { data } = useQuery({
    ...queries.links.maps.queryOptions({
      input: { ...mapping, target: { kind: 'latent', index: latent + 1 } },
    }),
    enabled: shown !== undefined,
  });
  const next = data?.maps.find(({ kind }) => kind === shown)?.id;
  useEffect(() => {
    if (next !== undefined && next !== map) select({ map: next }, { replace: true });
  }, [next, map, select]);
}

/** Standard deviations to either side. */
const reach = 4;

/** The mean training face with one latent moved. */
function LatentFace({
  project,
  artifact,
  meanCode,
  latent,
  mean,
  sd,
}: {
  readonly project: string;
  readonly artifact: string;
  readonly meanCode: readonly number[];
  readonly latent: number;
  readonly mean: number;
  readonly sd: number;
}) {
  const [at, setAt] = useState(0);
  const codes = useMemo(
    () => [-reach, at, reach].map((steps) => meanCode.with(latent, mean + steps * sd)),
    [meanCode, latent, mean, sd, at],
  );
  return (
    <>
      <SliderInput
        label="Mean face, moved along it"
        value={at}
        min={-reach}
        max={reach}
        step={0.1}
        onChange={setAt}
        show={(steps) => `${number(steps, 1)} SD`}
      />
      <DecodedStrip
        project={project}
        artifact={artifact}
        codes={codes}
        names={[`${number(-reach, 0)} SD`, `${number(at, 1)} SD`, `${reach} SD`]}
      />
    </>
  );
}
