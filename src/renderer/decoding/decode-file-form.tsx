import { useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import { FolderField } from '../components/folder-field.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';
import { DecoderChoice } from './decoder-choice.tsx';
import type { MappingPlace } from './decoding-names.ts';

/** Patterns that were estimated elsewhere. */
export function DecodeFileForm(place: MappingPlace) {
  const [file, setFile] = useState('');
  const [presentations, setPresentations] = useState(1);
  const [decoder, setDecoder] = useState<DecoderKind>(publishedDecoder);
  const { id, error, isPending, enqueue } = useEnqueue();
  return (
    <Form
      className="card wide"
      onSubmit={(event) => {
        event.preventDefault();
        enqueue({ kind: 'decode-file', ...place, decoder, file: file.trim(), presentations });
      }}
    >
      <h2>A file of patterns</h2>
      <FolderField
        label="File"
        kind="file"
        value={file}
        onChange={setFile}
        description="NIfTI on the grid of the mapping, 3D or 4D; or .npy, .mat: [patterns, voxels] of the selected voxels in their order. In the units of the images, as effects of a linear model."
      />
      <div className="form">
        <DecoderChoice place={place} value={decoder} onChange={setDecoder} />
        <NumberInput
          label="Presentations"
          description="that each pattern is a mean of; the posterior weighs by them"
          minValue={1}
          value={presentations}
          onChange={(value) => {
            if (!Number.isNaN(value)) setPresentations(value);
          }}
        />
      </div>
      <p className="actions">
        <Button type="submit" isDisabled={file.trim() === '' || isPending}>
          Decode the file
        </Button>
      </p>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </Form>
  );
}
