import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonFile } from '../../../src/main/formats/json/json.ts';
import { type EncodingSubject, writeEncodingSubject } from '../../encoding-subject.ts';

const archive = join(import.meta.dirname, '../../../../shared/data/ds001761/ds001761-no-stimuli.tar.gz');
/** The subject with a hundred runs. */
const subject = 'sub-02';

/** Of the published study: 41 slices, 1024 latents; about 100,000 voxels of the field of view are in the mask. */
const shape = [64, 64, 41] as const;
const nLatents = 1024;

export const manifestFile = 'subject.json';

/** Whether the event files of the published study are at hand. */
export function hasPaperTiming(): boolean {
  return existsSync(archive);
}

/**
 * A subject of the published study's size: its own events, simulated volumes as int16 `.nii.gz`, random latents.
 * @param nScans runs beyond so many share their volumes
 */
export async function writePaperSubject(
  folder: string,
  nRuns: number,
  nScans = nRuns,
): Promise<EncodingSubject> {
  const dataset = join(folder, 'events');
  execFileSync('mkdir', ['-p', dataset]);
  execFileSync('tar', ['xzf', archive, '-C', dataset, '--wildcards', `ds001761/${subject}/*_events.tsv`]);
  const files = (await readdir(dataset, { recursive: true }))
    .filter((file) => file.endsWith('_events.tsv') && file.includes('task-faces'))
    .sort()
    .slice(0, nRuns);
  const events = await Promise.all(files.map((file) => readFile(join(dataset, file), 'utf8')));
  const written = await writeEncodingSubject(folder, { shape, nLatents, events, nScans });
  await writeJsonFile(join(folder, manifestFile), { ...written, inputs: { ...written.inputs } });
  return written;
}
