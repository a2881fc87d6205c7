import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  Button,
  Checkbox,
  CheckboxGroup,
  Dialog,
  DialogTrigger,
  Heading,
  Label,
  Modal,
  ModalOverlay,
} from 'react-aria-components';
import { figureFormats, type WrittenPictures } from '../../shared/contract/figures.ts';
import type { GalleryView } from '../../shared/contract/gallery.ts';
import { api, queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';

interface ExportProps {
  readonly project: string;
  readonly view: GalleryView;
  /** Ids of the columns that are shown. */
  readonly columns: readonly string[];
  /** The selected row, and the column that the keyboard is on. */
  readonly selected: { readonly id: number; readonly name: string } | null;
}

const contents = [
  {
    id: 'sheet',
    name: 'Contact sheet',
    description: 'The rows of this view, with scores and how they were chosen',
  },
  { id: 'row', name: 'Selected face', description: 'The selected row alone, one picture a column' },
  {
    id: 'reconstructions',
    name: "Article's figure of reconstructions",
    description: 'Originals, each model by itself, each subject decoded',
  },
  { id: 'alone', name: "Article's figure of regions", description: 'Each region alone, with chance' },
  { id: 'without', name: 'Figure of regions left out', description: 'All voxels but those of each region' },
] as const;
type Content = (typeof contents)[number]['id'];

interface Settings {
  readonly content: Content;
  readonly count: number;
  readonly formats: readonly (typeof figureFormats)[number][];
  readonly dpi: number;
  readonly pictureMm: number;
  readonly transparent: boolean;
  /** Empty: to be downloaded. */
  readonly folder: string;
}

const defaults: Settings = {
  content: 'sheet',
  count: 20,
  formats: [...figureFormats],
  dpi: 300,
  pictureMm: 18,
  transparent: false,
  folder: '',
};

/** Pictures for papers and talks, written by the host. */
export function ExportDialog({ project, view, columns, selected }: ExportProps) {
  const [settings, setSettings] = useState(defaults);
  const change = (next: Partial<Settings>) => setSettings((before) => ({ ...before, ...next }));
  const { data: capabilities } = useQuery(queries.application.capabilities.queryOptions());
  const isDesktop = capabilities?.nativeDialogs === true;
  const write = useMutation({
    mutationFn: () => writeExport({ project, view, columns, selected }, settings),
  });
  const { content } = settings;
  const isPictures = content === 'sheet' || content === 'row' || content === 'reconstructions';
  const refused =
    settings.formats.length === 0 ||
    (content === 'row' && selected === null) ||
    (isDesktop && settings.folder === '');
  return (
    <DialogTrigger>
      <Button>Export ...</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            <Heading slot="title">Export pictures</Heading>
            <div className="form">
              <Choice
                label="What"
                options={contents}
                value={content}
                onChange={(id) => change({ content: id })}
              />
              {(content === 'sheet' || content === 'reconstructions') && (
                <NumberInput
                  label={content === 'sheet' ? 'Rows, from the first' : 'Faces, from the first'}
                  value={settings.count}
                  minValue={1}
                  maxValue={content === 'sheet' ? 500 : 60}
                  onChange={(count) => change({ count })}
                />
              )}
              {isPictures && (
                <NumberInput
                  label="Side of a picture"
                  unit="mm"
                  value={settings.pictureMm}
                  minValue={5}
                  maxValue={100}
                  onChange={(pictureMm) => change({ pictureMm })}
                />
              )}
              <NumberInput
                label="Resolution of PNG"
                unit="dpi"
                value={settings.dpi}
                minValue={72}
                maxValue={1200}
                onChange={(dpi) => change({ dpi })}
              />
              <CheckboxGroup
                className="field"
                value={[...settings.formats]}
                onChange={(chosen) =>
                  change({ formats: figureFormats.filter((format) => chosen.includes(format)) })
                }
              >
                <Label>Formats</Label>
                {figureFormats.map((format) => (
                  <Checkbox key={format} className="check" value={format}>
                    <span className="check-box" aria-hidden="true" />
                    {format.toUpperCase()}
                  </Checkbox>
                ))}
              </CheckboxGroup>
              <Checkbox
                className="check"
                isSelected={settings.transparent}
                onChange={(transparent) => change({ transparent })}
              >
                <span className="check-box" aria-hidden="true" />
                Transparent instead of white
              </Checkbox>
            </div>
            <FolderField
              label="Folder"
              description={
                isDesktop
                  ? 'Where the files are written.'
                  : 'On the host; left empty, the files can be downloaded here.'
              }
              value={settings.folder}
              onChange={(folder) => change({ folder })}
            />
            <p className="quiet">
              A caption says how the rows were chosen; a JSON file records settings and artefacts. The same
              settings give the same files.
            </p>
            {content === 'row' && selected === null && <p className="quiet">No face is selected.</p>}
            <p className="actions">
              <Button
                className="primary"
                isDisabled={refused || write.isPending}
                onPress={() => write.mutate()}
              >
                {write.isPending ? 'Writing ...' : 'Export'}
              </Button>
              <Button slot="close">Close</Button>
            </p>
            {write.error && <ProblemView error={write.error} />}
            {write.data && <Written project={project} written={write.data} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

async function writeExport(
  { project, view, columns, selected }: ExportProps,
  { content, count, formats, dpi, pictureMm, transparent, folder }: Settings,
): Promise<WrittenPictures> {
  const output = {
    project,
    formats: [...formats],
    dpi,
    transparent,
    folder: folder === '' ? null : folder,
  };
  if (content === 'reconstructions')
    return api.figures.reconstructions({ ...output, figure: { count: Math.min(60, count), pictureMm } });
  if (content === 'alone' || content === 'without')
    return api.figures.regions({ ...output, figure: { which: content } });
  const ids = content === 'row' && selected !== null ? [selected.id] : [];
  return api.figures.sheet({
    ...output,
    sheet: { view, count, ids, columns: [...columns], pictureMm },
  });
}

/** What was written, to be fetched or found. */
function Written({ project, written }: { readonly project: string; readonly written: WrittenPictures }) {
  return (
    <div className="stack" role="status">
      {written.folder !== null && <p className="path">{written.folder}</p>}
      <ul>
        {written.files.map(({ name, bytes, address }) => (
          <li key={name}>
            {address === null ? (
              name
            ) : (
              <a href={`/data/${project}/${address}`} download={name}>
                {name}
              </a>
            )}{' '}
            <span className="quiet">{Math.ceil(bytes / 1000)} kB</span>
          </li>
        ))}
      </ul>
      <p className="quiet">{written.caption}</p>
    </div>
  );
}
