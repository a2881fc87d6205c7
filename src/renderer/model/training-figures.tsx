import { useMemo } from 'react';
import { Chart } from '../components/chart.tsx';
import { type Figure, specOf } from './curves.ts';

interface FiguresProps {
  readonly figures: readonly Figure[];
  /** The first step of the adversarial phase. */
  readonly border: number | null;
}

/** Figures side by side, each with what its lines mean. */
export function TrainingFigures({ figures, border }: FiguresProps) {
  return (
    <div className="figures">
      {figures.map((figure) => (
        <OneFigure key={figure.id} figure={figure} border={border} />
      ))}
    </div>
  );
}

function OneFigure({ figure, border }: { readonly figure: Figure; readonly border: number | null }) {
  // Drawn anew only where there are other points: live tables are read again and again.
  const text = JSON.stringify(figure);
  const spec = useMemo(() => specOf(JSON.parse(text) as Figure, border), [text, border]);
  return (
    <section>
      <h2>{figure.title}</h2>
      <Chart spec={spec} label={`${figure.title} against steps`} height={170} />
      {figure.rule && <p className="quiet small">Dotted: {figure.rule.name}.</p>}
    </section>
  );
}
