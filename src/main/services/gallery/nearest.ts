import type { DecoderKind } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { nearestTrainingStage } from '../../jobs/stages/nearest-training.ts';
import { jobInputs } from '../../store/jobs.ts';
import { encodeFaces } from '../latents.ts';
import { decodingName } from '../subjects.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';

export interface NearestTrainingRequest {
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly engine: EngineKind;
}

/**
 * The training face nearest to each decoded face of a subject.
 *
 * @throws FusiformError NAME_UNKNOWN; TRAINING_FACES_UNKNOWN where the faces that the model was trained on are not in the project
 */
export async function findNearestTraining(
  workspace: Workspace,
  { subject, model, decoder, engine }: NearestTrainingRequest,
): Promise<StageOutcome> {
  const name = decodingName(subject, model, decoder);
  const trained = workspace.entry('model', model);
  const { faces: hash } = jobInputs(workspace.store.sql, trained.key);
  const set = workspace.entries('faces').find((entry) => workspace.entry('faces', entry.name).hash === hash);
  if (set === undefined) {
    throw new FusiformError(
      'TRAINING_FACES_UNKNOWN',
      `The face set that the model "${model}" was trained on is not in the project.`,
    );
  }
  const decoded = workspace.entry('decoding', name);
  const latents = await encodeFaces(workspace, { model, faces: set.name, engine });
  return workspace.run({
    stage: nearestTrainingStage,
    label: `nearest training faces of subject ${subject}, "${model}"`,
    parameters: { engine },
    inputs: { decoded, model: trained, faces: workspace.entry('faces', set.name), latents },
    entry: { kind: 'nearest', name },
  });
}
