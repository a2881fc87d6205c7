import type { DecodedPicture } from '../client/decode.ts';
import { ProblemView } from '../components/problem-view.tsx';

interface FigureProps {
  readonly decoded: DecodedPicture;
  readonly columns: number;
  readonly rows: number;
  /** Pixels of a face on the screen. */
  readonly cell: number;
  readonly label: string;
  /** Above the columns; beside the rows. */
  readonly headings?: readonly string[];
  readonly sides?: readonly string[];
  /** Name of the file that the picture is saved as, without its ending. */
  readonly file: string;
}

/** Decoded faces in a grid, as one picture that can be saved. */
export function DecodedFigure({ decoded, columns, rows, cell, label, headings, sides, file }: FigureProps) {
  const { src, error } = decoded;
  if (error !== null && src === null) return <ProblemView error={error} />;
  const width = columns * cell;
  return (
    <figure className="decoded">
      {headings && (
        <div className="decoded-headings" style={{ gridTemplateColumns: `repeat(${columns}, ${cell}px)` }}>
          {headings.map((heading) => (
            <span key={heading}>{heading}</span>
          ))}
        </div>
      )}
      <div className="decoded-rows">
        {src === null ? (
          <div className="decoded-blank" style={{ width, height: rows * cell }} />
        ) : (
          <img src={src} alt={label} width={width} height={rows * cell} />
        )}
        {sides && (
          <div className="decoded-sides">
            {sides.map((side) => (
              <span key={side} style={{ height: cell }}>
                {side}
              </span>
            ))}
          </div>
        )}
      </div>
      {src !== null && (
        <figcaption>
          <a href={src} download={`${file}.png`}>
            Save as PNG
          </a>
        </figcaption>
      )}
    </figure>
  );
}
