import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { BrainFacts, BrainImage } from '../../shared/contract/brain.ts';
import { applyAffine, invertAffine } from '../../shared/space/affine.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { usePreferences } from '../client/preferences.ts';
import { ProblemView } from '../components/problem-view.tsx';
import type { Layer, LayerState } from './layers/layer.ts';
import { paintSphere } from './masks/mask-edit.ts';
import type { BrushMode } from './masks/mask-panel.tsx';
import { useMask } from './masks/use-mask.ts';
import { planeAxes, planeNames } from './planes/plane.ts';
import { PlaneView } from './planes/plane-view.tsx';
import type { BrainScene } from './scene/scene.ts';
import { SceneView } from './scene/scene-view.tsx';
import { SidePanel } from './view/side-panel.tsx';
import { clips, layouts, useBrainView } from './view/use-brain-view.ts';
import { useHistory } from './view/use-history.ts';
import { firstBase, firstLayers, useLayers, useVolumes } from './view/use-layers.ts';
import { useSurface } from './view/use-surface.ts';
import { ViewBar } from './view/view-bar.tsx';
import { boundsOf, type Point, smallestSpacing, voxelAt } from './volume/bounds.ts';

/** Voxels of the selection are those of the mapping; without one, of the image below. */
function referenceImage(images: readonly BrainImage[], base: BrainImage | null): BrainImage | null {
  return images.find(({ kind }) => kind === 'selection') ?? base;
}

