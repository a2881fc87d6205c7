import { useState } from 'react';
import { Button, Form } from 'react-aria-components';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { TextInput } from '../components/text-input.tsx';
import type { StudyPlace } from './study-place.ts';

interface StudyFormProps {
  readonly place: StudyPlace | null;
  readonly onLook: (place: StudyPlace) => void;
}

const kinds = [
  {
    id: 'folder',
    name: 'A folder',
    description: 'BIDS, fMRIPrep, SPM, or images with tables of events beside them',
  },
  {
    id: 'table',
    name: 'A table of runs',
    description: 'TSV or CSV: subject, run, image, events; one row a run',
  },
] as const;

const layouts = [
  { id: 'found', name: 'as it lies there' },
  { id: 'bids', name: 'BIDS, raw images' },
  { id: 'fmriprep', name: 'BIDS names, preprocessed (fMRIPrep)' },
  { id: 'spm', name: 'folders of SPM' },
  { id: 'plain', name: 'loose images and tables' },
] as const;

/** Where the data are, and which version of them. */
export function StudyForm({ place, onLook }: StudyFormProps) {
  const [kind, setKind] = useState<'folder' | 'table'>(
    /\.(tsv|csv)$/i.test(place?.bids ?? '') ? 'table' : 'folder',
  );
  const [bids, setBids] = useState(place?.bids ?? '');
  const [layout, setLayout] = useState(place?.index.layout ?? 'found');
  const [derivatives, setDerivatives] = useState(place?.index.derivatives?.[0] ?? '');
  const [space, setSpace] = useState(place?.index.space ?? '');
  const [resolution, setResolution] = useState(place?.index.resolution ?? '');
  const [prefix, setPrefix] = useState(place?.index.prefix ?? '');
  return (
    <Form
      className="card wide"
      onSubmit={(event) => {
        event.preventDefault();
        onLook({
          bids: bids.trim(),
          index: {
            ...(layout === 'found' ? {} : { layout }),
            ...(derivatives === '' ? {} : { derivatives: [derivatives] }),
            ...(space === '' ? {} : { space }),
            ...(resolution === '' ? {} : { resolution }),
            ...(prefix === '' ? {} : { prefix }),
          },
        });
      }}
    >
      <h2>1. Where the data are</h2>
      <div className="form">
        <Choice label="What it is" options={kinds} value={kind} onChange={setKind} />
      </div>
      <FolderField
        label={kind === 'folder' ? 'Folder of the study' : 'Table of runs'}
        kind={kind === 'folder' ? 'folder' : 'file'}
        value={bids}
        onChange={setBids}
        description={
          kind === 'folder'
            ? 'The folder that holds sub-01, sub-02 ..., or the images themselves.'
            : 'Columns subject, image and events; session, task, run, tr, confounds, mask where there are any.'
        }
      />
      <details className="wide" open={Object.keys(place?.index ?? {}).length > 0}>
        <summary>Several versions of the runs?</summary>
        <div className="form">
          <Choice
            label="Layout"
            options={layouts}
            value={layouts.find(({ id }) => id === layout)?.id ?? 'found'}
            onChange={setLayout}
          />
          <TextInput
            label="Space"
            value={space}
            onChange={setSpace}
            description="T1w, MNI152NLin2009cAsym; native: none"
          />
          <TextInput
            label="Resolution"
            value={resolution}
            onChange={setResolution}
            description="of res-; native: none"
          />
          <TextInput label="SPM prefix" value={prefix} onChange={setPrefix} description="ra, war, swar" />
        </div>
        <FolderField
          label="Folder of derivatives"
          value={derivatives}
          onChange={setDerivatives}
          description="Only where they lie outside the dataset."
        />
      </details>
      <p className="actions">
        <Button type="submit" className="primary" isDisabled={bids.trim() === ''}>
          Look at it
        </Button>
        <span className="quiet">Reads names, headers and tables. Nothing is copied or changed.</span>
      </p>
    </Form>
  );
}
