import { useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { Link } from 'wouter';
import { FolderField } from '../components/folder-field.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';

/** Takes in a model that was trained elsewhere. */
export function ImportModelPage() {
  const [path, setPath] = useState('');
  const [name, setName] = useState('published');
  const { id, enqueue, error, isPending } = useEnqueue();
  return (
    <Form
      className="card wide"
      onSubmit={(event) => {
        event.preventDefault();
        enqueue({ kind: 'import-model', path: path.trim(), name: name.trim() });
      }}
    >
      <h2>Import a model</h2>
      <p>
        A file of this program (.safetensors), or the TensorFlow checkpoint of the VAE-GAN that the authors
        released: its .index file, its single file, or its path without an ending. Widths and image size are
        read from it.
      </p>
      <FolderField label="File" kind="file" value={path} onChange={setPath} />
      <TextInput label="Name of the model" value={name} onChange={setName} />
      <p className="actions">
        <Button
          type="submit"
          className="primary"
          isDisabled={path.trim() === '' || name.trim() === '' || isPending}
        >
          Import
        </Button>
        <Link href="/">Models</Link>
      </p>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </Form>
  );
}
