import { type RefObject, useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Choice } from '../../components/choice.tsx';
import { NumberInput } from '../../components/number-input.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { SliderInput } from '../../components/slider-input.tsx';
import type { Layer } from '../layers/layer.ts';
import type { PlaneAxes } from '../planes/plane.ts';
import type { BrainScene } from '../scene/scene.ts';
import { type Preset, presets } from '../scene/turntable.ts';
import type { Bounds, Point } from '../volume/bounds.ts';
import { ConventionQuestion, ConventionSwitch } from './convention-choice.tsx';
import { drawPicture, type PictureOptions, savePicture } from './export-picture.ts';
import { type BrainView, clips, layouts, regionStyles, valueStyles } from './use-brain-view.ts';

interface ViewBarProps {
  readonly view: BrainView;
  readonly onChange: (part: Partial<BrainView>) => void;
  readonly scene: RefObject<BrainScene | null>;
  readonly picture: {
    readonly axes: readonly PlaneAxes[];
    readonly layers: readonly Layer[];
    readonly bounds: Bounds;
    readonly place: Point;
    readonly convention: string;
  };
}

const layoutNames = {
  all: 'All',
  '3d': '3D',
  sagittal: 'Sagittal',
  coronal: 'Coronal',
  axial: 'Axial',
};
const regionNames = { none: 'none', solid: 'solid', outline: 'outlined', voxels: 'voxels' };
const valueNames = { surface: 'on the surface', volume: 'as a volume', both: 'both' };
const clipNames = { none: 'none', sagittal: 'sagittal', coronal: 'coronal', axial: 'axial' };

const optionsOf = <Id extends string>(ids: readonly Id[], names: Readonly<Record<Id, string>>) =>
  ids.map((id) => ({ id, name: names[id] }));

/** How it is looked at. */
export function ViewBar({ view, onChange, scene, picture }: ViewBarProps) {
  const { camera } = view;
  return (
    <div className="brain-bar">
      <ConventionQuestion />
      <div className="actions">
        <Choice
          label="View"
          options={optionsOf(layouts, layoutNames)}
          value={view.layout}
          onChange={(layout) => onChange({ layout })}
        />
        <Choice
          label="Regions"
          options={optionsOf(regionStyles, regionNames)}
          value={view.regionStyle}
          onChange={(regionStyle) => onChange({ regionStyle, ...seenThrough(view, regionStyle !== 'none') })}
        />
        <Choice
          label="Maps in 3D"
          options={optionsOf(valueStyles, valueNames)}
          value={view.valueStyle}
          onChange={(valueStyle) => onChange({ valueStyle, ...seenThrough(view, valueStyle !== 'surface') })}
        />
        <Choice
          label="Cut"
          options={optionsOf(clips, clipNames)}
          value={view.clip}
          onChange={(clip) => onChange({ clip })}
        />
        <SliderInput
          label="Surface"
          value={view.surfaceOpacity}
          min={0}
          max={1}
          step={0.05}
          show={(value) => `${Math.round(100 * value)} %`}
          onChange={(surfaceOpacity) => onChange({ surfaceOpacity })}
        />
      </div>
      <div className="actions">
        {(Object.keys(presets) as Preset[]).map((preset) => (
          <Button key={preset} onPress={() => onChange({ camera: { ...camera, ...presets[preset] } })}>
            {preset}
          </Button>
        ))}
        <Button
          onPress={() =>
            onChange({
              camera: {
                ...camera,
                projection: camera.projection === 'perspective' ? 'orthographic' : 'perspective',
              },
            })
          }
        >
          {camera.projection}
        </Button>
        <ConventionSwitch />
        <ExportDialog view={view} scene={scene} picture={picture} />
      </div>
    </div>
  );
}

/** What is inside is seen through a translucent surface alone. */
function seenThrough({ surfaceOpacity }: BrainView, isInside: boolean): Partial<BrainView> {
  return isInside && surfaceOpacity === 1 ? { surfaceOpacity: 0.35 } : {};
}

const backgrounds = [
  { id: 'white', name: 'White' },
  { id: 'transparent', name: 'Transparent' },
  { id: 'black', name: 'Black' },
] as const;

/** The largest canvas that browsers are sure to give, in pixels of a side. */
const widest = 16_000;

function ExportDialog({ view, scene, picture }: Pick<ViewBarProps, 'view' | 'scene' | 'picture'>) {
  const [size, setSize] = useState(1000);
  const [background, setBackground] = useState<PictureOptions['background']>('white');
  const [error, setError] = useState<unknown>(null);
  const planes = picture.axes.filter(({ name }) => view.layout === 'all' || view.layout === name);
  const has3d = view.layout === 'all' || view.layout === '3d';
  const save = async () => {
    try {
      setError(null);
      const canvas = drawPicture(
        { ...picture, planes, zoom: view.zoom, scene: has3d ? scene.current : null },
        { size, background },
      );
      await savePicture(canvas, 'brain.png');
    } catch (caught) {
      setError(caught);
    }
  };
  const nViews = planes.length + (has3d && scene.current !== null ? 1 : 0);
  return (
    <DialogTrigger>
      <Button>Picture ...</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            <Heading slot="title">A picture of this view</Heading>
            <p className="quiet">
              PNG of {nViews} views of {size} x {size} pixels, with letters, a scale of length, colour bars
              and captions.
            </p>
            <NumberInput
              label="Side of a view"
              unit="pixels"
              value={size}
              minValue={100}
              maxValue={Math.floor(widest / Math.max(1, nViews))}
              onChange={setSize}
            />
            <Choice label="Background" options={backgrounds} value={background} onChange={setBackground} />
            {error !== null && <ProblemView error={error} />}
            <p className="actions">
              <Button className="primary" onPress={() => void save()}>
                Save picture
              </Button>
              <Button slot="close">Close</Button>
            </p>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
