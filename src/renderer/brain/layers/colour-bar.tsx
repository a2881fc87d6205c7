import { useEffect, useRef } from 'react';
import { colourTable, tableSize } from './colour-maps.ts';
import { isTwoSided, type Paint, rangeOf } from './paint.ts';

/** The colours of a map from its lowest value to its highest; what is below the threshold is left out, as in the views. */
export function ColourBar({ paint, label }: { readonly paint: Paint; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) drawColourBar(context, paint, { x: 0, y: 0, width: 256, height: 12 });
  }, [paint]);
  const [low, high] = rangeOf(paint);
  return (
    <div className="colour-bar">
      <canvas ref={canvas} width={256} height={12} role="img" aria-label={label} />
      <p className="colour-bar-ends">
        <span>{low.toPrecision(3)}</span>
        <span>{high.toPrecision(3)}</span>
      </p>
    </div>
  );
}

export function drawColourBar(
  context: CanvasRenderingContext2D,
  paint: Paint,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  const table = colourTable(paint.colours);
  const [low, high] = rangeOf(paint);
  const twoSided = isTwoSided(paint);
  context.clearRect(box.x, box.y, box.width, box.height);
  const steps = Math.round(box.width);
  for (let step = 0; step < steps; step += 1) {
    const share = (step + 0.5) / steps;
    const value = low + share * (high - low);
    if (twoSided ? Math.abs(value) < paint.threshold : value < paint.threshold) continue;
    const at = 3 * Math.round(share * (tableSize - 1));
    context.fillStyle = `rgb(${table[at]}, ${table[at + 1]}, ${table[at + 2]})`;
    context.fillRect(box.x + step, box.y, 1, box.height);
  }
}
