import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Facts, Panel, type PanelProps, SelectionLink } from './panel.tsx';

/** A presentation of a test face: a line of its run's events. */
export function TrialPanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const { stimulus, subject, run } = selection;
  const isKnown = stimulus !== undefined && subject !== undefined;
  const trials = useQuery({
    ...queries.links.trials.queryOptions({
      input: { project, subject: subject ?? '-', stimulus: stimulus ?? '' },
    }),
    enabled: isKnown,
  });
  const trial = trials.data?.find(
    (candidate) => candidate.run === run && String(candidate.line) === selection.trial,
  );
  return (
    <Panel kind="Trial" name={selection.trial ?? ''} of={['trial']}>
      <Facts
        of={[
          ['run', run ?? 'n/a'],
          ['line of events', selection.trial ?? 'n/a'],
          ...(trial === undefined
            ? []
            : ([
                ['onset', `${trial.onset} s`],
                ['duration', `${trial.duration} s`],
              ] as const)),
        ]}
      />
      <p className="inspect-links">
        <SelectionLink to="/subjects">Design of the run</SelectionLink>
      </p>
    </Panel>
  );
}
