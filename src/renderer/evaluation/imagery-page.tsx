import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import type { ImageryResult } from '../../shared/imagery.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { pointsFigure } from './figures.ts';
import { LinesInput, linesOf } from './lines-input.tsx';
import type { PageProps } from './page-props.ts';
import { RunJob } from './run-job.tsx';
import { ScoreLine } from './score-line.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** Imagined faces among their candidates, beside seen faces that are decoded in the same way. */
export function ImageryPage({ of }: PageProps) {
  const project = useProject().id;
  const imagery = useQuery(queries.evaluation.imagery.queryOptions({ input: { project, name: of.name } }));
  if (imagery.error) return <ProblemView error={imagery.error} />;
  if (imagery.data === undefined) return <p className="waiting">Reading ...</p>;
  return imagery.data === null ? (
    <ReadImagery of={of} />
  ) : (
    <>
      <Told result={imagery.data} />
      <details>
        <summary>Read it anew with other candidates</summary>
        <ReadImagery of={of} />
      </details>
    </>
  );
}

function Told({ result }: { readonly result: ImageryResult }) {
  const { identifications, combined, ceilings, reliability, candidates } = result;
  const whole = identifications.filter(({ part }) => part === 'all');
  const spec = useMemo(
    () =>
      pointsFigure(
        [
          ...result.identifications
            .filter(({ part }) => part === 'all')
            .map(({ region, model, pairwise }) => ({
              group: region,
              name: model === 'encoding' ? 'imagined' : 'imagined, trials alone',
              value: pairwise,
            })),
          ...result.ceilings.map(({ region, trials, pairwise }) => ({
            group: region,
            name: trials === 'all' ? 'seen, all trials' : 'seen, as many trials',
            value: pairwise,
          })),
        ],
        { title: 'share of candidates beaten', chance: 0.5 },
      ),
    [result],
  );
  return (
    <section className="stack">
      <h2>Imagined faces among {candidates.length} candidates</h2>
      <Chart
        spec={spec}
        height={240}
        label="Share of the other candidates that the imagined face beats by region, beside seen faces; chance 0.5. Every number stands below."
      />
      <div className="scores">
        {whole.map((row) => (
          <ScoreLine
            key={`${row.region} ${row.imagined} ${row.model}`}
            score={{
              definition: 'imagery-rank/1',
              value: row.pairwise,
              p: row.p,
              test: 'rank-exact/1',
              chance: 0.5,
              n: row.candidates,
            }}
            counted="candidates"
            title={`${row.imagined} from ${row.region}: rank ${row.rank}, pairwise`}
          />
        ))}
      </div>
      {combined.length > 0 && (
        <div className="scores">
          <h2>All imagined faces together</h2>
          {combined.map((row) => (
            <ScoreLine
              key={row.region}
              score={{
                definition: 'imagery-rank/1',
                value: row.pairwise,
                p: row.p,
                test: 'rank-exact/1',
                chance: 0.5,
                n: row.n,
              }}
              counted="imagined faces"
              title={`From ${row.region}: pairwise`}
            />
          ))}
        </div>
      )}
      <div className="scores">
        <h2>Ceiling: seen faces in the imagined one's place</h2>
        {ceilings.map((row) => (
          <ScoreLine
            key={`${row.region} ${row.imagined} ${row.trials}`}
            score={{
              definition: 'imagery-seen-ceiling/1',
              value: row.pairwise,
              p: row.p,
              test: 'rank-sum-exact/1',
              chance: 0.5,
              n: row.n,
              ...(row.transfer === null
                ? {}
                : {
                    reason: `Imagery reaches ${(100 * row.transfer).toFixed(0)} % of it, both above chance.`,
                  }),
            }}
            title={`From ${row.region}, ${row.trials === 'all' ? 'all trials' : 'as many trials as were imagined'}: pairwise`}
          />
        ))}
      </div>
      {reliability.length > 0 && (
        <div className="scores">
          <h2>Agreement of halves of the trials</h2>
          {reliability.map((row) => (
            <ScoreLine
              key={`${row.region} ${row.kind}`}
              score={{ definition: 'imagery-split-half/1', value: row.r, n: row.n, chance: 0 }}
              counted="faces"
              title={`${row.kind} faces from ${row.region}: r`}
            />
          ))}
        </div>
      )}
      <p className="quiet">
        One imagined face among {candidates.length} candidates gives p no lower than{' '}
        {(1 / candidates.length).toFixed(2)}. Candidates: {candidates.join(', ')}.
      </p>
    </section>
  );
}

function ReadImagery({ of }: { readonly of: Evaluated }) {
  const project = useProject().id;
  const evaluation = useQuery(queries.evaluation.get.queryOptions({ input: { project, name: of.name } }));
  const [text, setText] = useState<string | null>(null);
  const [imagined, setImagined] = useState('');
  const shown = text ?? evaluation.data?.faces.map(({ stimulus }) => stimulus).join('\n') ?? '';
  const candidates = linesOf(shown);
  const request = {
    kind: 'read-imagery',
    subject: of.subject,
    model: of.model,
    decoder: decoderKinds.find((known) => known === of.decoder) ?? publishedDecoder,
    candidates,
    ...(imagined.trim() === '' ? {} : { imagined: imagined.trim() }),
  } as const;
  return (
    <RunJob label="Tell imagined faces" request={candidates.length < 2 ? null : request}>
      <p className="quiet">
        Needs trials with the role of imagery. The imagined face is told from faces that could have been
        imagined; it is one of them. The runs are read once more: minutes.
      </p>
      <div className="form">
        <LinesInput
          label="Candidates"
          description="Stimuli, one a line; to begin with, the test faces. The article's candidates were 20."
          value={shown}
          onChange={setText}
        />
        <TextInput
          label="Who was imagined"
          description="Where the events do not name the picture."
          value={imagined}
          onChange={setImagined}
        />
      </div>
    </RunJob>
  );
}
