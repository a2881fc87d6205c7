import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { eventColumnMeanings, type RolesReport } from '../../shared/contract/subjects.ts';
import { useProject } from '../app/project.tsx';
import { queries, queryClient } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import type { StudyPlace } from './study-place.ts';

interface RoleEditorProps {
  readonly subject: string;
  /** Where the project has no such subject yet. */
  readonly place?: StudyPlace;
  readonly task?: string;
}

const roles = [
  { id: 'training-face', name: 'training face', description: 'the decoder learns from these faces' },
  { id: 'test-face', name: 'test face', description: 'these faces are decoded: one regressor each' },
  { id: 'one-back', name: 'one-back', description: 'repeats: nothing is learnt from them' },
  { id: 'fixation', name: 'fixation', description: 'no picture of a face' },
  { id: 'imagery', name: 'imagery', description: 'a face was imagined' },
  { id: 'other', name: 'other', description: 'a regressor under its own name' },
  { id: 'ignore', name: 'ignore', description: 'left out of the model' },
] as const;

const meanings: Readonly<Record<(typeof eventColumnMeanings)[number], string>> = {
  onset: 'Onset (s)',
  duration: 'Duration (s)',
  trialType: 'Trial type',
  stimFile: 'Picture shown',
  oneback: 'Repeat of the one before',
};

const states: Readonly<Record<RolesReport['origin'], string>> = {
  proposed: 'Proposed by the program; look at them and confirm.',
  edited: 'Edited.',
  confirmed: 'Confirmed.',
  restored: 'An earlier version, taken back.',
};

/** Rows that are drawn; a study may name every picture as a type of its own. */
const shownTypes = 60;
const none = '-';

/** Which part each trial type plays, and which columns say so: proposed, changed here, confirmed, taken back. */
export function RoleEditor({ subject, place, task }: RoleEditorProps) {
  const project = useProject().id;
  const input = { project, subject, ...place, ...(task === undefined ? {} : { task }) };
  const roleTable = useQuery(queries.subjects.roles.queryOptions({ input }));
  const [filter, setFilter] = useState('');
  const change = useMutation(
    queries.subjects.changeRoles.mutationOptions({
      onSuccess: (reports) => queryClient.setQueryData(queries.subjects.roles.queryKey({ input }), reports),
    }),
  );
  if (roleTable.error)
    return <ProblemView error={roleTable.error} onAgain={() => void roleTable.refetch()} />;
  const report = roleTable.data?.[0];
  if (report === undefined) return <p className="quiet">Reading the events ...</p>;
  const { table, origin, version, otherColumns, stale, problems } = report;
  const types = table.types.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  const columns = [
    ...new Set([...Object.values(table.columns).filter((name) => name !== null), ...otherColumns]),
  ];
  const count = (role: string) =>
    table.types.reduce((sum, type) => sum + (type.role === role ? type.trials : 0), 0);
  const lacks = roles.slice(0, 2).filter(({ id }) => count(id) === 0);
  return (
    <div className="stack wide">
      <p role="status">
        {states[origin]}
        {version !== null && ` Version ${version}.`}
        {lacks.length > 0 &&
          ` No trial type is a ${lacks.map(({ name }) => name).join(', none a ')}: faces cannot be decoded until one is.`}
        {lacks.length < 2 &&
          table.columns.stimFile === null &&
          ' Faces need a column that says which picture was shown: choose it below.'}
      </p>
      <ProblemList problems={problems} />
      <div className="form">
        {eventColumnMeanings.map((meaning) => (
          <Choice
            key={meaning}
            label={meanings[meaning]}
            options={[
              ...columns.map((name) => ({
                id: name,
                name,
                description: table.columnReasons[name] ?? 'another column',
              })),
              ...(meaning === 'onset' || meaning === 'duration'
                ? []
                : [{ id: none, name: 'no column', description: 'the events do not say' }]),
            ]}
            value={table.columns[meaning] ?? none}
            onChange={(name) =>
              change.mutate({ ...input, columns: { [meaning]: name === none ? null : name } })
            }
          />
        ))}
      </div>
      {table.types.length > shownTypes && (
        <TextInput
          label="Find a trial type"
          value={filter}
          onChange={setFilter}
          description={`${Math.min(types.length, shownTypes)} of ${table.types.length} are shown.`}
        />
      )}
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Trial type</th>
            <th scope="col" className="number">
              Trials
            </th>
            <th scope="col" className="number">
              Runs
            </th>
            <th scope="col">Role</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {types.slice(0, shownTypes).map((type) => (
            <tr key={type.name}>
              <th scope="row">{type.name}</th>
              <td className="number">{type.trials}</td>
              <td className="number">{type.runs}</td>
              <td className="role">
                <Choice
                  label={`Role of ${type.name}`}
                  isLabelHidden
                  options={roles}
                  value={roles.find(({ id }) => id === type.role)?.id ?? null}
                  onChange={(role) => change.mutate({ ...input, set: { [type.name]: role } })}
                />
              </td>
              <td className="quiet">{type.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="actions">
        <Button
          isDisabled={origin !== 'proposed' || change.isPending}
          onPress={() => change.mutate({ ...input, confirm: true })}
        >
          Confirm these roles
        </Button>
        <Button
          isDisabled={version === null || version < 2 || change.isPending}
          onPress={() => change.mutate({ ...input, undo: true })}
        >
          Take the last change back
        </Button>
        {change.isPending && <span className="quiet">Reading the events again ...</span>}
      </p>
      {change.error && <ProblemView error={change.error} />}
      {stale.length > 0 && (
        <p className="quiet">Computed from other roles, and to be done again: {stale.join(', ')}.</p>
      )}
    </div>
  );
}
