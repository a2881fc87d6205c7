import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import type { EngineKind } from '../engine/engine.ts';
import { decodePatternsStage } from '../jobs/stages/decode-patterns.ts';
import { staleNote } from './staleness.ts';
import { decodingName, mappingName } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface DecodeRequest {
  readonly subject: string;
  readonly model: string;
  readonly engine: EngineKind;
  /** Default: the paper's. */
  readonly decoder?: DecoderKind;
}

/** Decodes a subject's test patterns (and imagery) into latents and images. */
export async function decodeSubject(workspace: Workspace, request: DecodeRequest): Promise<StageOutcome> {
  const { subject, model, engine, decoder = publishedDecoder } = request;
  const outcome = await workspace.run({
    stage: decodePatternsStage,
    label: `decode subject ${subject} by "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`,
    parameters: { engine },
    inputs: {
      mapping: workspace.entry('mapping', mappingName(subject, model)),
      model: workspace.entry('model', model),
      ...(decoder === publishedDecoder
        ? {}
        : { decoder: workspace.entry('decoder', decodingName(subject, model, decoder)) }),
    },
    entry: { kind: 'decoding', name: decodingName(subject, model, decoder) },
  });
  const stale = staleNote(workspace, 'mapping', mappingName(subject, model));
  return { ...outcome, problems: [...stale, ...outcome.problems] };
}
