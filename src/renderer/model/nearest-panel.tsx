import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { ExploredModel } from '../../shared/contract/explore.ts';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { faceAddress } from '../client/faces.ts';
import { useSettled } from '../client/use-settled.ts';
import { Choice } from '../components/choice.tsx';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import type { Code } from './code-moves.ts';

interface NearestProps {
  readonly model: ExploredModel;
  readonly set: FaceSetFacts;
  readonly code: Code;
}

/** The faces of the set whose codes are nearest to the one that the sliders made. */
export function NearestPanel({ model, set, code }: NearestProps) {
  const project = useProject().id;
  const [, select] = useSelection();
  const [by, setBy] = useState<'correlation' | 'euclidean'>('correlation');
  const settled = useSettled(code, 150);
  const found = useQuery({
    ...queries.explore.nearest.queryOptions({
      input: { project, model: model.name, faces: set.name, code: [...settled], count: 8, by },
    }),
    gcTime: 0,
    placeholderData: (before) => before,
  });
  return (
    <div className="stack">
      <div className="form">
        <Choice
          label="Near by"
          options={[
            { id: 'correlation', name: 'correlation of the codes' },
            { id: 'euclidean', name: 'distance of the codes' },
          ]}
          value={by}
          onChange={setBy}
        />
      </div>
      {found.error && <ProblemView error={found.error} />}
      <ul className="pictures">
        {found.data?.map(({ index, closeness }) => (
          <li key={index}>
            <Button
              className="picture-button"
              aria-label={`Go on from face ${index + 1}`}
              onPress={() => select({ faces: set.name, face: index })}
            >
              <Picture
                src={faceAddress(project, set.artifact, index)}
                alt={`Face ${index + 1}`}
                size={80}
                caption={`${index + 1}: ${by === 'correlation' ? 'r = ' : ''}${closeness.toFixed(2)}`}
              />
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
