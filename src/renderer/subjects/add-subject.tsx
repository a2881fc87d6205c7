import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Link } from 'wouter';
import type { StudyFiles } from '../../shared/contract/subjects.ts';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { FoundMasks } from './found-masks.tsx';
import { RoleEditor } from './role-editor.tsx';
import { RunsChecked } from './runs-checked.tsx';
import { StudyForm } from './study-form.tsx';
import { type StudyPlace, useStudyPlace } from './study-place.ts';
import { useEnqueue } from '../jobs/use-enqueue.ts';

const layoutNames: Readonly<Record<StudyFiles['layout'], string>> = {
  bids: 'BIDS, raw images',
  fmriprep: 'BIDS names, preprocessed',
  spm: 'folders of SPM',
  plain: 'loose images and tables',
};

/** From a folder to a subject: what lies there, what is wrong with it, what each trial type is, and then the subject. */
export function AddSubject() {
  const [place, setPlace] = useStudyPlace();
  return (
    <div className="stack wizard">
      <p>
        <Link href="/">All subjects</Link>
      </p>
      <h1>Add a subject</h1>
      <StudyForm key={place?.bids} place={place} onLook={setPlace} />
      {place && <StudyFound key={JSON.stringify(place)} place={place} />}
    </div>
  );
}

function StudyFound({ place }: { readonly place: StudyPlace }) {
  const study = useQuery({ ...queries.subjects.study.queryOptions({ input: place }), staleTime: 0 });
  const [label, setLabel] = useState<string | null>(null);
  const [chosenTask, setTask] = useState<string | null>(null);
  if (study.error) return <ProblemView error={study.error} onAgain={() => void study.refetch()} />;
  if (study.data === undefined) return <p className="waiting">Looking at the files ...</p>;
  const { layout, name, subjects, problems } = study.data;
  const subject = subjects.find((candidate) => candidate.label === label) ?? subjects[0];
  const tasks = [...new Set(subject?.runs.map(({ task }) => task))];
  const task =
    tasks.find((candidate) => candidate === chosenTask) ?? tasks.find((one) => one === 'faces') ?? tasks[0];
  return (
    <>
      <section className="card wide">
        <h2>2. Subject and task</h2>
        <p>
          {name ?? 'A study without a name'}: {layoutNames[layout]}, {subjects.length}{' '}
          {subjects.length === 1 ? 'subject' : 'subjects'}.
        </p>
        <ProblemList problems={problems} />
        {subject === undefined ? (
          <p className="quiet">
            No subject with functional runs was found. Is this the folder above sub-01? A table of runs says
            it in any case.
          </p>
        ) : (
          <div className="form">
            <Choice
              label="Subject"
              options={subjects.map((one) => ({
                id: one.label,
                name: one.label,
                description: `${one.runs.length} runs${one.sessions.length > 0 ? `, ${one.sessions.length} sessions` : ''}`,
              }))}
              value={subject.label}
              onChange={setLabel}
            />
            {task !== undefined && (
              <Choice
                label="Task"
                options={tasks.map((one) => ({
                  id: one,
                  name: one,
                  description: `${subject.runs.filter((run) => run.task === one).length} runs`,
                }))}
                value={task}
                onChange={setTask}
              />
            )}
          </div>
        )}
      </section>
      {subject !== undefined && task !== undefined && (
        <SubjectFound key={`${subject.label} ${task}`} place={place} subject={subject} task={task} />
      )}
    </>
  );
}

interface SubjectFoundProps {
  readonly place: StudyPlace;
  readonly subject: StudyFiles['subjects'][number];
  readonly task: string;
}

function SubjectFound({ place, subject, task }: SubjectFoundProps) {
  const project = useProject().id;
  const { jobs } = useQueue();
  const { id, error, isPending, enqueue } = useEnqueue();
  const known = useQuery(queries.subjects.list.queryOptions({ input: { project } }));
  const state = jobs.find((job) => job.id === id)?.state;
  const isThere = known.data?.some(({ name }) => name === subject.label) ?? false;
  const runs = subject.runs.filter((run) => run.task === task);
  return (
    <>
      <section className="card wide">
        <h2>3. Runs, and what is wrong with them</h2>
        <RunsChecked place={place} subject={subject.label} task={task} runs={runs} />
      </section>
      <section className="card wide">
        <h2>4. What each trial type is</h2>
        <RoleEditor subject={subject.label} place={place} task={task} />
      </section>
      <section className="card wide">
        <h2>5. Masks and confounds</h2>
        <FoundMasks subject={subject} runs={runs} />
      </section>
      <section className="card wide">
        <h2>6. Add it</h2>
        <p>
          {isThere
            ? `The project has a subject ${subject.label}; it is read again, and what was computed from other roles or runs is marked stale.`
            : `Every run is opened and checked once more, and the subject is noted in the project as ${subject.label}.`}
        </p>
        <p className="actions">
          <Button
            className="primary"
            isDisabled={isPending || state === 'running' || state === 'waiting'}
            onPress={() =>
              enqueue({
                kind: 'add-subject',
                bids: place.bids,
                index: place.index,
                subject: subject.label,
                task,
              })
            }
          >
            {isThere ? 'Read it again' : 'Add the subject'}
          </Button>
          {state === 'done' && (
            <Link href={`/of/${encodeURIComponent(subject.label)}/quality`}>
              Go on: look at the quality of its runs
            </Link>
          )}
        </p>
        {error && <ProblemView error={error} />}
        <JobStatus id={id} />
      </section>
    </>
  );
}
