import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Checkbox } from 'react-aria-components';
import type { ModelFacts } from '../../shared/contract/models.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { overlay } from './curves.ts';
import { heldOutOf, kindNames } from './model-facts.ts';
import { TrainingFigures } from './training-figures.tsx';

interface Compared {
  readonly name: string;
  readonly model: ModelFacts | undefined;
  readonly steps: number;
}

const fixed = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(3));

const columns: readonly TableColumn<Compared>[] = [
  { id: 'name', name: 'Run', value: ({ name }) => name },
  { id: 'kind', name: 'Kind', value: ({ model }) => (model ? (kindNames[model.kind] ?? '') : 'in training') },
  { id: 'steps', name: 'Steps', value: ({ steps }) => steps, isNumber: true },
  { id: 'latents', name: 'Latents', value: ({ model }) => model?.latentDim ?? null, isNumber: true },
  ...(['ssim', 'pixCorr'] as const).map((score) => ({
    id: score,
    name: score === 'ssim' ? 'SSIM' : 'Pixel r',
    value: ({ model }: Compared) => (model ? (heldOutOf(model.summary)?.[score] ?? null) : null),
    show: ({ model }: Compared) => fixed(model && heldOutOf(model.summary)?.[score]),
    isNumber: true,
  })),
  {
    id: 'faces',
    name: 'Held out',
    value: ({ model }) => (model ? (heldOutOf(model.summary)?.faces ?? null) : null),
    isNumber: true,
  },
];

/** Trainings laid over each other, finished or not. */
export function ComparePage() {
  const project = useProject().id;
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const unfinished = useQuery(queries.models.unfinished.queryOptions({ input: { project } }));
  const [left, setLeft] = useState<readonly string[]>([]);
  const names = [...new Set([...(models.data ?? []), ...(unfinished.data ?? [])].map(({ name }) => name))];
  const shown = names.filter((name) => !left.includes(name));
  const histories = useQueries({
    queries: shown.map((name) => queries.models.history.queryOptions({ input: { project, name } })),
  });
  const known = shown.flatMap((name, at) => {
    const history = histories[at]?.data;
    return history === undefined ? [] : [{ name, history }];
  });
  if (models.error) return <ProblemView error={models.error} onAgain={() => void models.refetch()} />;
  if (names.length === 0) return <p className="quiet">Runs can be compared once a model was trained.</p>;
  const rows: Compared[] = shown.map((name) => ({
    name,
    model: models.data?.find((model) => model.name === name),
    steps: known.find((each) => each.name === name)?.history.losses.at(-1)?.step ?? 0,
  }));
  return (
    <div className="stack">
      <fieldset className="model-picks">
        <legend>Runs</legend>
        {names.map((name) => (
          <Checkbox
            key={name}
            className="checkbox"
            isSelected={!left.includes(name)}
            onChange={(isOn) =>
              setLeft((before) => (isOn ? before.filter((each) => each !== name) : [...before, name]))
            }
          >
            <span className="box" aria-hidden="true" />
            {name}
          </Checkbox>
        ))}
      </fieldset>
      <DataTable label="Runs that are compared" columns={columns} rows={rows} idOf={({ name }) => name} />
      <TrainingFigures figures={overlay(known)} border={null} />
      <p className="quiet">
        SSIM and pixel r (Pearson's correlation) are those of so many held-out faces. They can be compared
        where the same faces were held out: the same set, share and seed. PCA has no steps, and stands in the
        table alone.
      </p>
    </div>
  );
}
