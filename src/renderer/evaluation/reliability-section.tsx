import { useQuery } from '@tanstack/react-query';
import type { VoxelReliability } from '../../shared/voxel-reliability.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { RunJob } from './run-job.tsx';

/** How far noise in the responses bounds what can be decoded from them. */
export function ReliabilitySection({ subject, model }: { readonly subject: string; readonly model: string }) {
  const project = useProject().id;
  const reliability = useQuery(queries.evaluation.reliability.queryOptions({ input: { project, subject } }));
  const fitted = useQuery(queries.decoding.fittedWith.queryOptions({ input: { project, subject, model } }));
  const request = fitted.data && {
    kind: 'voxel-reliability' as const,
    subject,
    settings: fitted.data.settings,
    noise: fitted.data.noise,
    maskThreshold: fitted.data.maskThreshold,
  };
  return (
    <section className="stack">
      <h2>Reliability of the responses</h2>
      {reliability.data ? (
        <Found found={reliability.data} />
      ) : (
        <RunJob label="Compute the reliability" request={request ?? null}>
          <p className="quiet">
            Split-half reliability and noise ceiling of every voxel's responses to the test faces, with the
            settings of the mapping. No latent model takes part. All runs are read: minutes.
          </p>
        </RunJob>
      )}
    </section>
  );
}

type Row = VoxelReliability['regions'][number];

const share = (digits: number) => (value: number | null) => value?.toFixed(digits) ?? '–';

const columns: readonly TableColumn<Row>[] = [
  { id: 'region', name: 'Region', value: ({ region }) => region },
  { id: 'voxels', name: 'Voxels', isNumber: true, width: 90, value: ({ voxels }) => voxels },
  number('splitHalf', 'Split-half r', ({ splitHalf }) => splitHalf, 2),
  number('spearmanBrown', 'All runs, r', ({ spearmanBrown }) => spearmanBrown, 2),
  number('noiseCeiling', 'Noise ceiling, %', ({ noiseCeiling }) => noiseCeiling, 1),
  number('patterns', 'Patterns, r', ({ patterns }) => patterns, 2),
];

function number(
  id: string,
  name: string,
  value: (row: Row) => number | null,
  digits: number,
): TableColumn<Row> {
  return { id, name, isNumber: true, width: 130, value, show: (row) => share(digits)(value(row)) };
}

function Found({ found: { runs, sets, testFaces, regions } }: { readonly found: VoxelReliability }) {
  return (
    <>
      <p className="quiet">
        {testFaces} test faces, {runs} runs in {sets} sets; medians over voxels, patterns: mean over faces.
        Chance of every r: 0.
      </p>
      <DataTable
        label="Reliability by region"
        columns={columns}
        rows={regions}
        idOf={({ region }) => region}
      />
    </>
  );
}
