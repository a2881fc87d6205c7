import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { BrainImage } from '../../../shared/contract/brain.ts';
import { Choice } from '../../components/choice.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { SliderInput } from '../../components/slider-input.tsx';
import type { Loaded } from '../view/use-layers.ts';
import { ColourBar } from './colour-bar.tsx';
import { colourMapNames } from './colour-maps.ts';
import type { Layer, LayerState } from './layer.ts';
import { isTwoSided, type Paint } from './paint.ts';

interface LayerPanelProps {
  readonly images: readonly BrainImage[];
  readonly states: readonly LayerState[];
  readonly layers: readonly Layer[];
  readonly loaded: Loaded;
  readonly onChange: (states: readonly LayerState[]) => void;
  readonly onPeak: (layer: Layer) => void;
  readonly onClusters: (layer: Layer) => void;
}

const colourOptions = colourMapNames.map((id) => ({ id, name: id }));

/** The overlays, the one on top first. Keys on a row: up and down with Alt reorder, H hides, Delete takes it away. */
export function LayerPanel({
  images,
  states,
  layers,
  loaded,
  onChange,
  onPeak,
  onClusters,
}: LayerPanelProps) {
  const [open, setOpen] = useState<string | null>(null);
  const put = (id: string, part: Partial<LayerState>) =>
    onChange(states.map((state) => (state.id === id ? { ...state, ...part } : state)));
  const move = (id: string, by: 1 | -1) => {
    const from = states.findIndex((state) => state.id === id);
    const to = from + by;
    if (to < 0 || to >= states.length) return;
    const next = [...states];
    [next[from], next[to]] = [next[to], next[from]];
    onChange(next);
  };
  const others = images.filter(({ id }) => !states.some((state) => state.id === id));
  const shown = open ?? states.at(-1)?.id;
  return (
    <section className="brain-layers" aria-label="Overlays">
      <Choice
        label="Add an overlay"
        options={others.map(({ id, name, model }) => ({
          id,
          name: model === null ? name : `${name} (${model})`,
        }))}
        value={null}
        onChange={(id) => {
          setOpen(null);
          onChange([...states, { id, isVisible: true, paint: null }]);
        }}
      />
      <ol>
        {[...states].reverse().map((state) => {
          const image = images.find(({ id }) => id === state.id);
          const layer = layers.find(({ id }) => id === state.id);
          const voxels = loaded.get(state.id);
          return (
            <li
              key={state.id}
              className="brain-layer"
              onKeyDown={(event) => {
                if (event.target instanceof HTMLInputElement) return;
                if (event.altKey && event.key === 'ArrowUp') move(state.id, 1);
                else if (event.altKey && event.key === 'ArrowDown') move(state.id, -1);
                else if (event.key === 'Delete') onChange(states.filter(({ id }) => id !== state.id));
                else return;
                event.preventDefault();
              }}
            >
              <div className="brain-layer-head">
                <Button
                  aria-expanded={shown === state.id}
                  className="brain-layer-name"
                  onPress={() => setOpen(shown === state.id ? '' : state.id)}
                >
                  {image?.name ?? state.id}
                </Button>
                <Button
                  aria-pressed={state.isVisible}
                  aria-label={`${state.isVisible ? 'Hide' : 'Show'} ${image?.name ?? 'overlay'}`}
                  onPress={() => put(state.id, { isVisible: !state.isVisible })}
                >
                  {state.isVisible ? '●' : '○'}
                </Button>
                <Button aria-label="Move up" onPress={() => move(state.id, 1)}>
                  ↑
                </Button>
                <Button aria-label="Move down" onPress={() => move(state.id, -1)}>
                  ↓
                </Button>
                <Button
                  aria-label={`Take away ${image?.name ?? 'overlay'}`}
                  onPress={() => onChange(states.filter(({ id }) => id !== state.id))}
                >
                  ×
                </Button>
              </div>
              {image === undefined && <p className="quiet">The project does not hold this image any more.</p>}
              {voxels instanceof Error && <ProblemView error={voxels} />}
              {image !== undefined && voxels === undefined && <p className="quiet">Reading ...</p>}
              {layer !== undefined && shown === state.id && (
                <LayerSettings
                  layer={layer}
                  onPaint={(paint) => put(state.id, { paint })}
                  onPeak={() => onPeak(layer)}
                  onClusters={() => onClusters(layer)}
                />
              )}
            </li>
          );
        })}
      </ol>
      {states.length === 0 && <p className="quiet">No overlay: add a map to see it over the anatomy.</p>}
    </section>
  );
}

interface LayerSettingsProps {
  readonly layer: Layer;
  readonly onPaint: (paint: Paint) => void;
  readonly onPeak: () => void;
  readonly onClusters: () => void;
}

function LayerSettings({ layer, onPaint, onPeak, onClusters }: LayerSettingsProps) {
  const { image, paint, volume } = layer;
  const put = (part: Partial<Paint>) => onPaint({ ...paint, ...part });
  const most = Math.max(Math.abs(volume.range.max), Math.abs(volume.range.min)) || 1;
  const show = (value: number) => Number(value.toPrecision(3)).toString();
  const { notFinite } = volume.range;
  return (
    <div className="brain-layer-settings">
      {paint.kind === 'scalar' && (
        <>
          <ColourBar paint={paint} label={`${image.name} from ${paint.low} to ${paint.high}`} />
          <p className="quiet">{caption(layer)}</p>
          <SliderInput
            label={isTwoSided(paint) ? 'Threshold, both signs' : 'Threshold'}
            value={Math.max(0, paint.threshold)}
            min={0}
            max={most}
            step={most / 500}
            show={show}
            onChange={(threshold) => put({ threshold })}
          />
          <SliderInput
            label="Upper end of the colours"
            value={paint.high}
            min={most / 500}
            max={most}
            step={most / 500}
            show={show}
            onChange={(high) => put({ high, low: isTwoSided(paint) ? -high : Math.min(paint.low, high) })}
          />
          <Choice
            label="Colours"
            options={colourOptions}
            value={paint.colours}
            onChange={(colours) => put({ colours })}
          />
        </>
      )}
      <SliderInput
        label="Opacity"
        value={paint.opacity}
        min={0}
        max={1}
        step={0.05}
        show={(value) => `${Math.round(100 * value)} %`}
        onChange={(opacity) => put({ opacity })}
      />
      {notFinite > 0 && <p className="quiet">{notFinite} voxels are not finite: they are not drawn.</p>}
      {volume.nVolumes > 1 && <p className="quiet">The first of {volume.nVolumes} volumes.</p>}
      {paint.kind === 'scalar' && (
        <p className="actions">
          <Button onPress={onPeak}>Jump to peak</Button>
          <Button onPress={onClusters}>Clusters</Button>
        </p>
      )}
      {image.description !== null && <p className="quiet">{image.description}</p>}
    </div>
  );
}

/** What the values are: unit, degrees of freedom, and what was corrected. */
export function caption({ image }: Pick<Layer, 'image'>): string {
  const { units, degreesOfFreedom: dof, correction } = image;
  const freedom = dof === null ? [] : [`df ${dof.map((value) => value.toLocaleString('en')).join(', ')}`];
  return [units ?? 'no unit is stated', ...freedom, ...(correction === null ? [] : [correction])].join('; ');
}
