import type { ReactNode } from 'react';
import { Button, Checkbox, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { type GalleryFacts, galleryScores } from '../../shared/contract/gallery.ts';
import { Choice } from '../components/choice.tsx';
import { TextInput } from '../components/text-input.tsx';
import { directionText, type GalleryColumn, regionName, scoreNames } from '../../shared/gallery-columns.ts';
import { type GalleryChange, type GallerySettings, labelsText, scoreMeanings, zooms } from './view-state.ts';

interface BarProps {
  readonly facts: GalleryFacts;
  readonly settings: GallerySettings;
  readonly columns: readonly GalleryColumn[];
  readonly onChange: (change: GalleryChange) => void;
}

const any = { id: '', name: 'all' } as const;

/** What is shown, in which order. */
export function GalleryBar({
  facts,
  settings,
  columns,
  onChange,
  children,
}: BarProps & { readonly children: ReactNode }) {
  const { view, zoom } = settings;
  const { by, descending } = view.order;
  const source = view.order.source || facts.sources[0]?.id || '';
  const isScore = by !== 'study' && by !== 'name';
  const sort = (next: string) => {
    const score = galleryScores.find((candidate) => candidate === next);
    // The best come first: of a rank the smallest, of all else the largest.
    onChange({
      by: next,
      source: score === undefined ? null : source,
      descending: score === undefined || score === 'rank' ? null : '1',
    });
  };
  const regions = [...new Set(facts.sources.flatMap((candidate) => candidate.regions))];
  return (
    <div className="gallery-bar">
      <Choice
        label="Sort by"
        options={[
          { id: 'study', name: 'order of the study' },
          { id: 'name', name: 'name' },
          ...galleryScores.map((score) => ({
            id: score,
            name: scoreNames[score],
            description: scoreMeanings[score],
          })),
        ]}
        value={by}
        onChange={sort}
      />
      <Choice
        label="Score of"
        options={facts.sources.map(({ id, title }) => ({ id, name: title }))}
        value={source}
        isDisabled={!isScore}
        onChange={(id) => onChange({ source: id })}
      />
      <Button className="gallery-direction" onPress={() => onChange({ descending: descending ? null : '1' })}>
        {directionText(by, descending)}
      </Button>
      <Choice
        label="Voxels"
        options={regions.map((id) => ({ id, name: regionName(id) }))}
        value={view.region}
        onChange={(id) => onChange({ region: id === 'all' ? null : id })}
      />
      <Filters facts={facts} settings={settings} onChange={onChange} />
      <Choice
        label="Zoom"
        options={zooms.map((size) => ({ id: String(size), name: `${size} px` }))}
        value={String(zoom)}
        onChange={(size) => onChange({ zoom: size })}
      />
      <ColumnChoice columns={columns} hidden={settings.hidden} onChange={onChange} />
      {children}
    </div>
  );
}

function Filters({ facts, settings: { view }, onChange }: Omit<BarProps, 'columns'>) {
  const { filter } = view;
  const label = Object.entries(filter.labels)[0];
  const labels = facts.labels.flatMap(({ name, values }) =>
    values.map((value) => ({ id: `${name}:${value}`, name: `${name.replaceAll('_', ' ')} = ${value}` })),
  );
  const when = [
    any,
    ...facts.sessions.map((session) => ({ id: `ses:${session}`, name: `session ${session}` })),
    ...facts.runs.map((run) => ({ id: `run:${run}`, name: run })),
  ];
  const [session, run] = [filter.sessions[0], filter.runs[0]];
  return (
    <>
      <Choice
        label="Subject"
        options={[
          any,
          ...facts.subjects.map(({ name, faces }) => ({ id: name, name: `${name} (${faces} faces)` })),
        ]}
        value={filter.subjects[0] ?? ''}
        onChange={(subjects) => onChange({ subjects })}
      />
      <Choice
        label="Decoded by"
        options={[any, ...facts.sources.map(({ id, title }) => ({ id, name: title }))]}
        value={filter.sources[0] ?? ''}
        onChange={(sources) => onChange({ sources })}
      />
      <Choice
        label="Shown in"
        options={when}
        value={run !== undefined ? `run:${run}` : session !== undefined ? `ses:${session}` : ''}
        isDisabled={when.length === 1}
        onChange={(id) =>
          onChange({
            sessions: id.startsWith('ses:') ? id.slice(4) : null,
            runs: id.startsWith('run:') ? id.slice(4) : null,
          })
        }
      />
      <Choice
        label="Attribute"
        options={[any, ...labels]}
        value={label === undefined ? '' : label.join(':')}
        isDisabled={labels.length === 0}
        onChange={(id) => {
          const at = id.lastIndexOf(':');
          onChange({ labels: at < 0 ? null : labelsText({ [id.slice(0, at)]: id.slice(at + 1) }) });
        }}
      />
      <TextInput label="Name holds" value={filter.name} onChange={(name) => onChange({ name })} />
    </>
  );
}

function ColumnChoice({
  columns,
  hidden,
  onChange,
}: Pick<BarProps, 'columns' | 'onChange'> & { readonly hidden: readonly string[] }) {
  return (
    <DialogTrigger>
      <Button className="gallery-direction">Columns</Button>
      <Popover className="popover">
        <Dialog className="dialog gallery-columns" aria-label="Columns">
          {columns.map(({ id, title, note }) => (
            <Checkbox
              key={id}
              className="check"
              isSelected={!hidden.includes(id)}
              onChange={(isShown) => {
                const next = isShown ? hidden.filter((other) => other !== id) : [...hidden, id];
                onChange({ hidden: next.join(',') });
              }}
            >
              <span className="check-box" aria-hidden="true" />
              {title} <span className="quiet">{note}</span>
            </Checkbox>
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
