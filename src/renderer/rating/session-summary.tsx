import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { Preference, RatingSummary } from '../../shared/contract/rating.ts';
import { probabilityText } from '../../shared/score-sentence.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { AskButton } from '../components/ask-button.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { DefinitionButton } from '../evaluation/definition-button.tsx';
import { ScoreLine } from '../evaluation/score-line.tsx';

interface SessionSummaryProps {
  readonly session: string;
  readonly onRemoved: () => void;
}

/** Which is preferred, by whom, with chance; agreement of the raters; and the table of all ratings. */
export function SessionSummary({ session, onRemoved }: SessionSummaryProps) {
  const project = useProject().id;
  const summary = useQuery(queries.rating.summary.queryOptions({ input: { project, session } }));
  const remove = useMutation(queries.rating.remove.mutationOptions({ onSuccess: onRemoved }));
  if (summary.error) return <ProblemView error={summary.error} />;
  if (summary.data === undefined) return null;
  const { all, session: facts } = summary.data;
  return (
    <section className="stack">
      <h2>Result</h2>
      {all === null ? <p className="quiet">Nobody rated yet.</p> : <Told summary={summary.data} all={all} />}
      {all !== null && <ExportRatings session={session} />}
      <p className="actions">
        <AskButton
          label="Remove the session ..."
          question={`Remove the rating session "${session}"?`}
          verb="Remove it"
          onConfirm={() => remove.mutate({ project, session })}
        >
          {all === null
            ? 'It holds no rating.'
            : `Its ${all.n} ratings by ${facts.raters.map(({ rater }) => rater).join(', ')} go with it, and cannot be brought back.`}
        </AskButton>
      </p>
      {remove.error && <ProblemView error={remove.error} />}
    </section>
  );
}

const scoreOf = ({ n, share, lower, upper, p }: Preference) => ({
  definition: 'rating-preference/1',
  value: share,
  lower,
  upper,
  p,
  test: 'binomial/1',
  chance: 0.5,
  n,
});

function Told({ summary, all }: { readonly summary: RatingSummary; readonly all: Preference }) {
  const { session, raters, subjects, overRaters, overFaces, agreement } = summary;
  const over = (of: string, found: RatingSummary['overRaters']) =>
    found && (
      <p>
        Over {found.n} {of}: mean {found.mean.toFixed(2)}, {probabilityText(found.p)} by signed ranks, exact;
        chance 0.50.
      </p>
    );
  return (
    <div className="scores">
      <ScoreLine
        score={scoreOf(all)}
        title={`Share preferring ${session.first} to ${session.second}`}
        counted="ratings"
      />
      {raters.length > 1 &&
        raters.map((one) => (
          <ScoreLine key={one.rater} score={scoreOf(one)} title={`Rater ${one.rater}`} counted="ratings" />
        ))}
      {subjects.length > 1 &&
        subjects.map((one) => (
          <ScoreLine
            key={one.subject}
            score={scoreOf(one)}
            title={`Subject ${one.subject}`}
            counted="ratings"
          />
        ))}
      {over('raters', overRaters)}
      {over('faces', overFaces)}
      {agreement && (
        <p>
          <DefinitionButton definitions={['fleiss-kappa/1']}>
            Agreement of {agreement.nRaters} raters over {agreement.nItems} faces:{' '}
            {agreement.kappa === null
              ? 'all said the same; kappa is not defined'
              : `Fleiss' kappa ${agreement.kappa.toFixed(2)}; chance 0`}
          </DefinitionButton>
        </p>
      )}
    </div>
  );
}

function ExportRatings({ session }: { readonly session: string }) {
  const { id: project, dir } = useProject();
  const [file, setFile] = useState(`${dir}-ratings.tsv`);
  const write = useMutation(queries.rating.export.mutationOptions());
  return (
    <div className="stack">
      <FolderField
        label="Table of all ratings"
        description="TSV; its columns are described in a JSON beside it."
        value={file}
        onChange={setFile}
      />
      <p className="actions">
        <Button
          isDisabled={file === '' || write.isPending}
          onPress={() => write.mutate({ project, session, file })}
        >
          Export
        </Button>
        {write.data && (
          <span role="status">
            {write.data.ratings} ratings: {write.data.file}
          </span>
        )}
      </p>
      {write.error && <ProblemView error={write.error} />}
    </div>
  );
}
