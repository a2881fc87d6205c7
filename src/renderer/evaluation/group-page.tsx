import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { FriedmanResult, GroupResult, GroupRow } from '../../shared/group.ts';
import { probabilityText } from '../../shared/score-sentence.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { pointsFigure } from './figures.ts';
import { RunJob } from './run-job.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** What the subjects of the project say together. */
export function GroupPage({ scored }: { readonly scored: readonly Evaluated[] }) {
  const project = useProject().id;
  const names = useQuery(queries.evaluation.groups.queryOptions({ input: { project } }));
  const [chosen, setChosen] = useState<string | null>(null);
  const name = chosen ?? names.data?.[0] ?? null;
  const subjects = new Set(scored.map(({ subject }) => subject));
  if (names.error) return <ProblemView error={names.error} />;
  return (
    <div className="stack">
      {names.data !== undefined && names.data.length > 1 && (
        <Choice
          label="Study"
          options={names.data.map((id) => ({ id, name: id }))}
          value={name}
          onChange={setChosen}
        />
      )}
      {name !== null && <Group name={name} />}
      <RunJob
        label={name === null ? 'Put the subjects together' : 'Put them together anew'}
        request={subjects.size === 0 ? null : { kind: 'group-results', name: name ?? 'study' }}
      >
        <p className="quiet">
          {subjects.size === 0
            ? 'Nothing was evaluated yet: there is nothing to put together.'
            : `${subjects.size} ${subjects.size === 1 ? 'subject was' : 'subjects were'} evaluated. Scores are put side by side, tested against chance over subjects, and models and regions against one another.`}
        </p>
      </RunJob>
    </div>
  );
}

function Group({ name }: { readonly name: string }) {
  const project = useProject().id;
  const group = useQuery(queries.evaluation.group.queryOptions({ input: { project, name } }));
  if (group.error) return <ProblemView error={group.error} />;
  if (group.data === undefined) return <p className="waiting">Reading ...</p>;
  return <Together group={group.data} />;
}

function Together({ group }: { readonly group: GroupResult }) {
  const spec = useMemo(() => {
    const [pairwise] = group.rows;
    const points = pairwise.cells.flatMap(({ model, decoder, values }) =>
      values.flatMap((value, at) =>
        value === null
          ? []
          : [{ group: `${model}, ${decoder}`, name: `subject ${group.subjects[at]}`, value }],
      ),
    );
    return points.length === 0
      ? null
      : pointsFigure(points, { title: pairwise.label, chance: pairwise.chance });
  }, [group]);
  return (
    <>
      <h2>
        {group.subjects.length} {group.subjects.length === 1 ? 'subject' : 'subjects'} together
      </h2>
      {spec && (
        <Chart
          spec={spec}
          height={240}
          label="Pairwise identification, a point a subject; the table below has every number."
        />
      )}
      <table className="plain">
        <caption className="unseen">
          Mean and range over subjects, with chance and the published figures
        </caption>
        <thead>
          <tr>
            <th scope="col">Score</th>
            {group.columns.map(({ model, decoder }) => (
              <th key={`${model} ${decoder}`} scope="col" className="number">
                {model}, {decoder}
              </th>
            ))}
            <th scope="col" className="number">
              Chance
            </th>
          </tr>
        </thead>
        <tbody>
          {group.rows.map((row) => (
            <Row key={`${row.measure} ${row.region}`} row={row} />
          ))}
        </tbody>
      </table>
      {group.chance.length > 0 && (
        <section>
          <h2>Above chance over subjects</h2>
          <ul>
            {group.chance.map((test) => (
              <li key={`${test.measure} ${test.region} ${test.model} ${test.decoder}`}>
                {test.measure}, {test.region}, {test.model}, {test.decoder}: {test.value.toFixed(2)},{' '}
                {test.nSubjects} {test.nSubjects === 1 ? 'subject' : 'subjects'}, {test.n} observations,{' '}
                {probabilityText(test.p)} ({test.test}), q {probabilityText(test.fdrP).slice(2)}
              </li>
            ))}
          </ul>
        </section>
      )}
      {group.friedman.map((result) => (
        <Friedman key={`${result.over} ${result.measure} ${result.within}`} result={result} />
      ))}
      {[
        ...group.notes,
        ...group.leftOut.map(({ subject, step, message }) => `${subject}, ${step}: ${message}`),
      ].map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
    </>
  );
}

const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);

function Row({ row }: { readonly row: GroupRow }) {
  return (
    <tr>
      <th scope="row">{row.label}</th>
      {row.cells.map((cell) => (
        <td key={`${cell.model} ${cell.decoder}`} className="number">
          {percent(cell.mean)}{' '}
          <span className="quiet">
            {cell.n > 1 && `${percent(cell.min)} to ${percent(cell.max)}, `}n = {cell.n}
            {cell.published !== null && `; published ${percent(cell.published.mean)}`}
          </span>
        </td>
      ))}
      <td className="number">{percent(row.chance)}</td>
    </tr>
  );
}

function Friedman({ result }: { readonly result: FriedmanResult }) {
  const {
    over,
    measure,
    within,
    conditions,
    meanRanks,
    statistic,
    dof,
    p,
    permutationP,
    kendallW,
    pairs,
    nSubjects,
  } = result;
  return (
    <section>
      <h2>
        Friedman's test over {over}: {measure}, {within}
      </h2>
      <p>
        chi-square {statistic.toFixed(2)}, {dof} degrees of freedom, {probabilityText(p)}; exact{' '}
        {probabilityText(permutationP)}; Kendall's W {kendallW.toFixed(2)}; {nSubjects} subjects. Mean ranks:{' '}
        {conditions.map((condition, at) => `${condition} ${meanRanks[at].toFixed(2)}`).join(', ')}.
      </p>
      <ul>
        {pairs.map(({ first, second, nemenyiP, wilcoxonP }) => (
          <li key={`${first} ${second}`}>
            {first} and {second}: {probabilityText(nemenyiP)} by Nemenyi's test, {probabilityText(wilcoxonP)}{' '}
            by the signed-rank test with Holm's adjustment
          </li>
        ))}
      </ul>
    </section>
  );
}
