import { Button } from 'react-aria-components';
import { problemOf, problemText } from '../client/problem.ts';

/** What went wrong, where, and what to do; its details can be copied. */
export function ProblemView({ error, onAgain }: { readonly error: unknown; readonly onAgain?: () => void }) {
  const problem = problemOf(error);
  return (
    <section className="problem" role="alert">
      <p className="problem-message">{problem.message}</p>
      {problem.file !== undefined && (
        <p className="path">
          {problem.file}
          {problem.line !== undefined && `, line ${problem.line}`}
        </p>
      )}
      <p>{problem.remedy}</p>
      <p className="actions">
        {onAgain && <Button onPress={onAgain}>Try again</Button>}
        <Button onPress={() => void navigator.clipboard.writeText(problemText(problem))}>Copy details</Button>
        <code>{problem.code}</code>
      </p>
    </section>
  );
}
