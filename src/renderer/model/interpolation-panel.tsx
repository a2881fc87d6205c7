import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ExploredModel } from '../../shared/contract/explore.ts';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useDecoded } from '../client/decode.ts';
import { faceAddress } from '../client/faces.ts';
import { useSettled } from '../client/use-settled.ts';
import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import type { Code } from './code-moves.ts';
import { DecodedFigure } from './decoded-figure.tsx';

interface InterpolationProps {
  readonly model: ExploredModel;
  readonly set: FaceSetFacts;
  readonly code: Code;
  readonly index: number;
}

const steps = 9;

/** The faces between the face above and another one. */
export function InterpolationPanel({ model, set, code, index }: InterpolationProps) {
  const project = useProject().id;
  const [other, setOther] = useState((index + 1) % set.count);
  const [way, setWay] = useState<'linear' | 'spherical'>('linear');
  const from = useSettled(code, 150);
  const end = useQuery(
    queries.explore.code.queryOptions({
      input: { project, model: model.name, faces: set.name, index: other },
    }),
  );
  const between = useQuery({
    ...queries.explore.between.queryOptions({
      input: { project, model: model.name, from: [...from], to: end.data ?? [0], steps, way },
    }),
    enabled: end.data !== undefined,
    gcTime: 0,
    placeholderData: (before) => before,
  });
  const request = useMemo(
    () => (between.data ? { project, artifact: model.artifact, codes: between.data } : null),
    [project, model.artifact, between.data],
  );
  const decoded = useDecoded(request);
  const error = end.error ?? between.error;
  return (
    <div className="stack">
      <div className="form">
        <NumberInput
          label="To face"
          minValue={1}
          maxValue={set.count}
          value={other + 1}
          onChange={(value) => {
            if (!Number.isNaN(value)) setOther(value - 1);
          }}
        />
        <Choice
          label="Way"
          options={[
            { id: 'linear', name: 'straight', description: '(1 - t) a + t b' },
            {
              id: 'spherical',
              name: 'over the sphere',
              description: 'the direction turns at constant speed (Shoemake 1985)',
            },
          ]}
          value={way}
          onChange={setWay}
        />
      </div>
      {error && <ProblemView error={error} />}
      <div className="explorer-pictures">
        <DecodedFigure
          decoded={decoded}
          columns={steps}
          rows={1}
          cell={80}
          label={`From face ${index + 1} to face ${other + 1}`}
          headings={Array.from({ length: steps }, (_, at) => (at / (steps - 1)).toFixed(2))}
          file={`${model.name}-from-${index + 1}-to-${other + 1}`}
        />
        <Picture
          src={faceAddress(project, set.artifact, other)}
          alt={`Face ${other + 1}`}
          size={80}
          caption={`Face ${other + 1}`}
        />
      </div>
    </div>
  );
}