/** The linked views of one subject. */
export function BrainViewer({ facts }: { readonly facts: BrainFacts }) {
  const project = useProject().id;
  const preferences = usePreferences();
  const [selection, select] = useSelection();
  const [view, change] = useBrainView();
  const [chosenFiles, setChosenFiles] = useState<readonly BrainImage[]>([]);
  const images = useMemo(() => [...facts.images, ...chosenFiles], [facts.images, chosenFiles]);
  const base = images.find(({ id }) => id === view.base) ?? firstBase(images);
  const [firstStates] = useState(() => firstLayers(facts.images, selection.map));
  const states = view.layers ?? firstStates;
  const reference = referenceImage(images, base);
  const wanted = useMemo(
    () =>
      [base, reference, ...states.map(({ id }) => images.find((image) => image.id === id))].flatMap(
        (image) => image ?? [],
      ),
    [base, reference, states, images],
  );
  const loaded = useVolumes(project, wanted);
  const [contrast, setContrast] = useState<readonly [number, number]>([0, 0]);
  const stored = useLayers({ images }, base, states, loaded, preferences.colourMaps, contrast);
  const editor = useMask();
  const [areOverlaysHidden, setHidden] = useState(false);
  const layers = useMemo(() => {
    const shown = areOverlaysHidden ? stored.filter(({ id }) => id.startsWith('base ')) : stored;
    return editor.layer === null ? shown : [...shown, editor.layer];
  }, [stored, editor.layer, areOverlaysHidden]);
  const scene = useRef<BrainScene | null>(null);
  const [isCrosshairShown, setCrosshairShown] = useState(true);
  const [brush, setBrush] = useState<BrushMode>('off');
  const [radius, setRadius] = useState(6);
  const { visit, go, canBack, canForward } = useHistory();

  // The map that another view selected comes on top.
  const selectedMap = useRef(selection.map);
  useEffect(() => {
    if (selection.map === undefined || selection.map === selectedMap.current) return;
    selectedMap.current = selection.map;
    const others = states.filter(({ id }) => id !== selection.map);
    change({ layers: [...others, { id: selection.map, isVisible: true, paint: null }] });
  }, [selection.map, states, change]);

  const ground = stored[0] ?? null;
  const referenceVolume = reference === null ? undefined : loaded.get(reference.id);
  const grid =
    referenceVolume === undefined || referenceVolume instanceof Error ? null : referenceVolume.grid;
  const bounds = useMemo(() => (ground === null ? null : boundsOf(ground.volume.grid)), [ground]);
  const place = useMemo((): Point | null => {
    if (bounds === null) return null;
    const voxel = (selection.voxel ?? '').split(',').map(Number);
    const selected: Point | null =
      grid !== null && voxel.length === 3 && voxel.every(Number.isInteger)
        ? applyAffine(grid.affine, [voxel[0], voxel[1], voxel[2]])
        : null;
    const own = view.place;
    if (own !== null && (selected === null || isOfVoxel(own, grid, voxel))) return own;
    const middle = [0, 1, 2].map((axis) => (bounds.min[axis] + bounds.max[axis]) / 2);
    return selected ?? [middle[0], middle[1], middle[2]];
  }, [bounds, grid, selection.voxel, view.place]);

  const moveTo = useCallback(
    (to: Point, isEnd = true) => {
      const voxel = grid && voxelAt(grid, invertAffine(grid.affine), to);
      change({ place: to }, { voxel: voxel === null ? null : voxel.join(',') });
      if (isEnd) visit(to);
    },
    [grid, change, visit],
  );
  const surface = useSurface(project, facts, images, base, loaded);
  const axes = useMemo(() => planeNames.map((name) => planeAxes(name, preferences)), [preferences]);
  const failure = base === null ? undefined : loaded.get(base.id);
  if (failure instanceof Error) return <ProblemView error={failure} />;
  if (ground === null || bounds === null || place === null)
    return <p className="quiet">Reading {base?.name} ...</p>;

  const setLayers = (next: readonly LayerState[]) => {
    const top = next.at(-1)?.id;
    selectedMap.current = top;
    change({ layers: next }, { map: top === undefined ? null : top });
  };
  const onBrush = (at: Point, isFirst: boolean) => {
    const { mask, grid: on } = editor;
    if (mask === null || on === null) return;
    const data = mask.data.slice();
    const value = brush === 'erase' ? 0 : 1;
    if (paintSphere(data, on.volume.grid, at, radius, value) === 0 && !isFirst) return;
    editor.apply(
      data,
      { operation: value === 1 ? 'brush' : 'brush erased', detail: `radius ${radius} mm` },
      isFirst,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const inText = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (inText || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'z' && editor.canUndo) editor.undo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === 'v')
      change({ layout: layouts[(layouts.indexOf(view.layout) + 1) % layouts.length] });
    else if (event.key === 'c') change({ clip: clips[(clips.indexOf(view.clip) + 1) % clips.length] });
    else if (event.key === 'h') setHidden((before) => !before);
    else if (event.key === 'x') setCrosshairShown((before) => !before);
    else if (event.key === '[' || event.key === ']') {
      const to = go(event.key === '[' ? -1 : 1);
      if (to !== null) moveTo(to, false);
    } else return;
    event.preventDefault();
  };
  const shownPlanes = axes.filter(({ name }) => view.layout === 'all' || view.layout === name);
  const step = smallestSpacing(ground.volume.grid);
  const anchor = (layer: Layer | undefined) => layer ?? ground;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the views in it have the focus; these keys are short cuts for all of them
    <div className="brain-viewer" onKeyDown={onKeyDown}>
      <div className="brain-main">
        <ViewBar
          view={view}
          onChange={change}
          scene={scene}
          picture={{ axes, layers, bounds, place, convention: preferences.convention }}
        />
        <div className="brain-views" data-layout={view.layout}>
          {shownPlanes.map((plane) => (
            <PlaneView
              key={plane.name}
              axes={plane}
              layers={layers}
              bounds={bounds}
              crosshair={place}
              isCrosshairShown={isCrosshairShown}
              step={step}
              zoom={view.zoom}
              onPlace={moveTo}
              onZoom={(factor) => change({ zoom: Math.min(20, Math.max(0.5, view.zoom * factor)) })}
              onContrast={(brightness, steeper) => setContrast(([a, b]) => [a + brightness, b + steeper])}
              onBrush={brush === 'off' || !editor.isDrawing ? undefined : onBrush}
            />
          ))}
          {(view.layout === 'all' || view.layout === '3d') && (
            <SceneView
              scene={scene}
              layers={layers}
              bounds={bounds}
              crosshair={place}
              isCrosshairShown={isCrosshairShown}
              source={surface.source}
              note={surface.note}
              view={view}
              onCamera={(camera) => change({ camera })}
              onPick={moveTo}
            />
          )}
        </div>
      </div>
      <SidePanel
        subject={facts.subject}
        images={images}
        base={base}
        onBase={(id) => change({ base: id })}
        states={states}
        onStates={setLayers}
        layers={layers}
        loaded={loaded}
        reference={anchor(stored.find(({ image }) => image.id === reference?.id))}
        place={place}
        onPlace={moveTo}
        history={{ canBack, canForward }}
        onHistory={(by) => {
          const to = go(by);
          if (to !== null) moveTo(to, false);
        }}
        onRegion={(region) => select({ region })}
        onFile={(image) => {
          setChosenFiles((before) => [...before.filter(({ id }) => id !== image.id), image]);
          setLayers([
            ...states.filter(({ id }) => id !== image.id),
            { id: image.id, isVisible: true, paint: null },
          ]);
        }}
        mask={{ editor, radius, onRadius: setRadius, brush, onBrush: setBrush }}
        selection={selection}
        surfaceOrigin={surface.source?.origin ?? null}
      />
    </div>
  );
}

function isOfVoxel(
  place: Point,
  grid: { readonly affine: Float64Array } | null,
  voxel: readonly number[],
): boolean {
  if (grid === null) return true;
  const at = applyAffine(invertAffine(grid.affine), place);
  return at.every((value, axis) => Math.round(value) === voxel[axis]);
}
