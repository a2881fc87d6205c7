import { useCallback, useMemo, useState } from 'react';
import type { BrainImage, MaskStep } from '../../../shared/contract/brain.ts';
import type { Layer } from '../layers/layer.ts';
import { valueRange } from '../layers/statistics.ts';
import { countOf, type MaskData } from './mask-edit.ts';

/** A mask that is being drawn, and how it came about. */
export interface DrawnMask {
  readonly data: MaskData;
  readonly steps: readonly MaskStep[];
}

/** States that can be gone back to. */
const mostUndo = 50;

export interface MaskEditor {
  readonly isDrawing: boolean;
  readonly grid: Layer | null;
  readonly mask: DrawnMask | null;
  readonly layer: Layer | null;
  readonly canUndo: boolean;
  begin(on: Layer): void;
  end(): void;
  /** `isNew`: a step of its own; else it goes on with the last one, as a stroke of the brush does. */
  apply(data: MaskData, step: Omit<MaskStep, 'voxelsAfter'>, isNew?: boolean): void;
  undo(): void;
}

export function useMask(): MaskEditor {
  const [grid, setGrid] = useState<Layer | null>(null);
  const [states, setStates] = useState<readonly DrawnMask[]>([]);
  const mask = states.at(-1) ?? null;
  const layer = useMemo(() => (grid && mask ? maskLayer(grid, mask.data) : null), [grid, mask]);
  const begin = useCallback((on: Layer) => {
    setGrid(on);
    setStates([{ data: new Uint8Array(on.volume.data.length), steps: [] }]);
  }, []);
  const end = useCallback(() => {
    setGrid(null);
    setStates([]);
  }, []);
  const apply = useCallback<MaskEditor['apply']>((data, step, isNew = true) => {
    setStates((before) => {
      const last = before.at(-1);
      if (last === undefined) return before;
      const steps = isNew ? last.steps : last.steps.slice(0, -1);
      const next = { data, steps: [...steps, { ...step, voxelsAfter: countOf(data) }] };
      return isNew ? [...before, next].slice(-mostUndo) : [...before.slice(0, -1), next];
    });
  }, []);
  const undo = useCallback(
    () => setStates((before) => (before.length > 1 ? before.slice(0, -1) : before)),
    [],
  );
  return { isDrawing: grid !== null, grid, mask, layer, canUndo: states.length > 1, begin, end, apply, undo };
}

const image: Omit<BrainImage, 'name' | 'url' | 'file' | 'id'> = {
  kind: 'mask',
  units: null,
  degreesOfFreedom: null,
  correction: null,
  description: null,
  isSigned: false,
  model: null,
  target: null,
  labels: [{ index: 1, name: 'drawn mask' }],
};

function maskLayer(on: Layer, data: MaskData): Layer {
  const values = Float32Array.from(data);
  return {
    id: 'drawn mask',
    image: { ...image, id: 'drawn mask', name: 'Mask that is being drawn', url: '', file: null },
    volume: {
      ...on.volume,
      data: values,
      range: valueRange(values),
      intent: { code: 0, parameters: [0, 0, 0] },
    },
    paint: { kind: 'labels', colours: 'viridis', low: 0, high: 1, threshold: 0.5, opacity: 0.65 },
    isVisible: true,
  };
}
