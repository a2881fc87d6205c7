import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { useLocation } from 'wouter';
import type { OpenProjectFacts } from '../../shared/contract/projects.ts';
import { queries, queryClient } from '../client/api.ts';
import { FolderField } from '../components/folder-field.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { RecentProjects } from './recent-projects.tsx';
import './projects.css';

/** Where one begins: the projects that were opened last, and the ways to another. */
export function ProjectsScreen() {
  const [, navigate] = useLocation();
  const recent = useQuery({ ...queries.projects.recent.queryOptions(), staleTime: 0 });
  const show = ({ id }: OpenProjectFacts) => {
    void queryClient.invalidateQueries();
    navigate(`/projects/${id}/overview`);
  };
  return (
    <main className="projects">
      <h1>Projects</h1>
      {recent.error ? (
        <ProblemView error={recent.error} onAgain={() => void recent.refetch()} />
      ) : (
        <RecentProjects projects={recent.data ?? []} />
      )}
      <div className="columns">
        <OpenForm onOpened={show} />
        <CreateForm onOpened={show} />
      </div>
    </main>
  );
}

interface FormProps {
  readonly onOpened: (project: OpenProjectFacts) => void;
}

function OpenForm({ onOpened }: FormProps) {
  const [dir, setDir] = useState('');
  const open = useMutation(queries.projects.open.mutationOptions({ onSuccess: onOpened }));
  return (
    <Form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate({ dir });
      }}
    >
      <h2>Open a project</h2>
      <FolderField label="Project folder" value={dir} onChange={setDir} />
      <Button type="submit" isDisabled={dir === '' || open.isPending}>
        Open
      </Button>
      {open.error && <ProblemView error={open.error} />}
    </Form>
  );
}

function CreateForm({ onOpened }: FormProps) {
  const [dir, setDir] = useState('');
  const [name, setName] = useState('');
  const create = useMutation(queries.projects.create.mutationOptions({ onSuccess: onOpened }));
  return (
    <Form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ dir, ...(name === '' ? {} : { name }) });
      }}
    >
      <h2>Make a project</h2>
      <TextInput label="Name" value={name} onChange={setName} description="Default: the folder's." />
      <FolderField
        label="New folder"
        value={dir}
        onChange={setDir}
        description="Empty, or not there yet. Everything that the project computes is kept in it."
      />
      <Button type="submit" className="primary" isDisabled={dir === '' || create.isPending}>
        Make the project
      </Button>
      {create.error && <ProblemView error={create.error} />}
    </Form>
  );
}
