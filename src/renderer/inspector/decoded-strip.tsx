import { useMemo } from 'react';
import { useDecoded } from '../client/decode.ts';

interface StripProps {
  readonly project: string;
  /** Hash of the model's artefact. */
  readonly artifact: string;
  readonly codes: readonly (readonly number[])[];
  /** A word under each picture. */
  readonly names: readonly string[];
  /** Pixels of a picture's side. */
  readonly size?: number;
}

/** Pictures of codes side by side, drawn by the model. */
export function DecodedStrip({ project, artifact, codes, names, size = 70 }: StripProps) {
  const request = useMemo(() => ({ project, artifact, codes }), [project, artifact, codes]);
  const { src, error } = useDecoded(request);
  if (error !== null)
    return <p className="quiet">{error instanceof Error ? error.message : String(error)}</p>;
  return (
    <figure className="picture decoded-strip">
      {src === null ? (
        <span className="no-picture" style={{ width: size * codes.length, height: size }} />
      ) : (
        <img src={src} alt={names.join(', ')} width={size * codes.length} height={size} />
      )}
      <figcaption>
        {names.map((name) => (
          <span key={name} style={{ width: size }}>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
