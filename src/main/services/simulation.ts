import type { OnJobEvent } from '../../shared/job-events.ts';
import { simulateFacesStage } from '../jobs/stages/simulate-faces.ts';
import { runStandalone } from './standalone.ts';
import type { StageOutcome } from './workspace.ts';

export interface SimulateFacesRequest {
  readonly outDir: string;
  readonly count: number;
  readonly seed: number;
  /** Width and height of the pictures in pixels. */
  readonly imageSize: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

/** Draws a folder of faces with labels, as a lab would bring photographs; needs no project. */
export function simulateFaces(request: SimulateFacesRequest): Promise<StageOutcome> {
  const { outDir, count, seed, imageSize, signal, onEvent } = request;
  return runStandalone({
    stage: simulateFacesStage,
    label: `draw ${count} faces`,
    parameters: { seed, count, imageSize },
    inputs: {},
    outDir,
    signal,
    onEvent,
  });
}
