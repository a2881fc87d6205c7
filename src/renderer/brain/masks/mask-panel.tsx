import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useProject } from '../../app/project.tsx';
import { queries } from '../../client/api.ts';
import { Choice } from '../../components/choice.tsx';
import { NumberInput } from '../../components/number-input.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { TextInput } from '../../components/text-input.tsx';
import { interpolationOf, type Layer } from '../layers/layer.ts';
import { isShown } from '../layers/paint.ts';
import { type Point, voxelVolume } from '../volume/bounds.ts';
import { combined, countOf, paintSphere, runsOf, type SetOperation, voxelsWhere } from './mask-edit.ts';
import type { MaskEditor } from './use-mask.ts';

export type BrushMode = 'off' | 'add' | 'erase';

interface MaskPanelProps {
  readonly subject: string;
  readonly editor: MaskEditor;
  readonly layers: readonly Layer[];
  readonly crosshair: Point;
  readonly radius: number;
  readonly onRadius: (radius: number) => void;
  readonly brush: BrushMode;
  readonly onBrush: (brush: BrushMode) => void;
}

const brushes = [
  { id: 'off', name: 'Pointer leads the crosshair' },
  { id: 'add', name: 'Brush adds' },
  { id: 'erase', name: 'Brush erases' },
] as const;

/** Drawing of a region: spheres, a brush, what a map shows above its threshold, and sets of masks. */
export function MaskPanel(props: MaskPanelProps) {
  const { subject, editor, layers, crosshair, radius, onRadius, brush, onBrush } = props;
  const project = useProject().id;
  const [name, setName] = useState('ROI1');
  const save = useMutation(queries.brain.saveMask.mutationOptions());
  const first = layers.find(({ id }) => !id.startsWith('base ')) ?? layers[0];
  const { grid, mask } = editor;
  if (grid === null || mask === null) {
    return (
      <div className="stack">
        <p className="quiet">
          A region of your own, on the voxels of {first ? `"${first.image.name}"` : 'a map'}.
        </p>
        <p className="actions">
          <Button isDisabled={first === undefined} onPress={() => first && editor.begin(first)}>
            Draw a mask
          </Button>
        </p>
        {save.data && (
          <p role="status">
            Saved as <span className="path">{save.data.file}</span>. Name it as a region mask where a mapping
            is fitted.
          </p>
        )}
      </div>
    );
  }
  const place = crosshair.map((value) => value.toFixed(1)).join(', ');
  const top = layers.findLast(
    ({ id, isVisible }) => isVisible && !id.startsWith('base ') && id !== 'drawn mask',
  );
  const sphere = (value: 0 | 1) => {
    const data = mask.data.slice();
    paintSphere(data, grid.volume.grid, crosshair, radius, value);
    editor.apply(data, {
      operation: value === 1 ? 'sphere' : 'sphere erased',
      detail: `radius ${radius} mm at ${place} mm`,
    });
  };
  const withTop = (operation: SetOperation) => {
    if (top === undefined) return;
    const shown = voxelsWhere(grid.volume.grid, top.volume, interpolationOf(top), (value) =>
      isShown(top.paint, value),
    );
    const isLabels = top.paint.kind === 'labels';
    editor.apply(combined(mask.data, shown, operation), {
      operation,
      detail:
        `with "${top.image.name}"${isLabels ? '' : ` at ${top.paint.threshold} and beyond`} (${top.id})`.slice(
          0,
          400,
        ),
    });
  };
  const count = countOf(mask.data);
  return (
    <div className="stack">
      <p role="status">
        {count} voxels, {Math.round(count * voxelVolume(grid.volume.grid))} mm³
      </p>
      <NumberInput
        label="Radius"
        unit="mm"
        value={radius}
        minValue={0.5}
        maxValue={60}
        step={0.5}
        onChange={onRadius}
      />
      <Choice label="Pointer" options={brushes} value={brush} onChange={onBrush} />
      <p className="actions">
        <Button onPress={() => sphere(1)}>Add sphere</Button>
        <Button onPress={() => sphere(0)}>Erase sphere</Button>
      </p>
      <p className="quiet">With what "{top?.image.name ?? 'no map'}" shows above its threshold:</p>
      <p className="actions">
        <Button isDisabled={top === undefined} onPress={() => withTop('union')}>
          Add
        </Button>
        <Button isDisabled={top === undefined} onPress={() => withTop('intersection')}>
          Keep common
        </Button>
        <Button isDisabled={top === undefined} onPress={() => withTop('difference')}>
          Take away
        </Button>
      </p>
      <TextInput label="Label" description="Letters and digits" value={name} onChange={setName} />
      <p className="actions">
        <Button
          className="primary"
          isDisabled={count === 0 || save.isPending || !/^[a-z0-9]+$/i.test(name)}
          onPress={() =>
            save.mutate({
              project,
              subject,
              name,
              grid: grid.image.id,
              runs: runsOf(mask.data),
              steps: [...mask.steps],
            })
          }
        >
          Save mask
        </Button>
        <Button isDisabled={!editor.canUndo} onPress={editor.undo}>
          Undo
        </Button>
        <Button
          onPress={() => {
            onBrush('off');
            editor.end();
          }}
        >
          Stop drawing
        </Button>
      </p>
      {save.error && <ProblemView error={save.error} />}
      {save.data && (
        <p role="status">
          Saved as <span className="path">{save.data.file}</span>
        </p>
      )}
    </div>
  );
}
