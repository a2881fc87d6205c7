import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Layer } from '../layers/layer.ts';
import type { Bounds, Point } from '../volume/bounds.ts';
import { pixelOf, type PlaneAxes, type PlaneWindow, placeAt, windowFor } from './plane.ts';
import { drawLetters, PlanePainter } from './plane-painter.ts';

interface PlaneViewProps {
  readonly axes: PlaneAxes;
  readonly layers: readonly Layer[];
  readonly bounds: Bounds;
  readonly crosshair: Point;
  readonly isCrosshairShown: boolean;
  /** Millimetres of a step along the normal. */
  readonly step: number;
  readonly zoom: number;
  /** The crosshair is led about; `isEnd` once the pointer is let go. */
  readonly onPlace: (place: Point, isEnd: boolean) => void;
  readonly onZoom: (factor: number) => void;
  /** Contrast by a drag with the right button: shares of the height, right is brighter, up is steeper. */
  readonly onContrast: (brightness: number, contrast: number) => void;
  /** Takes the pointer instead of the crosshair while a mask is drawn. */
  readonly onBrush?: ((place: Point, isFirst: boolean) => void) | undefined;
}

/** One plane through the crosshair. Left leads the crosshair, the wheel goes through, Ctrl+wheel zooms, middle pans, right drags contrast. */
export function PlaneView(props: PlaneViewProps) {
  const { axes, layers, bounds, crosshair, isCrosshairShown, step, zoom, onPlace, onZoom } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [pan, setPan] = useState<readonly [number, number]>([0, 0]);
  const painter = useMemo(() => new PlanePainter(), []);
  const drag = useRef<{ button: number; x: number; y: number } | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(([{ contentRect }]) => {
      setSize({ width: Math.round(contentRect.width), height: Math.round(contentRect.height) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const window: PlaneWindow = useMemo(
    () => windowFor(axes, bounds, size, 0.94 * zoom, pan),
    [axes, bounds, size, zoom, pan],
  );

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || size.width < 2 || size.height < 2) return;
    context.putImageData(painter.paint(layers, axes, window, crosshair[axes.through]), 0, 0);
    // Behind what is transparent: image canvases are black in both themes.
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = '#000000';
    context.fillRect(0, 0, size.width, size.height);
    context.globalCompositeOperation = 'source-over';
    if (isCrosshairShown) drawCrosshair(context, pixelOf(axes, window, crosshair), size);
    drawLetters(context, axes, size);
  }, [painter, layers, axes, window, crosshair, isCrosshairShown, size]);

  const placeOf = (event: { clientX: number; clientY: number }): Point => {
    const box = canvas.current?.getBoundingClientRect() ?? new DOMRect();
    return placeAt(axes, window, event.clientX - box.left, event.clientY - box.top, crosshair[axes.through]);
  };
  const along = (amount: number, axis: number): Point => {
    const next: [number, number, number] = [...crosshair];
    next[axis] = Math.min(bounds.max[axis], Math.max(bounds.min[axis], next[axis] + amount));
    return next;
  };

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    // React's own wheel listener may not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) onZoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
      else onPlace(along(event.deltaY < 0 ? step : -step, axes.through), true);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });

  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { button: event.button, x: event.clientX, y: event.clientY };
    if (event.button !== 0) return;
    if (props.onBrush) props.onBrush(placeOf(event), true);
    else onPlace(placeOf(event), false);
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const from = drag.current;
    if (from === null) return;
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    if (from.button === 0) {
      if (props.onBrush) props.onBrush(placeOf(event), false);
      else onPlace(placeOf(event), false);
      return;
    }
    drag.current = { ...from, x: event.clientX, y: event.clientY };
    if (from.button === 1) {
      setPan(([across, up]) => [across - axes.acrossSign * dx * window.scale, up + dy * window.scale]);
    } else props.onContrast(dx / size.height, -dy / size.height);
  };
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>) => {
    if (drag.current?.button === 0 && !props.onBrush) onPlace(placeOf(event), true);
    drag.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-axes.acrossSign * step, axes.across],
      ArrowRight: [axes.acrossSign * step, axes.across],
      ArrowUp: [step, axes.up],
      ArrowDown: [-step, axes.up],
      PageUp: [step, axes.through],
      PageDown: [-step, axes.through],
      '+': [step, axes.through],
      '=': [step, axes.through],
      '-': [-step, axes.through],
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onPlace(along(...move), true);
  };

  return (
    <canvas
      ref={canvas}
      className="brain-plane"
      data-plane={axes.name}
      width={size.width}
      height={size.height}
      tabIndex={0}
      role="img"
      aria-label={`${axes.name} plane at ${crosshair[axes.through].toFixed(1)} mm; ${axes.letters[0]} is on the left. Arrows move the crosshair, plus and minus the slice.`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
      onDoubleClick={() => setPan([0, 0])}
    />
  );
}

function drawCrosshair(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  { width, height }: { readonly width: number; readonly height: number },
): void {
  context.strokeStyle = 'rgb(70 209 127 / 0.85)';
  context.lineWidth = 1;
  context.beginPath();
  const gap = 5;
  const [cx, cy] = [Math.round(x) + 0.5, Math.round(y) + 0.5];
  context.moveTo(0, cy);
  context.lineTo(cx - gap, cy);
  context.moveTo(cx + gap, cy);
  context.lineTo(width, cy);
  context.moveTo(cx, 0);
  context.lineTo(cx, cy - gap);
  context.moveTo(cx, cy + gap);
  context.lineTo(cx, height);
  context.stroke();
}
