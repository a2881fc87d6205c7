import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { Comparison } from './comparison.tsx';
import { CreateSession } from './create-session.tsx';
import { SessionSummary } from './session-summary.tsx';
import './rating.css';

/** Human judgement: sessions, who rates, and what the ratings say. */
export function RatingPage() {
  const project = useProject().id;
  const sessions = useQuery(queries.rating.list.queryOptions({ input: { project } }));
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [rater, setRater] = useState<string | null>(null);
  if (sessions.error) return <ProblemView error={sessions.error} />;
  if (sessions.data === undefined) return <p className="waiting">Reading ...</p>;
  const session = sessions.data.find(({ name }) => name === chosen) ?? sessions.data.at(-1);
  if (session === undefined) return <CreateSession onMade={setChosen} taken={[]} />;
  if (rater !== null)
    return (
      <Comparison
        key={`${session.name} ${rater}`}
        session={session.name}
        rater={rater}
        onEnd={() => setRater(null)}
      />
    );
  return (
    <div className="stack">
      <section className="stack">
        <h2>Rating session "{session.name}"</h2>
        {sessions.data.length > 1 && (
          <Choice
            label="Session"
            options={sessions.data.map(({ name }) => ({ id: name, name }))}
            value={session.name}
            onChange={setChosen}
          />
        )}
        <p className="quiet">
          {session.comparisons} faces; {session.first} or {session.second}: which is more like the original?
          Order and sides are drawn for each rater (seed {session.seed}); raters are not told which is which.
        </p>
        <form
          className="rater"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() !== '') setRater(typed.trim());
          }}
        >
          <TextInput
            label="Who rates"
            description="A name or a code; the same one goes on where it left."
            value={typed}
            onChange={setTyped}
          />
          <Button type="submit" className="primary" isDisabled={typed.trim() === ''}>
            Rate
          </Button>
        </form>
        {session.raters.length > 0 && (
          <ul className="raters">
            {session.raters.map((one) => (
              <li key={one.rater}>
                <Button onPress={() => setRater(one.rater)}>
                  Go on as {one.rater} ({one.rated} of {session.comparisons})
                </Button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <SessionSummary session={session.name} onRemoved={() => setChosen(null)} />
      <details>
        <summary>Another session</summary>
        <CreateSession onMade={setChosen} taken={sessions.data.map(({ name }) => name)} />
      </details>
    </div>
  );
}
