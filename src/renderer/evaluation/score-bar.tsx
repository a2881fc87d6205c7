interface ScoreBarProps {
  readonly score: {
    readonly value: number | null;
    readonly lower?: number;
    readonly upper?: number;
    readonly chance?: number;
  };
}

const width = 160;
const height = 22;
const edge = 6;
const x = (share: number) => edge + Math.max(0, Math.min(1, share)) * (width - 2 * edge);

/** From 0 to 1: the score as a point, its interval as a line, chance dashed. Whoever does not see it has the sentence beside it. */
export function ScoreBar({ score: { value, lower, upper, chance } }: ScoreBarProps) {
  return (
    <svg className="score-bar" width={width} height={height} aria-hidden="true">
      <line className="score-axis" x1={edge} x2={width - edge} y1={height / 2} y2={height / 2} />
      {chance !== undefined && (
        <line className="score-chance" x1={x(chance)} x2={x(chance)} y1={1} y2={height - 1} />
      )}
      {lower !== undefined && upper !== undefined && (
        <line className="score-interval" x1={x(lower)} x2={x(upper)} y1={height / 2} y2={height / 2} />
      )}
      {value !== null && <circle className="score-point" cx={x(value)} cy={height / 2} r={5} />}
    </svg>
  );
}
