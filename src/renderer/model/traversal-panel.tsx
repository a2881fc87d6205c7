import { useMemo, useState } from 'react';
import type {
  AttributeDirectionFacts,
  ExploredModel,
  LatentSpreadFacts,
} from '../../shared/contract/explore.ts';
import { useProject } from '../app/project.tsx';
import { useDecoded } from '../client/decode.ts';
import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { type Code, latentRows, positionsOf, traversal } from './code-moves.ts';
import { DecodedFigure } from './decoded-figure.tsx';

interface TraversalProps {
  readonly model: ExploredModel;
  readonly code: Code;
  readonly spread: LatentSpreadFacts;
  readonly axes: readonly AttributeDirectionFacts[];
}

const rowsShown = 8;
const steps = 9;

/** The face moved along the most used latents, or along attributes: a row each. */
export function TraversalPanel({ model, code, spread, axes }: TraversalProps) {
  const project = useProject().id;
  const [along, setAlong] = useState<'latents' | 'attributes'>(axes.length > 0 ? 'attributes' : 'latents');
  const [range, setRange] = useState(2);
  const rows = useMemo(
    () =>
      along === 'latents'
        ? latentRows(spread, rowsShown)
        : axes.slice(0, rowsShown).map(({ name, direction }) => ({ name, vector: direction })),
    [along, spread, axes],
  );
  const positions = useMemo(() => positionsOf(steps, range), [range]);
  const request = useMemo(
    () => ({
      project,
      artifact: model.artifact,
      codes: traversal(code, rows, positions),
      columns: steps,
    }),
    [project, model.artifact, code, rows, positions],
  );
  const decoded = useDecoded(rows.length === 0 ? null : request);
  return (
    <div className="stack">
      <div className="form">
        <Choice
          label="Along"
          options={[
            { id: 'attributes', name: 'attributes' },
            { id: 'latents', name: `the ${rowsShown} most used latents` },
          ]}
          value={along}
          onChange={setAlong}
          isDisabled={axes.length === 0}
        />
        <NumberInput
          label="To either side"
          unit={along === 'latents' ? 'standard deviations' : 'distances between class means'}
          minValue={0.5}
          maxValue={6}
          step={0.5}
          value={range}
          onChange={(value) => setRange(Number.isNaN(value) ? 2 : value)}
        />
      </div>
      <DecodedFigure
        decoded={decoded}
        columns={steps}
        rows={rows.length}
        cell={64}
        label="The face moved along each row, from left to right"
        headings={positions.map((position) => `${position > 0 ? '+' : ''}${position.toFixed(1)}`)}
        sides={rows.map(({ name }) => name)}
        file={`${model.name}-traversal`}
      />
    </div>
  );
}
