import { useState } from 'react';
import { SliderInput } from '../components/slider-input.tsx';

/** The pictures that a training made of the same held-out faces and codes, one a look, with a slider over time. */
export function SampleGrids({ grids }: { readonly grids: readonly string[] }) {
  // Null: the newest, also while more come.
  const [chosen, setChosen] = useState<number | null>(null);
  const last = grids.length - 1;
  const at = Math.min(chosen ?? last, last);
  const src = grids[at];
  if (src === undefined)
    return <p className="quiet">The first pictures come with the first look at held-out faces.</p>;
  const step = stepOf(src);
  return (
    <figure className="sample-grids">
      <SliderInput
        label="Time"
        value={at}
        min={0}
        max={Math.max(1, last)}
        onChange={(value) => setChosen(value >= last ? null : value)}
        show={() => `step ${step}`}
      />
      <img src={src} alt={`Held-out faces and samples at step ${step}`} />
      <figcaption className="quiet">
        From top to bottom: faces that training never sees, their reconstructions, those of principal
        components where they were fitted, faces of random codes, and the way from the first face to the
        second.
      </figcaption>
    </figure>
  );
}

function stepOf(address: string): number {
  return Number(/step-0*(\d+)\.png/.exec(address)?.[1] ?? 0);
}
