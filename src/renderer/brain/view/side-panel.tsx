import { useMutation } from '@tanstack/react-query';
import { type ComponentProps, useState } from 'react';
import { Button } from 'react-aria-components';
import type { BrainImage } from '../../../shared/contract/brain.ts';
import { applyAffine } from '../../../shared/space/affine.ts';
import { useProject } from '../../app/project.tsx';
import type { Selection } from '../../app/selection.ts';
import { queries } from '../../client/api.ts';
import { Choice } from '../../components/choice.tsx';
import { FolderField } from '../../components/folder-field.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { ClusterTable } from '../layers/cluster-table.tsx';
import type { Layer, LayerState } from '../layers/layer.ts';
import { LayerPanel } from '../layers/layer-panel.tsx';
import { MaskPanel } from '../masks/mask-panel.tsx';
import type { Point } from '../volume/bounds.ts';
import { MapRequest } from './map-request.tsx';
import { PlacePanel } from './place-panel.tsx';
import type { Loaded } from './use-layers.ts';

interface SidePanelProps {
  readonly subject: string;
  readonly images: readonly BrainImage[];
  readonly base: BrainImage | null;
  readonly onBase: (id: string) => void;
  readonly states: readonly LayerState[];
  readonly onStates: (states: readonly LayerState[]) => void;
  readonly layers: readonly Layer[];
  readonly loaded: Loaded;
  readonly reference: Layer;
  readonly place: Point;
  readonly onPlace: (place: Point) => void;
  readonly history: { readonly canBack: boolean; readonly canForward: boolean };
  readonly onHistory: (step: -1 | 1) => void;
  readonly onRegion: (region: string) => void;
  readonly onFile: (image: BrainImage) => void;
  readonly mask: Omit<ComponentProps<typeof MaskPanel>, 'subject' | 'layers' | 'crosshair'>;
  readonly selection: Selection;
  readonly surfaceOrigin: string | null;
}

/** Where the crosshair is, the overlays, and what can be made. */
export function SidePanel(props: SidePanelProps) {
  const { subject, images, base, layers, place, onPlace, selection } = props;
  const [clustersOf, setClustersOf] = useState<string | null>(null);
  const clustered = layers.find(({ id }) => id === clustersOf);
  return (
    <aside className="brain-side" aria-label="Place and overlays">
      <PlacePanel
        layers={layers}
        reference={props.reference}
        place={place}
        history={props.history}
        onHistory={props.onHistory}
        onRegion={props.onRegion}
      />
      <LayerPanel
        images={images}
        states={props.states}
        layers={layers}
        loaded={props.loaded}
        onChange={props.onStates}
        onPeak={(layer) => onPlace(peakOf(layer))}
        onClusters={({ id }) => setClustersOf(id === clustersOf ? null : id)}
      />
      {clustered && <ClusterTable layer={clustered} onPlace={onPlace} />}
      <Choice
        label="Below"
        options={images.map(({ id, name }) => ({ id, name }))}
        value={base?.id ?? null}
        onChange={props.onBase}
      />
      {props.surfaceOrigin !== null && <p className="quiet">Cortex: {props.surfaceOrigin}</p>}
      <details>
        <summary>Map weights</summary>
        <MapRequest subject={subject} selection={selection} />
      </details>
      <details>
        <summary>Draw a mask</summary>
        <MaskPanel subject={subject} layers={layers} crosshair={place} {...props.mask} />
      </details>
      <details>
        <summary>Any NIfTI file</summary>
        <AnyFile onFile={props.onFile} />
      </details>
      <details>
        <summary>Keys</summary>
        <dl className="brain-keys">
          {keys.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </details>
    </aside>
  );
}

const keys = [
  ['Arrows', 'crosshair in the plane; turn in 3D'],
  ['+ -', 'slice; nearer and farther in 3D'],
  ['1 to 6', 'left, right, front, back, top, bottom (3D)'],
  ['V', 'next view'],
  ['C', 'next cut'],
  ['H', 'hide and show the overlays'],
  ['X', 'crosshair on and off'],
  ['[ ]', 'place before, place after'],
  ['Alt ↑ ↓', 'order of the overlay with the focus'],
  ['Wheel', 'slice; with Ctrl, size'],
  ['Right, middle', 'drag contrast, move the picture'],
] as const;

/** The centre of the voxel whose value is largest by size. */
function peakOf({ volume: { grid, data } }: Layer): Point {
  let peak = 0;
  for (let at = 0; at < data.length; at += 1) {
    if (Number.isFinite(data[at]) && !(Math.abs(data[at]) <= Math.abs(data[peak]))) peak = at;
  }
  const [nx, ny] = grid.shape;
  const k = Math.floor(peak / (nx * ny));
  const j = Math.floor(peak / nx) - k * ny;
  return applyAffine(grid.affine, [peak - nx * (j + k * ny), j, k]);
}

function AnyFile({ onFile }: Pick<SidePanelProps, 'onFile'>) {
  const project = useProject().id;
  const [path, setPath] = useState('');
  const describe = useMutation(queries.brain.image.mutationOptions({ onSuccess: onFile }));
  return (
    <div className="stack">
      <FolderField
        kind="file"
        label="NIfTI image"
        description="On any grid: it is resampled by its affine"
        value={path}
        onChange={setPath}
      />
      <p className="actions">
        <Button
          isDisabled={path === '' || describe.isPending}
          onPress={() => describe.mutate({ project, file: path })}
        >
          Lay it over
        </Button>
      </p>
      {describe.error && <ProblemView error={describe.error} />}
    </div>
  );
}
