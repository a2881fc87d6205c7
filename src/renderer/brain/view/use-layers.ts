import { useEffect, useMemo, useState } from 'react';
import type { BrainFacts, BrainImage } from '../../../shared/contract/brain.ts';
import type { Preferences } from '../../client/preferences.ts';
import { basePaint, firstPaint, type Layer, type LayerState } from '../layers/layer.ts';
import type { LoadedVolume } from '../volume/volume-store.ts';
import { volumes } from '../volume/volume-store.ts';

export function addressOf(project: string, url: string): string {
  return `/data/${project}/${url}`;
}

export type Loaded = ReadonlyMap<string, LoadedVolume | Error>;

/** The volumes of images, as they arrive. */
export function useVolumes(project: string, images: readonly BrainImage[]): Loaded {
  const [loaded, setLoaded] = useState<Loaded>(new Map());
  useEffect(() => {
    let isCurrent = true;
    for (const { id, url, name } of images) {
      volumes
        .get(addressOf(project, url), name)
        .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
        .then((volume) => {
          if (isCurrent)
            setLoaded((before) => (before.get(id) === volume ? before : new Map(before).set(id, volume)));
        });
    }
    return () => {
      isCurrent = false;
    };
  }, [project, images]);
  return loaded;
}

/** The image that lies below: the anatomy, else the mean functional image, else a mask. */
export function firstBase(images: readonly BrainImage[]): BrainImage | null {
  for (const kind of ['anatomy', 'mean', 'mask', 'selection', 'quality'] as const) {
    const found = images.find((image) => image.kind === kind);
    if (found !== undefined) return found;
  }
  return images[0] ?? null;
}

const firstKinds = ['weights', 'statistic', 'variance', 'labels', 'selection'] as const;

/** The maps that are shown before anybody chose: the selected one, else the most telling one there is. */
export function firstLayers(images: readonly BrainImage[], map: string | undefined): LayerState[] {
  const selected = images.find(({ id }) => id === map);
  const telling = firstKinds
    .map((kind) => images.find((image) => image.kind === kind))
    .find((image) => image);
  const image = selected ?? telling;
  return image === undefined ? [] : [{ id: image.id, isVisible: true, paint: null }];
}

/** What is drawn, from the lowest up: the anatomy, then the overlays that are there. */
export function useLayers(
  facts: Pick<BrainFacts, 'images'>,
  base: BrainImage | null,
  states: readonly LayerState[],
  loaded: Loaded,
  colourMaps: Preferences['colourMaps'],
  contrast: readonly [brightness: number, contrast: number],
): readonly Layer[] {
  return useMemo(() => {
    const layers: Layer[] = [];
    const volume = base && loaded.get(base.id);
    if (base && volume && !(volume instanceof Error)) {
      const paint = basePaint(volume);
      const middle = (paint.low + paint.high) / 2 - contrast[0] * (paint.high - paint.low);
      const half = ((paint.high - paint.low) / 2) * 2 ** -(2 * contrast[1]);
      layers.push({
        id: `base ${base.id}`,
        image: { ...base, kind: 'anatomy' },
        volume,
        paint: { ...paint, low: middle - half, high: middle + half },
        isVisible: true,
      });
    }
    for (const { id, isVisible, paint } of states) {
      const image = facts.images.find((each) => each.id === id);
      const voxels = loaded.get(id);
      if (image === undefined || voxels === undefined || voxels instanceof Error) continue;
      layers.push({
        id,
        image,
        volume: voxels,
        paint: paint ?? firstPaint(image, voxels, colourMaps),
        isVisible,
      });
    }
    return layers;
  }, [facts, base, states, loaded, colourMaps, contrast]);
}
