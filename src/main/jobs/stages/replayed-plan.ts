import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readEvents } from '../../bids/events.ts';
import type { ExperimentPlan, StudyEvent } from '../../simulation/experiment.ts';
import { replayExperiment } from '../../simulation/replayed-experiment.ts';
import type { StageContext } from '../stage.ts';

/** Whose study is replayed, and with whom. The events of run `name` are the input `name`. */
export const replaySchema = z.strictObject({
  subject: z.string(),
  /** Of the people on the pictures; the brain and its noise have one of their own. */
  seed: z.number().int(),
  runs: z
    .array(z.strictObject({ name: z.string(), session: z.number().int(), run: z.number().int() }))
    .min(1),
});
export type Replay = z.output<typeof replaySchema>;

const trialTypes: readonly StudyEvent['trialType'][] = ['train_face', 'test_face', 'Fix', 'Img'];

/** Reads the events of a real study's runs, and puts simulated people into them. */
export async function replayedPlan(
  { subject, seed, runs }: Replay,
  { inputs }: Pick<StageContext, 'inputs'>,
): Promise<ExperimentPlan> {
  const recorded = [];
  for (const { name, session, run } of runs) {
    const { file, rows } = await readEvents(inputs[name]);
    const events = rows.map(({ line, onset, duration, trialType, stimFile, oneback }): StudyEvent => {
      const known = trialTypes.find((type) => type === trialType);
      if (known === undefined || stimFile === null) {
        throw new FusiformError(
          'SIMULATION_OPTIONS',
          `A trial "${trialType}" is none of ${trialTypes.join(', ')}, or names no picture.`,
          { file, line },
        );
      }
      return { onset, duration, trialType: known, stimFile, oneBack: oneback };
    });
    recorded.push({ session, run, events });
  }
  return replayExperiment({ seed, subject, runs: recorded });
}
