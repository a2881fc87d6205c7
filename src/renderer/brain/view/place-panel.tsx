import { Button } from 'react-aria-components';
import { invertAffine } from '../../../shared/space/affine.ts';
import { interpolationOf, type Layer } from '../layers/layer.ts';
import { flatIndex, type Point, voxelAt } from '../volume/bounds.ts';
import { samplerOf } from '../volume/sample.ts';

/** What a layer has at a place: the number, or the name of its region. */
export interface Reading {
  readonly layer: Layer;
  readonly voxel: readonly [number, number, number] | null;
  readonly value: number;
  readonly region: string | null;
}

export function readingsAt(layers: readonly Layer[], place: Point): Reading[] {
  return layers.map((layer) => {
    const { volume, image, paint } = layer;
    const voxel = voxelAt(volume.grid, invertAffine(volume.grid.affine), place);
    // The number of the voxel itself, not one between voxels: it can be looked up in the file.
    const value = voxel === null ? Number.NaN : volume.data[flatIndex(volume.grid, voxel)];
    const index = Math.round(value);
    const isRegion = paint.kind === 'labels' && index !== 0 && Number.isFinite(value);
    const region = isRegion
      ? (image.labels.find((label) => label.index === index)?.name ?? nameless(layer, index))
      : null;
    return { layer, voxel, value, region };
  });
}

function nameless({ image }: Layer, index: number): string {
  return image.kind === 'labels' ? `label ${index}` : image.name;
}

/** A value between voxels, as it is drawn. */
export function drawnValue(layer: Layer, [x, y, z]: Point): number {
  return samplerOf(layer.volume, interpolationOf(layer))(x, y, z);
}

interface PlacePanelProps {
  readonly layers: readonly Layer[];
  readonly reference: Layer;
  readonly place: Point;
  readonly history: { readonly canBack: boolean; readonly canForward: boolean };
  readonly onHistory: (step: -1 | 1) => void;
  readonly onRegion: (region: string) => void;
}

/** Where the crosshair is, and what every image has there. */
export function PlacePanel({ layers, reference, place, history, onHistory, onRegion }: PlacePanelProps) {
  const readings = readingsAt(layers, place);
  const own = readings.find(({ layer }) => layer.id === reference.id);
  return (
    <section className="brain-place" aria-label="Place">
      <p>
        <strong>{place.map((value) => value.toFixed(1)).join(', ')}</strong> mm{' '}
        <span className="quiet">RAS+, {spaceOf(reference)}</span>
      </p>
      <p>
        voxel <strong>{own?.voxel?.join(', ') ?? 'outside'}</strong>{' '}
        <span className="quiet">of "{reference.image.name}"</span>
      </p>
      <table>
        <caption className="unseen">Values at the crosshair</caption>
        <tbody>
          {[...readings].reverse().map(({ layer, value, region }) => (
            <tr key={layer.id}>
              <th scope="row">{layer.image.name}</th>
              <td>
                {region === null ? (
                  number(value)
                ) : (
                  <Button onPress={() => onRegion(region)} aria-label={`Select region ${region}`}>
                    {region}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="actions">
        <Button isDisabled={!history.canBack} onPress={() => onHistory(-1)}>
          Place before
        </Button>
        <Button isDisabled={!history.canForward} onPress={() => onHistory(1)}>
          Place after
        </Button>
      </p>
    </section>
  );
}

function number(value: number): string {
  return Number.isFinite(value)
    ? Number(value.toPrecision(4)).toString()
    : Number.isNaN(value)
      ? 'none'
      : 'infinite';
}

function spaceOf({ image }: Layer): string {
  return /space-([A-Za-z0-9]+)/.exec(image.file ?? '')?.[1] ?? 'space of the scanner';
}
