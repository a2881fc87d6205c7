import type { StepFacts } from '../../shared/contract/overview.ts';

/* The pipeline's lines: faces and model run on the first rail, subjects on a second that joins it at the mapping. */
const first = 14;
const second = 38;
const width = 52;
const nodeY = 14;

const lines: Readonly<Record<StepFacts['step'], readonly string[]>> = {
  faces: [`M${first} ${nodeY}V1000`],
  model: [`M${first} 0V1000`],
  subject: [`M${first} 0V1000`, `M${second} ${nodeY}V1000`],
  mapping: [`M${first} 0V1000`, `M${second} 0C${second} ${nodeY} ${second} ${nodeY} ${first} ${nodeY}`],
  decoding: [`M${first} 0V1000`],
  evaluation: [`M${first} 0V${nodeY}`],
};

/** Told apart by shape, not by colour alone. */
const marks: Readonly<Record<StepFacts['state'], string>> = {
  missing: '',
  waiting: '…',
  running: '▸',
  failed: '×',
  stale: '!',
  done: '✓',
};

/** The part of the picture beside a step; its state stands in words beside it. */
export function Rail({ step, state }: Pick<StepFacts, 'step' | 'state'>) {
  const x = step === 'subject' ? second : first;
  return (
    <svg className="rail" width={width} aria-hidden="true">
      {lines[step].map((path) => (
        <path key={path} d={path} />
      ))}
      <circle cx={x} cy={nodeY} r="10" />
      <text x={x} y={nodeY + 5}>
        {marks[state]}
      </text>
    </svg>
  );
}
