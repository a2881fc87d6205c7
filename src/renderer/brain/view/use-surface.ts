import { useEffect, useMemo, useState } from 'react';
import type { BrainFacts, BrainImage } from '../../../shared/contract/brain.ts';
import { maskForSurface, subjectSurface, type SurfaceSource } from '../scene/surface-source.ts';
import { addressOf, type Loaded, useVolumes } from './use-layers.ts';

/** The subject's cortex, once it is found or made; until then what is being done. */
export function useSurface(
  project: string,
  facts: BrainFacts,
  images: readonly BrainImage[],
  base: BrainImage | null,
  loaded: Loaded,
): { readonly source: SurfaceSource | null; readonly note: string | null } {
  const [source, setSource] = useState<SurfaceSource | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const needed = facts.surfaces.length > 0 ? null : maskForSurface(images);
  const own = useVolumes(
    project,
    useMemo(() => (needed === null ? [] : [needed]), [needed]),
  );
  const maskVolume = needed === null ? undefined : own.get(needed.id);
  const baseVolume = base === null ? undefined : loaded.get(base.id);
  useEffect(() => {
    const isWaiting =
      (needed !== null && maskVolume === undefined) ||
      (needed === null && base !== null && baseVolume === undefined);
    if (isWaiting && facts.surfaces.length === 0) return;
    const mask =
      needed && maskVolume && !(maskVolume instanceof Error) ? { image: needed, volume: maskVolume } : null;
    const ground =
      base && baseVolume && !(baseVolume instanceof Error) ? { image: base, volume: baseVolume } : null;
    let isCurrent = true;
    subjectSurface(facts, mask, mask === null ? ground : null, (url) => addressOf(project, url)).then(
      (found) => {
        if (!isCurrent) return;
        setSource(found);
        setProblem(
          found === null || found.surface.full.indices.length === 0
            ? 'No surface can be made of these images.'
            : null,
        );
      },
      (error: unknown) => {
        if (isCurrent) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [project, facts, needed, maskVolume, base, baseVolume]);
  return { source, note: problem ?? (source === null ? 'Making the surface ...' : null) };
}
