import type { FacesPreviewFacts } from '../../shared/contract/faces.ts';
import { useNumbers } from '../client/preferences.ts';
import { ProblemList } from '../components/problem-list.tsx';

interface PreviewProps {
  readonly preview: FacesPreviewFacts;
  readonly imageSize: number;
  readonly dropDuplicates: boolean;
}

/** What an import of the folder will give: how many, how they will look, which labels, what will be left out. */
export function ImportPreview({ preview, imageSize, dropDuplicates }: PreviewProps) {
  const { count: written, bytes } = useNumbers();
  const { count, lookedAt, sides, rejected, duplicates, tables, labels, problems, sample } = preview;
  const among =
    lookedAt === count
      ? 'all of them were looked at'
      : `${written(lookedAt)} of them were looked at, spread evenly`;
  const isEnlarged = sides !== null && sides.smallest < imageSize;
  return (
    <section className="card wide" aria-label="What the import will give">
      <h2>What the import will give</h2>
      <dl className="known wide-known">
        <div>
          <dt>Pictures</dt>
          <dd>
            {written(count)}; {among}. About {bytes(count * imageSize * imageSize * 3)} in the project.
          </dd>
        </div>
        {sides !== null && (
          <div>
            <dt>Shorter side</dt>
            <dd>
              {sides.smallest === sides.largest ? sides.smallest : `${sides.smallest} to ${sides.largest}`}{' '}
              pixels
              {isEnlarged && `; those below ${imageSize} will be enlarged`}
            </dd>
          </div>
        )}
        <div>
          <dt>Labels</dt>
          <dd>
            {labels.length === 0 ? 'none found' : `${labels.length}: ${named(labels)}`}
            {tables.map(({ file, rows, matched }) => (
              <span key={file} className="block">
                {file}: {written(rows)} rows; {written(matched)} of {written(count)} pictures have one
              </span>
            ))}
          </dd>
        </div>
        <div>
          <dt>Will be left out</dt>
          <dd>
            {rejected.length === 0
              ? 'nothing that was looked at'
              : `${written(rejected.length)} that cannot be used, listed below`}
            {duplicates > 0 &&
              `; ${written(duplicates)} have the pixels of an earlier one and will be ${dropDuplicates ? 'dropped' : 'kept and listed'}`}
          </dd>
        </div>
      </dl>
      <ProblemList problems={[...rejected, ...problems]} />
      {sample && (
        <figure className="picture">
          <img
            src={sample.picture}
            alt={`${sample.files.length} faces as they will be imported`}
            width={sample.columns * shownSize}
            height={Math.ceil(sample.files.length / sample.columns) * shownSize}
          />
          <figcaption>
            {sample.files.length} of them after the crop, at {imageSize} x {imageSize} pixels
          </figcaption>
        </figure>
      )}
    </section>
  );
}

const shownSize = 88;

function named(labels: readonly string[]): string {
  const shown = labels.slice(0, 8).join(', ');
  return labels.length > 8 ? `${shown} ...` : shown;
}
