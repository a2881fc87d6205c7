import type { StepFacts } from '../../shared/contract/overview.ts';
import { useNumbers } from '../client/preferences.ts';
import { duration } from '../jobs/numbers.ts';
import { NextStep } from './next-step.tsx';
import { Rail } from './rail.tsx';
import { shortTime } from './short-time.ts';

const names: Readonly<Record<StepFacts['step'], string>> = {
  faces: 'Faces',
  model: 'Model',
  subject: 'Subjects',
  mapping: 'Mapping',
  decoding: 'Decoding',
  evaluation: 'Evaluation',
};

const meanings: Readonly<Record<StepFacts['step'], string>> = {
  faces: 'Pictures from which a model learns what faces look like.',
  model: 'A VAE-GAN, or components, that turns a face into a code and back.',
  subject: 'Runs of BOLD with their events, and what each trial type is for.',
  mapping: 'How the voxels of a subject follow the codes of the faces that were seen.',
  decoding: 'Codes and faces from the patterns of the test faces.',
  evaluation: 'How well the decoded faces are told apart, against chance.',
};

const states: Readonly<Record<StepFacts['state'], string>> = {
  missing: 'nothing yet',
  waiting: 'waiting',
  running: 'running',
  failed: 'failed',
  stale: 'no longer holds',
  done: 'done',
};

/** A step of the pipeline: where it stands, what it holds, and the one thing to do next. */
export function Step({ facts }: { readonly facts: StepFacts }) {
  const { step, state, entries, count, stale, seconds, needs } = facts;
  const numbers = useNumbers();
  return (
    <li className="step" data-state={state}>
      <Rail step={step} state={state} />
      <div className="step-facts">
        <h2>{names[step]}</h2>
        <p className="state">
          {states[state]}
          {count > 0 &&
            `: ${numbers.count(count)} ${count === 1 ? 'result' : 'results'}, ${duration(seconds)} in all`}
          {stale > 0 && `, ${numbers.count(stale)} no longer ${stale === 1 ? 'holds' : 'hold'}`}
        </p>
        {count === 0 && <p className="quiet">{meanings[step]}</p>}
        {state === 'missing' && needs !== null && (
          <p className="quiet">Needs {names[needs].toLowerCase()} first.</p>
        )}
        <ul className="step-entries">
          {entries.map((entry) => (
            <Entry key={entry.name} {...entry} />
          ))}
          {count > entries.length && (
            <li className="quiet">and {numbers.count(count - entries.length)} more</li>
          )}
        </ul>
      </div>
      <NextStep next={facts.next} state={state} />
    </li>
  );
}

function Entry({ name, seconds, finishedAt, stale }: StepFacts['entries'][number]) {
  return (
    <li>
      {name} <span className="quiet">{duration(seconds)}</span>
      {finishedAt !== null && <span className="quiet">, {shortTime(finishedAt)}</span>}
      {stale !== null && (
        <p className="stale">
          {stale.since === null ? 'No longer holds' : `No longer holds since ${shortTime(stale.since)}`}:{' '}
          {stale.because}
        </p>
      )}
    </li>
  );
}
