import { z } from 'zod';

/** Which columns of an events table mean what; null where none does. */
export const eventColumnsSchema = z.strictObject({
  onset: z.string(),
  duration: z.string(),
  /** What kind of trial it was; without it every row is of the type `dummy` (nilearn's word). */
  trialType: z.string().nullable(),
  /** The picture that was shown. */
  stimFile: z.string().nullable(),
  /** 1 where the picture repeats the one before. */
  oneback: z.string().nullable(),
});
export type EventColumns = z.output<typeof eventColumnsSchema>;

/** BIDS's names first, then those of the public face study's README and of labs' logs; without regard to case. */
const names: Readonly<Record<keyof EventColumns, readonly string[]>> = {
  onset: ['onset', 'onsets', 'onset_s', 'onset_sec', 'start', 'start_time', 'onset_time'],
  duration: ['duration', 'durations', 'dur', 'duration_s', 'duration_sec'],
  trialType: ['trial_type', 'trialtype', 'condition', 'event_type', 'trial type', 'names', 'type'],
  stimFile: [
    'stim_file',
    'stimulus',
    'stimulus_file',
    'stimfile',
    'stim',
    'image',
    'image_file',
    'image_name',
    'picture',
    'filename',
    'face_file',
  ],
  oneback: ['oneback', 'one_back', '1back', '1_back', 'one-back', 'is_repeat', 'repeat', 'repetition'],
};

/**
 * The columns of an events table by their names. Onset and duration are named as BIDS names them where nothing else is
 * found: a reader then says that they are missing.
 */
export function detectEventColumns(columns: readonly string[]): EventColumns {
  const find = (meaning: keyof EventColumns): string | null => {
    for (const name of names[meaning]) {
      const column = columns.find((candidate) => candidate.toLowerCase() === name);
      if (column !== undefined) return column;
    }
    return null;
  };
  return {
    onset: find('onset') ?? 'onset',
    duration: find('duration') ?? 'duration',
    trialType: find('trialType'),
    stimFile: find('stimFile'),
    oneback: find('oneback'),
  };
}
