import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { DecodedFaces } from '../../shared/contract/decoding.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';

/** A decoding as a column of the strip. */
export interface StripColumn {
  readonly title: string;
  readonly faces: DecodedFaces;
}

interface FaceStripProps {
  readonly columns: readonly StripColumn[];
  /** Artefact of an evaluation, which holds the model's own reconstructions of the test faces. */
  readonly evaluation?: string | null;
  /** What is said beside a row. */
  readonly describe?: (row: DecodedFaces['rows'][number]) => string;
}

/** Rows that are drawn at once. */
const pageSize = 60;

/** A row a pattern: the picture that was shown, the model's own reconstruction of it, and what each decoder made. */
export function FaceStrip({ columns, evaluation = null, describe }: FaceStripProps) {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const [limit, setLimit] = useState(pageSize);
  const [first] = columns;
  if (first === undefined) return null;
  const hasShown = first.faces.faces !== null && first.faces.rows.some(({ shown }) => shown !== null);
  const titles = [
    ...(hasShown ? ['shown'] : []),
    ...(evaluation === null ? [] : ['own reconstruction']),
    ...columns.map(({ title }) => title),
  ];
  return (
    <>
      <table className="strip">
        <thead>
          <tr>
            <th scope="col">Pattern</th>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first.faces.rows.slice(0, limit).map((row, at) => {
            const stem = row.picture.slice(row.picture.lastIndexOf('/') + 1);
            return (
              <tr key={row.name} aria-current={selection.stimulus === row.name ? 'true' : undefined}>
                <th scope="row">
                  <Button className="link" onPress={() => select({ stimulus: row.name }, { replace: true })}>
                    {row.name}
                  </Button>
                  {describe && <span className="quiet block">{describe(row)}</span>}
                </th>
                {hasShown && (
                  <td>
                    {row.shown === null || first.faces.faces === null ? (
                      <span className="quiet">not known</span>
                    ) : (
                      <Face
                        src={`/data/${project}/faces/${first.faces.faces}/${row.shown}.png`}
                        alt={`${row.name}, shown`}
                      />
                    )}
                  </td>
                )}
                {evaluation !== null && (
                  <td>
                    <Face
                      src={`/data/${project}/artifacts/${evaluation}/own/${encodeURIComponent(stem)}`}
                      alt={`${row.name}, the model's own reconstruction`}
                    />
                  </td>
                )}
                {columns.map(({ title, faces }) => {
                  const own = faces.rows[at];
                  return (
                    <td key={title}>
                      {own && (
                        <Face
                          src={`/data/${project}/artifacts/${faces.artifact}/${own.picture.split('/').map(encodeURIComponent).join('/')}`}
                          alt={`${row.name}, decoded: ${title}`}
                        />
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {first.faces.rows.length > limit && (
        <p className="actions">
          <Button onPress={() => setLimit(limit + pageSize)}>Show {pageSize} more</Button>
          <span className="quiet">
            {limit} of {first.faces.rows.length} are shown, in their order.
          </span>
        </p>
      )}
    </>
  );
}

function Face({ src, alt }: { readonly src: string; readonly alt: string }) {
  return <img className="face" src={src} alt={alt} width={88} height={88} loading="lazy" decoding="async" />;
}
