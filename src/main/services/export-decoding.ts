import { mkdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { appVersion } from '../../shared/version.ts';
import { copyFileAtomic } from '../formats/files/atomic-write.ts';
import { writeJsonFile } from '../formats/json/json.ts';
import { writeTsvFile } from '../formats/tsv/write.ts';
import { readDecoded } from '../jobs/stages/decode-patterns.ts';
import { jobInputs } from '../store/jobs.ts';
import { patternRows } from './decoded-faces.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface ExportedDecoding {
  readonly outDir: string;
  readonly faces: number;
}

/**
 * Writes a decoding for use elsewhere: a PNG a pattern, `codes.tsv` of the decoded latents, `patterns.tsv` of what each pattern is
 * where that is known, and `decoding.json` of where it came from. Files of these names that are there are replaced.
 *
 * @param decoding of test faces, of new runs or of a file
 * @throws FusiformError FILE_UNWRITABLE and its like
 */
export async function exportDecoding(
  workspace: Workspace,
  { key, hash, path }: Pick<StageOutcome, 'key' | 'hash' | 'path'>,
  outDir: string,
): Promise<ExportedDecoding> {
  const { description, regions } = await readDecoded(path);
  const out = resolve(outDir);
  await mkdir(join(out, 'faces'), { recursive: true });
  const stems = description.testFaces.map((face) => basename(face, extname(face)));
  for (const stem of stems) {
    await copyFileAtomic(join(path, 'reconstructions', `${stem}.png`), join(out, 'faces', `${stem}.png`));
  }
  const { latentDim } = description;
  const [everywhere] = regions;
  const digits = String(latentDim).length;
  const latents = Array.from(
    { length: latentDim },
    (_, at) => `latent_${String(at + 1).padStart(digits, '0')}`,
  );
  await writeTsvFile(
    join(out, 'codes.tsv'),
    ['name', ...latents],
    description.testFaces.map((face, row) => [
      face,
      ...everywhere.test.subarray(row * latentDim, (row + 1) * latentDim),
    ]),
  );
  const rows = await patternRows(workspace, key);
  if (rows !== null) {
    await writeTsvFile(
      join(out, 'patterns.tsv'),
      ['name', 'run', 'onset', 'trial_type', 'stim_file', 'presentations'],
      rows.map((row) => [row.name, row.run, row.onset, row.trialType, row.stimFile, row.presentations]),
    );
  }
  await writeJsonFile(join(out, 'decoding.json'), {
    subject: description.subject,
    voxels: everywhere.nVoxels,
    artifact: hash,
    inputs: { ...jobInputs(workspace.store.sql, key) },
    GeneratedBy: [{ Name: 'Fusiform', Version: appVersion }],
  });
  return { outDir: out, faces: stems.length };
}
