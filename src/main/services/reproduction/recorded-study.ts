import { join, resolve } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { indexDataset } from '../../bids/dataset.ts';
import { kindOf } from '../../formats/files/look.ts';
import { hashFile } from '../../formats/files/read.ts';
import type { Replay } from '../../jobs/stages/replayed-plan.ts';
import type { Input } from '../workspace.ts';

/** What a real subject was shown, and when: no images are needed. */
export interface RecordedSubject {
  readonly label: string;
  readonly runs: Replay['runs'];
  /** The events of each run, by its name. */
  readonly events: Readonly<Record<string, Input>>;
}

const task = 'faces';

/**
 * The face runs of every subject of OpenNeuro ds001761, from its event files alone; a clone without content will do.
 *
 * @throws FusiformError FILE_NOT_FOUND, BIDS_NO_SUBJECT
 */
export async function readRecordedStudy(dataset: string): Promise<RecordedSubject[]> {
  const root = resolve(dataset);
  if ((await kindOf(join(root, 'dataset_description.json'))) !== 'file') {
    throw new FusiformError(
      'FILE_NOT_FOUND',
      'There is no dataset ds001761 here, with the events of the published study; its images are not needed.',
      { file: root },
    );
  }
  const { subjects } = await indexDataset(root);
  const recorded: RecordedSubject[] = [];
  for (const { label, runs } of subjects) {
    const found: Replay['runs'] = [];
    const events: Record<string, Input> = {};
    for (const { name, session, run, eventsPath, task: of } of runs) {
      if (of !== task || eventsPath === null) continue;
      found.push({ name, session: Number(session ?? 1), run: Number(run ?? 1) });
      events[name] = { path: eventsPath, hash: await hashFile(eventsPath) };
    }
    if (found.length > 0) recorded.push({ label, runs: found, events });
  }
  if (recorded.length === 0) {
    const message = `No subject has runs of the task "${task}" with events.`;
    throw new FusiformError('BIDS_NO_SUBJECT', message, { file: root });
  }
  return recorded;
}
