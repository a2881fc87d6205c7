import { useSelection } from '../app/selection.ts';
import { number } from './numbers.ts';

interface BarsProps {
  /** What is drawn for each latent, the first of them also ordering: the largest sizes are shown. */
  readonly series: readonly {
    readonly name: string;
    readonly style: 'true' | 'decoded' | 'weight';
    readonly values: readonly number[];
  }[];
  readonly count?: number;
}

const width = 224;
const rowHeight = 20;
const labelWidth = 40;
const numberWidth = 36;

/** The latents of the largest size, each a bar to the left or right of 0; pressing one selects it. */
export function LatentBars({ series, count = 8 }: BarsProps) {
  const [, select] = useSelection();
  const [first] = series;
  const strongest = [...first.values.keys()]
    .sort((a, b) => Math.abs(first.values[b]) - Math.abs(first.values[a]))
    .slice(0, count);
  const largest = Math.max(
    1e-12,
    ...series.flatMap(({ values }) => strongest.map((latent) => Math.abs(values[latent]))),
  );
  const half = (width - labelWidth - numberWidth) / 2;
  const middle = labelWidth + half;
  const barHeight = (rowHeight - 6) / series.length;
  return (
    <>
      <svg
        className="latent-bars"
        width={width}
        height={strongest.length * rowHeight}
        role="img"
        aria-label={`Strongest latents: ${strongest.map((latent) => `${latent + 1}: ${series.map(({ name, values }) => `${name} ${number(values[latent])}`).join(', ')}`).join('; ')}`}
      >
        <line className="axis" x1={middle} x2={middle} y1={0} y2={strongest.length * rowHeight} />
        {strongest.map((latent, row) => (
          <g key={latent}>
            <text x={0} y={row * rowHeight + 14}>
              {latent + 1}
            </text>
            {series.map(({ style, values }, at) => {
              const length = (Math.abs(values[latent]) / largest) * half;
              return (
                <rect
                  key={style}
                  className={style}
                  x={values[latent] < 0 ? middle - length : middle}
                  y={row * rowHeight + 3 + at * barHeight}
                  width={length}
                  height={barHeight}
                />
              );
            })}
            <text x={width} y={row * rowHeight + 14} textAnchor="end">
              {number(first.values[latent], Math.abs(first.values[latent]) >= 100 ? 0 : 1)}
            </text>
          </g>
        ))}
      </svg>
      <p className="inspect-links">
        <span className="quiet">Select latent</span>
        {strongest.slice(0, 5).map((latent) => (
          <button key={latent} type="button" className="inspect-select" onClick={() => select({ latent })}>
            {latent + 1}
          </button>
        ))}
      </p>
    </>
  );
}
