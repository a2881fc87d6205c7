import { useMemo, useState } from 'react';
import { Button, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type {
  AttributeDirectionFacts,
  ExploredModel,
  LatentSpreadFacts,
} from '../../shared/contract/explore.ts';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { useDecoded } from '../client/decode.ts';
import { faceAddress } from '../client/faces.ts';
import { NumberInput } from '../components/number-input.tsx';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { type Code, type Moves, moved, noMoves } from './code-moves.ts';
import { DecodedFigure } from './decoded-figure.tsx';
import { InterpolationPanel } from './interpolation-panel.tsx';
import { MoveSliders } from './move-sliders.tsx';
import { NearestPanel } from './nearest-panel.tsx';
import { SamplesPanel } from './samples-panel.tsx';
import { TraversalPanel } from './traversal-panel.tsx';

export interface ExplorerProps {
  readonly model: ExploredModel;
  readonly set: FaceSetFacts;
  /** The face that is moved, and its code. */
  readonly index: number;
  readonly code: Code;
  readonly spread: LatentSpreadFacts;
  readonly axes: readonly AttributeDirectionFacts[];
}

/** A face, moved by sliders; and what lies around it. */
export function Explorer({ model, set, index, code, spread, axes }: ExplorerProps) {
  const project = useProject().id;
  const [, select] = useSelection();
  const [moves, setMoves] = useState<Moves>(noMoves);
  const now = useMemo(() => moved(code, moves, spread, axes), [code, moves, spread, axes]);
  const asked = useMemo(
    () => ({ project, artifact: model.artifact, codes: [code, now] }),
    [project, model.artifact, code, now],
  );
  const picture = useDecoded(asked);
  const isMoved = Object.values({ ...moves.latents, ...moves.attributes }).some((by) => by !== 0);
  return (
    <div className="stack">
      <div className="explorer">
        <div className="explorer-faces">
          <div className="actions">
            <NumberInput
              label="Face"
              minValue={1}
              maxValue={set.count}
              value={index + 1}
              onChange={(value) => {
                if (!Number.isNaN(value)) select({ faces: set.name, face: value - 1 }, { replace: true });
              }}
              description={`1 to ${set.count}, or chosen in the grid of faces`}
            />
            <Button
              onPress={() =>
                select({ faces: set.name, face: Math.floor(Math.random() * set.count) }, { replace: true })
              }
            >
              Any face
            </Button>
            <Button isDisabled={!isMoved} onPress={() => setMoves(noMoves)}>
              Back to the face
            </Button>
          </div>
          {picture.error !== null && <ProblemView error={picture.error} />}
          <div className="explorer-pictures">
            <Picture
              src={faceAddress(project, set.artifact, index)}
              alt={`Face ${index + 1}`}
              size={150}
              caption="The picture"
            />
            <DecodedFigure
              decoded={picture}
              columns={2}
              rows={1}
              cell={150}
              label={`Face ${index + 1} as the model makes it, and moved`}
              headings={['The model makes', isMoved ? 'moved' : 'not moved']}
              file={`${model.name}-${set.name}-${index + 1}`}
            />
          </div>
        </div>
        <MoveSliders spread={spread} axes={axes} moves={moves} onChange={setMoves} />
      </div>
      <Tabs>
        <TabList aria-label="What lies around the face" className="tabs">
          <Tab id="traversal">Traversal</Tab>
          <Tab id="interpolation">Interpolation</Tab>
          <Tab id="samples">Random faces</Tab>
          <Tab id="nearest">Nearest faces</Tab>
        </TabList>
        <TabPanel id="traversal">
          <TraversalPanel model={model} code={now} spread={spread} axes={axes} />
        </TabPanel>
        <TabPanel id="interpolation">
          <InterpolationPanel model={model} set={set} code={now} index={index} />
        </TabPanel>
        <TabPanel id="samples">
          <SamplesPanel model={model} set={set} />
        </TabPanel>
        <TabPanel id="nearest">
          <NearestPanel model={model} set={set} code={now} />
        </TabPanel>
      </Tabs>
    </div>
  );
}
