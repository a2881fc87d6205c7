import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { FolderField } from '../components/folder-field.tsx';
import { ProblemView } from '../components/problem-view.tsx';

/** Writes the model as one file that another project can import. */
export function ExportModel({ name }: { readonly name: string }) {
  const project = useProject().id;
  const { bytes } = useNumbers();
  const [folder, setFolder] = useState('');
  const write = useMutation(queries.models.exportFile.mutationOptions());
  return (
    <details>
      <summary>Export the model as a file</summary>
      <div className="card wide">
        <FolderField
          label="Folder"
          description={`${name}.safetensors will hold weights and configuration; another project can import it.`}
          value={folder}
          onChange={setFolder}
        />
        <p className="actions">
          <Button
            isDisabled={folder.trim() === '' || write.isPending}
            onPress={() =>
              write.mutate({
                project,
                name,
                out: `${folder.trim()}/${name.replaceAll(/[/\\]/g, '-')}.safetensors`,
              })
            }
          >
            Export
          </Button>
          {write.data && (
            <span role="status">
              {write.data.file}, {bytes(write.data.bytes)}
            </span>
          )}
        </p>
        {write.error && <ProblemView error={write.error} />}
      </div>
    </details>
  );
}
