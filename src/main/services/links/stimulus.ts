import type { StimulusLinks } from '../../../shared/contract/links.ts';
import type { DecoderKind } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { decodedPicture } from '../gallery/rows.ts';
import { readSubjectSource } from '../gallery/subject-sources.ts';
import { decodingName } from '../subjects.ts';
import type { Workspace } from '../workspace.ts';

export interface StimulusRequest {
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly stimulus: string;
}

/**
 * The codes of a test face, and what remains of it when one region alone, or all but one, decodes.
 *
 * @throws FusiformError NAME_UNKNOWN, FACE_UNKNOWN, and what reading throws
 */
export async function stimulusLinks(
  workspace: Workspace,
  { subject, model, decoder, stimulus }: StimulusRequest,
): Promise<StimulusLinks> {
  const source = await readSubjectSource(workspace, decodingName(subject, model, decoder));
  const row = source.rowOf.get(stimulus);
  if (row === undefined) {
    throw new FusiformError('FACE_UNKNOWN', `Subject ${subject} has no test face "${stimulus}".`);
  }
  const { decoded, targets, latentDim } = await source.codes();
  const [from, to] = [row * latentDim, (row + 1) * latentDim];
  const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  const regions = await Promise.all(
    decoded.regions.map(async ({ name, excluded, nVoxels }) => {
      const scores = await source.scores(name);
      return {
        name,
        excluded: excluded ?? null,
        nVoxels,
        similarity: known(scores?.similarity[row]),
        rank: known(scores?.rank[row]),
        pairwise: known(scores?.pairwise[row]),
        picture: decodedPicture(source, row, name, stimulus),
      };
    }),
  );
  return {
    trueCode: [...targets.subarray(from, to)],
    decodedCode: [...decoded.regions[0].test.subarray(from, to)],
    similarity: regions[0]?.similarity ?? null,
    regions,
    nFaces: source.rowOf.size,
  };
}
