import { Button, ProgressBar } from 'react-aria-components';
import type { Progressing } from '../client/progressing.ts';
import { useNumbers } from '../client/preferences.ts';
import { duration } from '../jobs/numbers.ts';

interface BytesProgressProps {
  readonly label: string;
  readonly progress: NonNullable<Progressing<unknown>['progress']>;
  readonly onCancel: () => void;
}

/** How many bytes are done, how fast, how long still; and a way to stop it. */
export function BytesProgress({ label, progress, onCancel }: BytesProgressProps) {
  const { bytes } = useNumbers();
  const { done, total, rate, etaSeconds } = progress;
  const facts = [
    `${bytes(done)} of ${bytes(total)}`,
    ...(rate === null ? [] : [`${bytes(rate)}/s`]),
    ...(etaSeconds === null ? [] : [`${duration(etaSeconds)} left`]),
  ];
  return (
    <div className="actions">
      <ProgressBar className="progress" aria-label={label} value={done} maxValue={Math.max(1, total)}>
        <span>{label}</span>
        <span className="progress-facts">{facts.join('  ')}</span>
        <progress aria-hidden="true" value={done} max={Math.max(1, total)} />
      </ProgressBar>
      <Button onPress={onCancel}>Cancel</Button>
    </div>
  );
}
