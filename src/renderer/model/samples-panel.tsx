import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components';
import type { ExploredModel } from '../../shared/contract/explore.ts';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useDecoded } from '../client/decode.ts';
import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { DecodedFigure } from './decoded-figure.tsx';

const count = 24;
const columns = 8;

/** Faces of random codes, the same for the same seed. */
export function SamplesPanel({ model, set }: { readonly model: ExploredModel; readonly set: FaceSetFacts }) {
  const project = useProject().id;
  const [from, setFrom] = useState<'codes' | 'prior'>('codes');
  const [seed, setSeed] = useState(1);
  const drawn = useQuery({
    ...queries.explore.draw.queryOptions({
      input: { project, model: model.name, faces: set.name, count, from, seed },
    }),
    placeholderData: (before) => before,
  });
  const request = useMemo(
    () => (drawn.data ? { project, artifact: model.artifact, codes: drawn.data, columns } : null),
    [project, model.artifact, drawn.data],
  );
  const decoded = useDecoded(request);
  return (
    <div className="stack">
      <div className="form">
        <Choice
          label="Codes from"
          options={[
            {
              id: 'codes',
              name: 'the codes of the set',
              description: 'a normal of their mean and covariance',
            },
            ...(model.kind === 'pca'
              ? []
              : [{ id: 'prior' as const, name: 'the prior', description: 'a standard normal' }]),
          ]}
          value={from}
          onChange={setFrom}
        />
        <NumberInput
          label="Seed"
          minValue={0}
          value={seed}
          onChange={(value) => setSeed(Number.isNaN(value) ? 1 : value)}
        />
        <Button onPress={() => setSeed(seed + 1)}>Others</Button>
      </div>
      {drawn.error && <ProblemView error={drawn.error} />}
      <DecodedFigure
        decoded={decoded}
        columns={columns}
        rows={count / columns}
        cell={80}
        label={`${count} faces of random codes`}
        file={`${model.name}-samples-${seed}`}
      />
    </div>
  );
}
