import { useQueries, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { FittedDecoder } from '../../shared/contract/decoding.ts';
import { type DecoderKind, decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import { PlaceLink } from '../app/place.tsx';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';
import { CurveChart, FoldChart } from './cross-validation.tsx';
import { decoderWords, type MappingPlace, resultName } from './decoding-names.ts';

/** The decoders side by side: what cross-validation says of each, and what it reached on test faces. */
export function DecodersPage(place: MappingPlace) {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const decoders = useQuery(queries.decoding.decoders.queryOptions({ input: { project, ...place } }));
  const { id, error, enqueue } = useEnqueue();
  if (decoders.error) return <ProblemView error={decoders.error} onAgain={() => void decoders.refetch()} />;
  if (decoders.data === undefined) return <p className="waiting">Reading ...</p>;
  const fitted = decoders.data;
  const chosen =
    fitted.find(({ decoder }) => decoder === selection.decoder) ??
    fitted.find(({ curve }) => curve.length > 1) ??
    fitted[0];
  return (
    <>
      <DecoderTable
        place={place}
        fitted={fitted}
        selected={chosen?.decoder ?? publishedDecoder}
        onSelect={(decoder) => select({ decoder }, { replace: true })}
        onDecode={(decoder) => enqueue({ kind: 'decode-subject', ...place, decoder })}
      />
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
      {fitted.length === 0 ? (
        <p className="quiet">
          The paper's decoder follows from the mapping and has nothing to tune. The others are tuned by
          cross-validation over runs:{' '}
          <PlaceLink
            to={`/subjects/of/${encodeURIComponent(place.subject)}/mapping?model=${encodeURIComponent(place.model)}`}
          >
            fit them with the mapping
          </PlaceLink>
          .
        </p>
      ) : (
        <div className="split">
          <section className="stack">
            <h2>Fold by fold</h2>
            <FoldChart decoders={fitted} />
            <p className="quiet">
              Identification of single training trials of runs that were left out ({fitted[0]?.trials}{' '}
              trials), each fold at what the other folds choose; dots are folds, ticks their means, the dashed
              line chance (0.5). Single trials are noisy: scores of test faces, which are means of many
              presentations, are higher.
            </p>
            <FoldTable fitted={fitted} />
          </section>
          {chosen && (
            <section className="stack">
              <h2>What cross-validation tried: {chosen.decoder}</h2>
              {chosen.curve.length > 1 ? (
                <CurveChart decoder={chosen} />
              ) : (
                <p className="quiet">Nothing is tuned: {chosen.chosen}.</p>
              )}
              <p>
                Chosen: {chosen.chosen}. Voxels kept without each fold: {range(chosen.voxels)}.
              </p>
            </section>
          )}
        </div>
      )}
    </>
  );
}

interface DecoderTableProps {
  readonly place: MappingPlace;
  readonly fitted: readonly FittedDecoder[];
  readonly selected: DecoderKind;
  readonly onSelect: (decoder: DecoderKind) => void;
  readonly onDecode: (decoder: DecoderKind) => void;
}

function DecoderTable({ place, fitted, selected, onSelect, onDecode }: DecoderTableProps) {
  const project = useProject().id;
  const decodings = useQuery(queries.decoding.list.queryOptions({ input: { project } }));
  const evaluations = useQuery(queries.evaluation.list.queryOptions({ input: { project } }));
  const scored = decoderKinds.filter((kind) =>
    evaluations.data?.some(({ name }) => name === resultName(place, kind)),
  );
  const scores = useQueries({
    queries: scored.map((kind) =>
      queries.evaluation.get.queryOptions({ input: { project, name: resultName(place, kind) } }),
    ),
  });
  return (
    <table className="plain">
      <caption className="unseen">Decoders</caption>
      <thead>
        <tr>
          <th scope="col">Decoder</th>
          <th scope="col">Trials left out</th>
          <th scope="col">Chosen</th>
          <th scope="col">Test faces, pairwise</th>
          <th scope="col">Test faces, all</th>
          <th scope="col">Decoded</th>
        </tr>
      </thead>
      <tbody>
        {decoderKinds.map((kind) => {
          const own = fitted.find(({ decoder }) => decoder === kind);
          const isFitted = own !== undefined || kind === publishedDecoder;
          const region = scores[scored.indexOf(kind)]?.data?.regions[0];
          const isDecoded = decodings.data?.some(({ name }) => name === resultName(place, kind)) ?? false;
          return (
            <tr key={kind} aria-current={kind === selected ? 'true' : undefined}>
              <th scope="row">
                <Button className="link" isDisabled={own === undefined} onPress={() => onSelect(kind)}>
                  {kind}
                </Button>
                <span className="quiet block">{decoderWords[kind]}</span>
              </th>
              <td>
                {own === undefined ? (
                  <span className="quiet">not fitted</span>
                ) : (
                  <>
                    {mean(own.identification).toFixed(3)}{' '}
                    <span className="quiet">
                      ({range(own.identification.map((value) => Number(value.toFixed(3))))},{' '}
                      {own.identification.length} folds; chance 0.5)
                    </span>
                  </>
                )}
              </td>
              <td>{own?.chosen ?? (isFitted ? 'nothing to choose' : '')}</td>
              <td>{scoreText(region?.pairwise.value, region?.pairwise.n, 0.5)}</td>
              <td>{scoreText(region?.nWay.value, region?.nWay.n, region?.nWay.chance)}</td>
              <td>
                {isFitted && (
                  <Button onPress={() => onDecode(kind)}>
                    {isDecoded ? 'Decode again' : 'Decode test faces'}
                  </Button>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Fold by fold, the decoders beside each other. */
function FoldTable({ fitted }: { readonly fitted: readonly FittedDecoder[] }) {
  const folds = Math.max(...fitted.map(({ identification }) => identification.length));
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">Fold</th>
          {fitted.map(({ decoder }) => (
            <th key={decoder} scope="col">
              {decoder}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: folds }, (_, fold) => fold + 1).map((fold) => (
          <tr key={fold}>
            <th scope="row">{fold}</th>
            {fitted.map(({ decoder, identification }) => (
              <td key={decoder}>{identification[fold - 1]?.toFixed(3) ?? '–'}</td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">chance</th>
          {fitted.map(({ decoder }) => (
            <td key={decoder}>0.500</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (values: readonly number[]) => `${Math.min(...values)} to ${Math.max(...values)}`;

function scoreText(
  value: number | null | undefined,
  n: number | undefined,
  chance: number | undefined,
): React.ReactNode {
  if (value === null || value === undefined) return <span className="quiet">not scored</span>;
  return (
    <>
      {value.toFixed(3)}{' '}
      <span className="quiet">
        (n = {n}
        {chance !== undefined && `, chance ${Number(chance.toPrecision(3))}`})
      </span>
    </>
  );
}
