import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Layer } from '../layers/layer.ts';
import type { BrainView } from '../view/use-brain-view.ts';
import type { Bounds, Point } from '../volume/bounds.ts';
import { BrainScene } from './scene.ts';
import { regionShapes, valueVoxels } from './shapes.ts';
import { SurfacePainter } from './surface-paint.ts';
import type { SurfaceSource } from './surface-source.ts';
import { type CameraState, eyeDirection, presets, turned } from './turntable.ts';

interface SceneViewProps {
  readonly scene: RefObject<BrainScene | null>;
  readonly layers: readonly Layer[];
  readonly bounds: Bounds;
  readonly crosshair: Point;
  readonly isCrosshairShown: boolean;
  readonly source: SurfaceSource | null;
  readonly view: BrainView;
  readonly onCamera: (camera: CameraState) => void;
  readonly onPick: (place: Point) => void;
  readonly note: string | null;
}

const directions = [
  ['L', 0, -1],
  ['R', 0, 1],
  ['P', 1, -1],
  ['A', 1, 1],
  ['I', 2, -1],
  ['S', 2, 1],
] as const;

/** The brain in three dimensions. Left turns it, the wheel brings it near, a click picks; arrows turn, 1 to 6 are the sides. */
export function SceneView(props: SceneViewProps) {
  const { scene, layers, bounds, crosshair, isCrosshairShown, source, view, onCamera, onPick, note } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const letters = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [isLost, setLost] = useState(false);
  const [painter] = useState(() => new SurfacePainter());
  const camera = useRef(view.camera);
  const drag = useRef<{ x: number; y: number; moved: number } | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    let made: BrainScene;
    try {
      made = new BrainScene(element);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      return;
    }
    scene.current = made;
    made.onLost = setLost;
    const places = new Map(directions.map(([letter, axis, sign]) => [letter, { axis, sign }]));
    made.onFrame = () => {
      for (const span of letters.current?.children ?? []) {
        const place = places.get(span.textContent as 'L');
        if (!place || !(span instanceof HTMLElement)) continue;
        const at: [number, number, number] = [...made.middle];
        at[place.axis] += place.sign * made.radius * 0.72;
        const [x, y] = made.project(at);
        span.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;
      }
    };
    const observer = new ResizeObserver(([{ contentRect }]) =>
      made.resize(contentRect.width, contentRect.height),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      scene.current = null;
    };
  }, [scene]);

  useEffect(() => scene.current?.setBounds(bounds), [scene, bounds]);
  useEffect(() => {
    camera.current = view.camera;
    scene.current?.setCamera(view.camera);
  }, [scene, view.camera]);
  useEffect(() => scene.current?.setSurface(source?.surface ?? null), [scene, source]);
  useEffect(() => scene.current?.setSurfaceOpacity(view.surfaceOpacity), [scene, view.surfaceOpacity]);
  useEffect(
    () => scene.current?.setCrosshair(crosshair, isCrosshairShown),
    [scene, crosshair, isCrosshairShown],
  );
  useEffect(() => {
    const axis = ({ none: null, sagittal: 0, coronal: 1, axial: 2 } as const)[view.clip];
    // The half that is nearer to the eye is taken away.
    const [side] = axis === null ? [1] : [Math.sign(eyeDirection(camera.current)[axis]) || 1];
    scene.current?.setClip(axis === null ? null : { axis, at: crosshair[axis], side: side > 0 ? 1 : -1 });
  }, [scene, view.clip, crosshair]);
  useEffect(() => {
    if (source === null) return;
    const shown = view.valueStyle === 'volume' ? [] : layers.filter(isOverlay);
    scene.current?.paintSurface((colours, level) =>
      painter.paint(colours, source.surface[level], level, shown),
    );
  }, [scene, painter, source, layers, view.valueStyle]);
  useEffect(() => {
    let isCurrent = true;
    const overlays = layers.filter(isOverlay);
    const boxes = view.valueStyle === 'surface' ? [] : valueVoxels(overlays);
    regionShapes(overlays, view.regionStyle)
      .catch(() => [])
      .then((regions) => {
        if (isCurrent) scene.current?.setThings(regions, boxes);
      });
    return () => {
      isCurrent = false;
    };
  }, [scene, layers, view.regionStyle, view.valueStyle]);

  const turn = (dx: number, dy: number) => {
    camera.current = turned(camera.current, dx, dy);
    scene.current?.setCamera(camera.current);
  };
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const zoom = Math.min(20, Math.max(0.3, camera.current.zoom * (event.deltaY < 0 ? 1.12 : 1 / 1.12)));
      onCamera({ ...camera.current, zoom });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [onCamera]);

  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (from === null) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    drag.current = { x: event.clientX, y: event.clientY, moved: from.moved + Math.abs(dx) + Math.abs(dy) };
    turn(dx, dy);
  };
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>) => {
    const from = drag.current;
    drag.current = null;
    if (from === null) return;
    if (from.moved > 3) {
      onCamera(camera.current);
      return;
    }
    const box = event.currentTarget.getBoundingClientRect();
    const hit = scene.current?.pick(event.clientX - box.left, event.clientY - box.top);
    if (hit) onPick(hit.place);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrows: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-28, 0],
      ArrowRight: [28, 0],
      ArrowUp: [0, -28],
      ArrowDown: [0, 28],
    };
    const preset = Object.values(presets)[Number(event.key) - 1];
    const arrow = arrows[event.key];
    if (arrow !== undefined) onCamera(turned(camera.current, ...arrow));
    else if (preset !== undefined) onCamera({ ...camera.current, ...preset });
    else if (event.key === '+' || event.key === '=')
      onCamera({ ...camera.current, zoom: camera.current.zoom * 1.15 });
    else if (event.key === '-') onCamera({ ...camera.current, zoom: camera.current.zoom / 1.15 });
    else return;
    event.preventDefault();
  };

  if (failure !== null) {
    return (
      <div className="brain-scene brain-scene-none" role="status">
        <p>
          The brain in three dimensions needs WebGL, which this browser or machine does not offer: {failure}
        </p>
        <p>
          The planes show everything all the same. Hardware acceleration is switched on in the browser's
          settings.
        </p>
      </div>
    );
  }
  return (
    <div className="brain-scene">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label="Brain in three dimensions. Arrows turn it, 1 to 6 show its sides, plus and minus bring it nearer."
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, moved: 0 };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onKeyDown={onKeyDown}
      />
      <div ref={letters} className="brain-letters" aria-hidden="true">
        {directions.map(([letter]) => (
          <span key={letter}>{letter}</span>
        ))}
      </div>
      {isLost && (
        <p className="brain-scene-note" role="status">
          The graphics card was lost. The view comes back by itself when the system gives it back.
        </p>
      )}
      {note !== null && !isLost && (
        <p className="brain-scene-note" role="status">
          {note}
        </p>
      )}
    </div>
  );
}

function isOverlay(layer: Layer): boolean {
  return layer.isVisible && !layer.id.startsWith('base ');
}
