import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import { compareRegionsStage } from '../jobs/stages/compare-regions.ts';
import { latentsName } from './latents.ts';
import { describeModel } from './models.ts';
import { staleNote } from './staleness.ts';
import { decodingName, stimuliName } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface CompareRegionsRequest {
  readonly subject: string;
  readonly model: string;
  /** Default: the paper's. */
  readonly decoder?: DecoderKind;
  readonly seed: number;
  readonly parquet?: boolean;
}

/** What each region tells of the test faces alone, and what is lost when it is left out. */
export async function compareRegions(
  workspace: Workspace,
  request: CompareRegionsRequest,
): Promise<StageOutcome> {
  const { subject, model, decoder = publishedDecoder, seed, parquet = false } = request;
  const name = decodingName(subject, model, decoder);
  const stimuli = stimuliName(subject, (await describeModel(workspace, model)).imageSize);
  const outcome = await workspace.run({
    stage: compareRegionsStage,
    label: `regions of subject ${subject}, "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`,
    parameters: { modelName: model, decoder, seed, parquet },
    inputs: {
      decoded: workspace.entry('decoding', name),
      latents: workspace.entry('latents', latentsName(model, stimuli)),
    },
    entry: { kind: 'regions', name },
  });
  return { ...outcome, problems: [...staleNote(workspace, 'decoding', name), ...outcome.problems] };
}
