import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { type MappingPlace, resultName } from './decoding-names.ts';
import { ExportForm } from './export-form.tsx';
import { FaceStrip } from './face-strip.tsx';

/** Patterns in, faces out: the test faces as each decoder made them. */
export function FacesPage(place: MappingPlace) {
  const project = useProject().id;
  const decodings = useQuery(queries.decoding.list.queryOptions({ input: { project } }));
  const evaluations = useQuery(queries.evaluation.list.queryOptions({ input: { project } }));
  const kinds = decoderKinds.filter((kind) =>
    decodings.data?.some(({ name }) => name === resultName(place, kind)),
  );
  const faces = useQueries({
    queries: kinds.map((kind) =>
      queries.decoding.faces.queryOptions({
        input: { project, kind: 'decoding', name: resultName(place, kind) },
      }),
    ),
  });
  const error = decodings.error ?? faces.find((query) => query.error)?.error;
  if (error) return <ProblemView error={error} />;
  if (decodings.data === undefined || faces.some(({ data }) => data === undefined))
    return <p className="waiting">Reading ...</p>;
  const evaluation = evaluations.data?.find(({ name }) => name === resultName(place, publishedDecoder));
  const columns = kinds.flatMap((kind, at) => {
    const data = faces[at]?.data;
    return data === undefined ? [] : [{ title: kind, faces: data }];
  });
  if (columns.length === 0) {
    return (
      <section className="card empty">
        <h2>No faces yet</h2>
        <p>The patterns of the test faces were not decoded.</p>
        <Link href="/" className="button">
          Decode them
        </Link>
      </section>
    );
  }
  return (
    <>
      <p className="quiet">
        All test faces in their order, none left out; no picture is scaled by itself or by others.
        {evaluation === undefined &&
          ' The model’s own reconstructions are drawn once the decoding was evaluated.'}
      </p>
      <FaceStrip columns={columns} evaluation={evaluation?.artifact ?? null} />
      <ExportForm kind="decoding" names={kinds.map((kind) => resultName(place, kind))} />
    </>
  );
}
