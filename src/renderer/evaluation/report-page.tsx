import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useProject } from '../app/project.tsx';
import { api, queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { useJobsOf } from '../jobs/use-enqueue.ts';
import { RunJob } from './run-job.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** Pages, tables and figures for a manuscript, into a folder of the user's; what was written is shown. */
export function ReportPage({ scored }: { readonly scored: readonly Evaluated[] }) {
  const { id: project, dir } = useProject();
  const groups = useQuery(queries.evaluation.groups.queryOptions({ input: { project } }));
  const subjects = [...new Set(scored.map(({ subject }) => subject))];
  const [subject, setSubject] = useState('');
  const [folder, setFolder] = useState(`${dir}-report`);
  if (subjects.length === 0)
    return <p className="quiet">A report needs a subject that was evaluated; there is none yet.</p>;
  const request = {
    kind: 'write-report' as const,
    outDir: folder,
    study: groups.data?.[0] ?? 'study',
    ...(subject === '' ? {} : { subject }),
  };
  return (
    <section className="stack">
      <h2>Report</h2>
      <RunJob label="Write the report" request={folder === '' ? null : request}>
        <p className="quiet">
          report.html is one file that needs no network; beside it tables (CSV, TSV, Parquet) and figures
          (SVG, PNG, PDF). What an earlier report left there is replaced. Nothing is computed: what is missing
          is named in it.
        </p>
        <div className="form">
          <Choice
            label="Of"
            options={[
              { id: '', name: 'the study and each subject' },
              ...subjects.map((id) => ({ id, name: `subject ${id}` })),
            ]}
            value={subject}
            onChange={setSubject}
          />
          <FolderField label="Folder" value={folder} onChange={setFolder} />
        </div>
      </RunJob>
      <Written />
    </section>
  );
}

/** The last report that was written, as it is. */
function Written() {
  const project = useProject().id;
  const { data: capabilities } = useQuery(queries.application.capabilities.queryOptions());
  const job = useJobsOf('write-report').find(({ state }) => state === 'done');
  if (job === undefined) return null;
  const page = `/data/${project}/reports/${job.id}/report.html`;
  return (
    <section className="stack">
      <h2>{job.label}</h2>
      <p className="path">{job.request.outDir}</p>
      <p className="actions">
        <a href={page} target="_blank" rel="noreferrer">
          Open by itself
        </a>
        {capabilities?.reveal && (
          <Button onPress={() => void api.application.reveal({ path: job.request.outDir })}>
            Show the folder
          </Button>
        )}
        <span className="quiet">{describe(job.outcome?.summary)}</span>
      </p>
      {/* Written without scripts, and shown without this origin. */}
      <iframe className="report" title={job.label} src={page} sandbox="" key={job.id} />
    </section>
  );
}

function describe(summary: Readonly<Record<string, unknown>> | undefined): string {
  const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  return `${count(summary?.tables)} tables, ${count(summary?.figures)} figures`;
}
