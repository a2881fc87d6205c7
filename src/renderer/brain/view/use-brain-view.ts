import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { type LayerState, layersFromText, layersToText } from '../layers/layer.ts';
import { type CameraState, firstCamera } from '../scene/turntable.ts';
import type { Point } from '../volume/bounds.ts';

/** What is looked at and how: all that the address holds beside the selection. */
export interface BrainView {
  /** Id of the image that lies below; null: the first anatomy. */
  readonly base: string | null;
  /** From the lowest to the one on top; null: what is chosen for the selection. */
  readonly layers: readonly LayerState[] | null;
  /** The crosshair, mm; null: the middle, or where the selected voxel lies. */
  readonly place: Point | null;
  readonly camera: CameraState;
  readonly zoom: number;
  readonly layout: Layout;
  readonly surfaceOpacity: number;
  readonly regionStyle: RegionStyle;
  readonly valueStyle: ValueStyle;
  readonly clip: 'none' | 'sagittal' | 'coronal' | 'axial';
}

export const layouts = ['all', '3d', 'sagittal', 'coronal', 'axial'] as const;
export type Layout = (typeof layouts)[number];
export const regionStyles = ['none', 'solid', 'outline', 'voxels'] as const;
export type RegionStyle = (typeof regionStyles)[number];
export const valueStyles = ['surface', 'volume', 'both'] as const;
export type ValueStyle = (typeof valueStyles)[number];
export const clips = ['none', 'sagittal', 'coronal', 'axial'] as const;

const oneOf = <Value extends string>(known: readonly Value[], value: string | null, fallback: Value): Value =>
  known.find((each) => each === value) ?? fallback;

export function viewFromAddress(parameters: URLSearchParams): BrainView {
  const numbers = (name: string): number[] => (parameters.get(name) ?? '').split(',').map(Number);
  const place = numbers('mm');
  const [azimuth, elevation, zoom] = numbers('camera');
  const hasCamera = [azimuth, elevation, zoom].every(Number.isFinite) && zoom > 0;
  const number = (name: string, fallback: number): number => {
    const value = parameters.get(name);
    return value !== null && Number.isFinite(Number(value)) ? Number(value) : fallback;
  };
  return {
    base: parameters.get('base'),
    layers: parameters.has('layers') ? layersFromText(parameters.get('layers') ?? '') : null,
    place:
      parameters.has('mm') && place.length === 3 && place.every(Number.isFinite)
        ? [place[0], place[1], place[2]]
        : null,
    camera: {
      ...(hasCamera ? { azimuth, elevation, zoom } : firstCamera),
      projection: parameters.get('projection') === 'perspective' ? 'perspective' : 'orthographic',
    },
    zoom: Math.min(20, Math.max(0.5, number('zoom', 1))),
    layout: oneOf(layouts, parameters.get('layout'), 'all'),
    surfaceOpacity: Math.min(1, Math.max(0, number('surface', 1))),
    regionStyle: oneOf(regionStyles, parameters.get('regions'), 'none'),
    valueStyle: oneOf(valueStyles, parameters.get('values'), 'surface'),
    clip: oneOf(clips, parameters.get('clip'), 'none'),
  };
}

/** Writes a view into an address; what is as at first is left out. */
export function writeView(parameters: URLSearchParams, view: BrainView): URLSearchParams {
  const next = new URLSearchParams(parameters);
  const set = (name: string, value: string | null): void => {
    if (value === null) next.delete(name);
    else next.set(name, value);
  };
  const { camera } = view;
  const isFirst =
    camera.azimuth === firstCamera.azimuth && camera.elevation === firstCamera.elevation && camera.zoom === 1;
  set('base', view.base);
  set('layers', view.layers && layersToText(view.layers));
  set('mm', view.place?.map((value) => value.toFixed(1)).join(',') ?? null);
  set(
    'camera',
    isFirst
      ? null
      : [camera.azimuth.toFixed(1), camera.elevation.toFixed(1), camera.zoom.toFixed(2)].join(','),
  );
  set('projection', camera.projection === 'perspective' ? 'perspective' : null);
  set('zoom', view.zoom === 1 ? null : view.zoom.toFixed(2));
  set('layout', view.layout === 'all' ? null : view.layout);
  set('surface', view.surfaceOpacity === 1 ? null : String(view.surfaceOpacity));
  set('regions', view.regionStyle === 'none' ? null : view.regionStyle);
  set('values', view.valueStyle === 'surface' ? null : view.valueStyle);
  set('clip', view.clip === 'none' ? null : view.clip);
  return next;
}

/** Milliseconds after which the address follows: it is no place for sixty changes a second. */
const addressMs = 250;

/** The view, kept in the address a moment after it stood still. `extra` are parameters written along, such as the voxel. */
export function useBrainView() {
  const [parameters, setParameters] = useSearchParams();
  const [view, setView] = useState(() => viewFromAddress(parameters));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const pending = useRef<{ view: BrainView; extra: Record<string, string | null> } | null>(null);

  const change = useCallback(
    (part: Partial<BrainView>, extra: Record<string, string | null> = {}) => {
      setView((before) => {
        const next = { ...before, ...part };
        pending.current = { view: next, extra: { ...pending.current?.extra, ...extra } };
        return next;
      });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const written = pending.current;
        pending.current = null;
        if (written === null) return;
        setParameters(
          (before) => {
            const next = writeView(before, written.view);
            for (const [name, value] of Object.entries(written.extra)) {
              if (value === null) next.delete(name);
              else next.set(name, value);
            }
            return next;
          },
          { replace: true },
        );
      }, addressMs);
    },
    [setParameters],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  return [view, change] as const;
}
