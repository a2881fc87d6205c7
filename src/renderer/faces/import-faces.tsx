import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Checkbox, Form } from 'react-aria-components';
import { Link } from 'wouter';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { queries } from '../client/api.ts';
import { useSettled } from '../client/use-settled.ts';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';
import { ImportPreview } from './import-preview.tsx';

const labelChoices = [
  { id: 'find', name: 'CelebA tables, if there are any', description: 'In the folder or above it' },
  { id: 'file', name: 'A table', description: 'TSV or CSV; a column names the picture' },
] as const;

/** Brings a folder of pictures in; what will come of it is shown before. */
export function ImportFaces({ sets }: { readonly sets: readonly FaceSetFacts[] }) {
  const [dir, setDir] = useState('');
  const [name, setName] = useState(sets.length === 0 ? 'faces' : `faces-${sets.length + 1}`);
  const [labels, setLabels] = useState<'find' | 'file'>('find');
  const [table, setTable] = useState('');
  const [imageSize, setImageSize] = useState(64);
  const [crop, setCrop] = useState(0.8);
  const [dropDuplicates, setDrop] = useState(false);
  const { id, enqueue, error, isPending } = useEnqueue();
  const request = {
    dir: dir.trim(),
    labels: labels === 'file' && table.trim() !== '' ? [table.trim()] : ('find' as const),
    imageSize,
    crop,
  };
  const looked = useSettled(request, 400);
  const preview = useQuery({
    ...queries.faces.preview.queryOptions({ input: looked }),
    enabled: looked.dir !== '',
    gcTime: 0,
    placeholderData: (before) => before,
  });
  const isTaken = sets.some((set) => set.name === name);
  return (
    <div className="stack faces-import">
      <div className="faces-title">
        <h1>Import faces</h1>
        <span className="spread" />
        {sets.length > 0 && <Link href="/">Back to the faces</Link>}
      </div>
      {sets.length === 0 && (
        <p>
          The project has no faces yet. A folder of pictures of faces, one a file, teaches the model what
          faces look like; a few hundred are the least that make sense, the paper used 202,599 (CelebA). A
          table of labels beside them is optional.
        </p>
      )}
      <Form
        className="card wide"
        onSubmit={(event) => {
          event.preventDefault();
          enqueue({ kind: 'import-faces', name, dropDuplicates, ...request });
        }}
      >
        <FolderField
          label="Folder of pictures"
          description="PNG, JPEG, WebP, TIFF, GIF or AVIF, in it or in folders below it. The pictures stay where they are; their pixels are copied."
          value={dir}
          onChange={setDir}
        />
        <div className="form">
          <TextInput
            label="Name of the set"
            value={name}
            onChange={setName}
            description={
              isTaken ? 'A set of this name is there: it will be replaced.' : 'How the project calls it.'
            }
          />
          <NumberInput
            label="Size"
            unit="pixels a side"
            minValue={8}
            maxValue={1024}
            value={imageSize}
            onChange={(value) => setImageSize(Number.isNaN(value) ? 64 : value)}
            description="Default 64; the paper: 128 (released code). A model needs this size or a divisor of it."
          />
          <NumberInput
            label="Crop"
            unit="of the centre square"
            minValue={0.1}
            maxValue={1}
            step={0.05}
            value={crop}
            onChange={(value) => setCrop(Number.isNaN(value) ? 0.8 : value)}
            description="Default 0.8, as in the paper (released code); 1 keeps all of it."
          />
          <Choice label="Labels" options={labelChoices} value={labels} onChange={setLabels} />
        </div>
        {labels === 'file' && (
          <FolderField label="Table of labels" kind="file" value={table} onChange={setTable} />
        )}
        <Checkbox className="checkbox" isSelected={dropDuplicates} onChange={setDrop}>
          <span className="box" aria-hidden="true" />
          Drop pictures whose pixels an earlier one has (default: they are kept, and listed)
        </Checkbox>
        <p className="actions">
          <Button
            type="submit"
            className="primary"
            isDisabled={request.dir === '' || name.trim() === '' || isPending || preview.error !== null}
          >
            Import {preview.data ? `${preview.data.count.toLocaleString()} pictures` : ''}
          </Button>
        </p>
        {error && <ProblemView error={error} />}
        <JobStatus id={id} />
      </Form>
      {preview.error && <ProblemView error={preview.error} onAgain={() => void preview.refetch()} />}
      {preview.isFetching && <p className="quiet">Looking at the folder ...</p>}
      {preview.data && preview.error === null && (
        <ImportPreview preview={preview.data} imageSize={imageSize} dropDuplicates={dropDuplicates} />
      )}
    </div>
  );
}
