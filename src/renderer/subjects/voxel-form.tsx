import { Checkbox } from 'react-aria-components';
import { Choice } from '../components/choice.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { NumberInput } from '../components/number-input.tsx';
import type { FitSettings } from './fit-settings.ts';
import { RuleInput } from './rule-input.tsx';

interface VoxelFormProps {
  readonly fit: FitSettings;
  readonly onChange: (fit: FitSettings) => void;
}

const noises = [
  { id: 'ar1', name: 'AR(1)', description: 'correlated from volume to volume, as SPM models it' },
  { id: 'ols', name: 'white' },
] as const;
const measures = [
  { id: 'f', name: 'F over all runs' },
  { id: 'cross-validated', name: 'in runs left out', description: 'needs folds' },
] as const;

/** Which voxels, which regions, which pictures. */
export function VoxelForm({ fit, onChange }: VoxelFormProps) {
  const set = (change: Partial<FitSettings>) => onChange({ ...fit, ...change });
  return (
    <div className="stack">
      <div className="form">
        <RuleInput
          label="Voxels that respond to faces"
          rule={fit.faceRule}
          onChange={(faceRule) => set({ faceRule })}
          provenance="Default: false discovery rate 0.05. The paper: a t test against baseline, its threshold not stated."
        />
        <RuleInput
          label="Voxels that gain from the latents"
          rule={fit.gainRule}
          onChange={(gainRule) => set({ gainRule })}
          provenance="Default: the best 2/3. The paper: the variance gained, threshold not stated; about 106,600 voxels a subject."
        />
        <div className="parameter">
          <Choice
            label="The gain is measured"
            options={measures}
            value={fit.gainMeasure}
            onChange={(gainMeasure) =>
              set({ gainMeasure, ...(gainMeasure === 'f' || fit.folds > 1 ? {} : { folds: 5 }) })
            }
          />
          <p className="provenance">Default and paper: over all training data.</p>
        </div>
        <div className="parameter">
          <NumberInput
            label="Folds of runs"
            description="Kept apart for the gain in runs left out and for tuning decoders; 0: none (decoders take 5)."
            minValue={0}
            maxValue={100}
            value={fit.folds}
            onChange={(folds) => {
              if (!Number.isNaN(folds) && folds !== 1) set({ folds });
            }}
          />
        </div>
        <div className="parameter">
          <Choice label="Noise" options={noises} value={fit.noise} onChange={(noise) => set({ noise })} />
          <p className="provenance">
            Default AR(1), one coefficient a run; the paper does not say (SPM: AR(1)).
          </p>
        </div>
        <div className="parameter">
          <NumberInput
            label="Crop of the pictures"
            description="Share of the centre square that is kept."
            minValue={0.05}
            maxValue={1}
            step={0.05}
            value={fit.crop}
            onChange={(crop) => {
              if (!Number.isNaN(crop)) set({ crop });
            }}
          />
          <p className="provenance">Default 0.8; the paper: 0.8 (released code).</p>
        </div>
      </div>
      <details open={fit.mask !== '' || fit.atlas !== '' || fit.stimuli !== ''}>
        <summary>Mask, regions and pictures from other places</summary>
        <div className="stack">
          <FolderField
            label="Mask"
            kind="file"
            value={fit.mask}
            onChange={(mask) => set({ mask })}
            description="Voxels to consider. Empty: the dataset's mask of grey matter, else of the brain, else the brain found."
          />
          <NumberInput
            label="Least probability"
            description="Of a mask of probabilities (fMRIPrep probseg, SPM c1)."
            minValue={0.01}
            maxValue={1}
            step={0.01}
            value={fit.maskThreshold}
            onChange={(maskThreshold) => {
              if (!Number.isNaN(maskThreshold)) set({ maskThreshold });
            }}
          />
          <FolderField
            label="Atlas"
            kind="file"
            value={fit.atlas}
            onChange={(atlas) => set({ atlas })}
            description="Image of labels. Empty: the paper's three regions, by position (the most posterior third; the rest ventral and dorsal)."
          />
          <FolderField
            label="Labels of the atlas"
            kind="file"
            value={fit.atlasLabels}
            onChange={(atlasLabels) => set({ atlasLabels })}
            description="BIDS TSV, FSL XML, FreeSurfer or AAL text, JSON."
          />
          <FolderField
            label="Pictures that were shown"
            value={fit.stimuli}
            onChange={(stimuli) => set({ stimuli })}
            description="Empty: the folder “stimuli” of the dataset."
          />
        </div>
      </details>
      <Checkbox className="checkbox" isSelected={fit.allowNear} onChange={(allowNear) => set({ allowNear })}>
        <span className="box" aria-hidden="true" />
        Go on where a test picture is nearly a training picture (such pairs are listed; equal ones are always
        refused)
      </Checkbox>
    </div>
  );
}
