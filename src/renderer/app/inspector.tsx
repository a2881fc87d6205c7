import type { ComponentType } from 'react';
import { AttributePanel } from '../inspector/attribute-panel.tsx';
import { FacePanel } from '../inspector/face-panel.tsx';
import '../inspector/inspector.css';
import { JobPanel } from '../inspector/job-panel.tsx';
import { LatentPanel } from '../inspector/latent-panel.tsx';
import { ModelPanel } from '../inspector/model-panel.tsx';
import type { PanelProps } from '../inspector/panel.tsx';
import { RegionPanel } from '../inspector/region-panel.tsx';
import { StimulusPanel } from '../inspector/stimulus-panel.tsx';
import { SubjectPanel } from '../inspector/subject-panel.tsx';
import { TrialPanel } from '../inspector/trial-panel.tsx';
import { VoxelPanel } from '../inspector/voxel-panel.tsx';
import { type Selectable, useSelection } from './selection.ts';

/** The panels, the most particular thing first. Each is shown while the address selects what it is of. */
const panels: readonly { readonly of: Selectable; readonly panel: ComponentType<PanelProps> }[] = [
  { of: 'job', panel: JobPanel },
  { of: 'stimulus', panel: StimulusPanel },
  { of: 'trial', panel: TrialPanel },
  { of: 'voxel', panel: VoxelPanel },
  { of: 'region', panel: RegionPanel },
  { of: 'latent', panel: LatentPanel },
  { of: 'attribute', panel: AttributePanel },
  { of: 'face', panel: FacePanel },
  { of: 'model', panel: ModelPanel },
  { of: 'subject', panel: SubjectPanel },
];

/** What is selected, in brief, with links to where it is shown. */
export function Inspector() {
  const [selection] = useSelection();
  const shown = panels.filter(({ of }) => selection[of] !== undefined);
  if (shown.length === 0) {
    return (
      <p className="quiet">
        Nothing is selected. A face, trial, voxel, region or latent that is selected in any view is described
        here.
      </p>
    );
  }
  return shown.map(({ of, panel: Panel }) => <Panel key={of} selection={selection} />);
}
