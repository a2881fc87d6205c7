import { basename, extname, join } from 'node:path';
import { readTable } from '../formats/tsv/table.ts';
import { readDecoded } from '../jobs/stages/decode-patterns.ts';
import { rowFinder } from '../jobs/stages/face-rows.ts';
import { faceSetFiles } from '../jobs/stages/face-set.ts';
import { type PatternRow, readPatternRows } from '../jobs/stages/run-patterns.ts';
import { findJob, jobInputs } from '../store/jobs.ts';
import { describeModel } from './models.ts';
import { stimuliName } from './subjects.ts';
import type { Workspace } from './workspace.ts';

/** A decoding of new runs or of a file, as it is listed. */
export interface OfflineDecoding {
  readonly name: string;
  readonly subject: string;
  readonly model: string;
  readonly decoder: string;
  /** What the user, or the names of the runs, call it. */
  readonly label: string;
  readonly artifact: string;
  readonly finishedAt: string | null;
  readonly patterns: number;
}

/** The decodings of new runs and of files, the latest first. */
export async function offlineDecodings(workspace: Workspace): Promise<OfflineDecoding[]> {
  const listed = await Promise.all(
    workspace.entries('offline-decoding').map(async ({ name, jobKey }): Promise<OfflineDecoding> => {
      const { hash, path } = workspace.entry('offline-decoding', name);
      const { description } = await readDecoded(path);
      const [subject = '', model = '', decoder = '', ...label] = name.split('/');
      return {
        name,
        subject,
        model,
        decoder,
        label: label.join('/'),
        artifact: hash,
        finishedAt: findJob(workspace.store.sql, jobKey)?.finishedAt ?? null,
        patterns: description.testFaces.length,
      };
    }),
  );
  return listed.sort((a, b) => (b.finishedAt ?? '').localeCompare(a.finishedAt ?? ''));
}

export interface DecodedFace extends Partial<Omit<PatternRow, 'name'>> {
  readonly name: string;
  /** Its face in the artefact. */
  readonly picture: string;
  /** Row of the picture that was shown in the face set; null where it is not known. */
  readonly shown: number | null;
}

export interface DecodedFaces {
  readonly artifact: string;
  /** Artefact of the face set of the pictures that the study shows; null where the project has none. */
  readonly faces: string | null;
  readonly rows: readonly DecodedFace[];
}

/**
 * What a decoding holds, pattern by pattern, with the pictures that were shown where they are known.
 *
 * @throws FusiformError NAME_UNKNOWN
 */
export async function decodedFaces(
  workspace: Workspace,
  { kind, name }: { readonly kind: 'decoding' | 'offline-decoding'; readonly name: string },
): Promise<DecodedFaces> {
  const { key, hash, path } = workspace.entry(kind, name);
  const { description } = await readDecoded(path);
  const known = await patternRows(workspace, key);
  const [subject = '', model = ''] = name.split('/');
  const stimuli = await shownPictures(workspace, subject, model);
  return {
    artifact: hash,
    faces: stimuli?.artifact ?? null,
    rows: description.testFaces.map((face, at): DecodedFace => {
      const row = known?.[at];
      const shown = row === undefined ? face : row.stimFile;
      return {
        ...row,
        name: face,
        picture: `reconstructions/${basename(face, extname(face))}.png`,
        shown: shown === null ? null : (stimuli?.rowOf(shown) ?? null),
      };
    }),
  };
}

/** What the patterns of a decoding are of; null where they come from the mapping or from a file. */
export function patternRows(workspace: Workspace, decodingKey: string): Promise<PatternRow[] | null> {
  const { patterns } = jobInputs(workspace.store.sql, decodingKey);
  return patterns === undefined
    ? Promise.resolve(null)
    : readPatternRows(join(workspace.store.artifactsDir, patterns));
}

async function shownPictures(workspace: Workspace, subject: string, model: string) {
  if (!workspace.entries('model').some((entry) => entry.name === model)) return null;
  const set = stimuliName(subject, (await describeModel(workspace, model)).imageSize);
  if (!workspace.entries('faces').some((entry) => entry.name === set)) return null;
  const { hash, path } = workspace.entry('faces', set);
  const { rows } = await readTable(join(path, faceSetFiles.table));
  return { artifact: hash, rowOf: rowFinder(rows.map(({ values }) => values.file)) };
}
