import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { ProblemView } from '../components/problem-view.tsx';

interface ExportFormProps {
  readonly kind: 'decoding' | 'offline-decoding';
  readonly names: readonly string[];
}

/** Faces as PNG, codes and patterns as tables, into a folder of the user's. */
export function ExportForm({ kind, names }: ExportFormProps) {
  const project = useProject().id;
  const [chosen, setName] = useState<string | null>(null);
  const [outDir, setOutDir] = useState('');
  const name = names.find((one) => one === chosen) ?? names[0];
  const write = useMutation(queries.decoding.exportTo.mutationOptions());
  if (name === undefined) return null;
  return (
    <Form
      className="card wide"
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ project, kind, name, outDir });
      }}
    >
      <h2>Export</h2>
      {names.length > 1 && (
        <Choice
          label="Decoding"
          options={names.map((id) => ({ id, name: id }))}
          value={name}
          onChange={setName}
        />
      )}
      <FolderField
        label="Into the folder"
        value={outDir}
        onChange={setOutDir}
        description="faces/*.png, codes.tsv, decoding.json, and patterns.tsv for new runs. Files of these names are replaced."
      />
      <p className="actions">
        <Button type="submit" isDisabled={outDir === '' || write.isPending}>
          Write {name}
        </Button>
        {write.data && (
          <span role="status">
            {write.data.faces} faces were written to {write.data.outDir}.
          </span>
        )}
      </p>
      {write.error && <ProblemView error={write.error} />}
    </Form>
  );
}
