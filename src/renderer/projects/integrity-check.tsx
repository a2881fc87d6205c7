import { Button } from 'react-aria-components';
import type { Integrity } from '../../shared/contract/projects.ts';
import { api } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { useProgressing } from '../client/progressing.ts';
import { BytesProgress } from '../components/bytes-progress.tsx';
import { ProblemView } from '../components/problem-view.tsx';

/** Reads every file of a project's results and holds it to the hash that it is named by. */
export function IntegrityCheck({ project }: { readonly project: string }) {
  const check = useProgressing<Integrity>();
  const start = () =>
    check.start(async (signal) => {
      await api.projects.open({ id: project });
      return api.projects.verify({ project }, { signal });
    });
  return (
    <>
      {check.progress === null ? (
        <Button onPress={start}>Check the files</Button>
      ) : (
        <BytesProgress label="Checking the files" progress={check.progress} onCancel={check.cancel} />
      )}
      {check.result && <Found integrity={check.result} />}
      {check.error !== null && <ProblemView error={check.error} onAgain={start} />}
    </>
  );
}

function Found({ integrity: { artifacts, bytes, missing, damaged } }: { readonly integrity: Integrity }) {
  const numbers = useNumbers();
  if (missing.length === 0 && damaged.length === 0) {
    return (
      <p role="status">
        All {numbers.count(artifacts)} results are whole ({numbers.bytes(bytes)} read).
      </p>
    );
  }
  return (
    <section className="problem" role="alert">
      <p className="problem-message">
        {numbers.count(missing.length)} results are missing, {numbers.count(damaged.length)} are damaged.
      </p>
      <p>
        Run the stages that made them again: equal inputs give the same files. Or copy them from a backup.
      </p>
      <ul className="path">
        {[...missing, ...damaged].slice(0, 20).map((hash) => (
          <li key={hash}>artifacts/{hash}</li>
        ))}
      </ul>
    </section>
  );
}
