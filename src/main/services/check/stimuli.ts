import { join } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { BidsDataset } from '../../bids/dataset.ts';
import { listFiles } from '../../formats/files/list.ts';
import { kindOf } from '../../formats/files/look.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { faceSetFiles } from '../../jobs/stages/face-set.ts';
import type { Workspace } from '../workspace.ts';

export interface KnownStimuli {
  /** Paths of pictures as events name them; null where there is nothing to compare with. */
  readonly names: ReadonlySet<string> | null;
  readonly problems: readonly Problem[];
}

/**
 * The pictures that were shown: those of a face set, of a folder that is named, or of the dataset's `stimuli`. A link
 * without its content is listed, and counts as a picture that is there: its name is right.
 *
 * @throws FusiformError NAME_UNKNOWN, FILE_NOT_FOUND for what was named
 */
export async function knownStimuli(
  workspace: Workspace | null,
  { root }: BidsDataset,
  { stimuli, faces }: { readonly stimuli?: string; readonly faces?: string },
): Promise<KnownStimuli> {
  if (faces !== undefined) {
    if (workspace === null) {
      throw new FusiformError('PROJECT_NOT_FOUND', 'A face set belongs to a project, and none was named.');
    }
    const { rows } = await readTable(join(workspace.entry('faces', faces).path, faceSetFiles.table));
    return { names: new Set(rows.map(({ values }) => values.file)), problems: [] };
  }
  const folder = stimuli ?? join(root, 'stimuli');
  if (stimuli === undefined && (await kindOf(folder)) !== 'folder') {
    const message = 'The folder of the pictures that were shown is not there; their names were not compared.';
    return {
      names: null,
      problems: [new FusiformError('STIMULI_MISSING', message, { file: folder }).toProblem()],
    };
  }
  const files = await listFiles(folder);
  const dangling = files.filter(({ danglingLink }) => danglingLink !== null);
  return {
    names: new Set(files.map(({ relative }) => relative)),
    problems: dangling.length === 0 ? [] : [danglingNote(dangling[0].path, dangling.length)],
  };
}

function danglingNote(first: string, count: number): Problem {
  const message = `${count} pictures of the stimuli are dangling links.`;
  return new FusiformError('STIMULI_MISSING', message, { file: first, details: { count } }).toProblem();
}
