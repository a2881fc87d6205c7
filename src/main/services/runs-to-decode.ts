import type { Problem } from '../../shared/errors.ts';
import { fittedWith } from './fitted-with.ts';
import { listStudyFiles } from './study-list.ts';
import { type IndexOptions, parseOptions } from './study-request.ts';
import { studyOf } from './subjects.ts';
import type { Workspace } from './workspace.ts';

/** A run of a subject that could be decoded, and why it cannot where it cannot. */
export interface RunToDecode {
  readonly name: string;
  readonly session: string | null;
  readonly task: string;
  readonly boldPath: string;
  readonly obstacle: 'used by the fit' | 'no events' | 'image not there' | null;
}

export interface RunsToDecode {
  readonly source: string;
  readonly runs: readonly RunToDecode[];
  readonly problems: readonly Problem[];
}

/**
 * The runs of a subject beside those that its mapping was fitted with, by their names; `decodeRuns` looks at the contents.
 *
 * @param request.bids another study of the same subject; default: where it came from
 */
export async function runsToDecode(
  workspace: Workspace,
  request: {
    readonly subject: string;
    readonly model: string;
    readonly bids?: string;
    readonly index?: IndexOptions;
  },
): Promise<RunsToDecode> {
  const { subject, model } = request;
  const { source, options } = studyOf(workspace, subject);
  const isOwn = request.bids === undefined || request.bids === source;
  const bids = request.bids ?? source;
  const index = isOwn ? parseOptions(options) : (request.index ?? {});
  const listed = await listStudyFiles({ bids, index, subject });
  const used = new Set(isOwn ? (fittedWith(workspace, subject, model)?.runs ?? []) : []);
  const runs = listed.subjects.flatMap((one) => one.runs);
  return {
    source: bids,
    runs: runs.map(({ name, session, task, boldPath, danglingLink, eventsPath }) => ({
      name,
      session,
      task,
      boldPath,
      obstacle: used.has(name)
        ? 'used by the fit'
        : danglingLink !== null
          ? 'image not there'
          : eventsPath === null
            ? 'no events'
            : null,
    })),
    problems: listed.problems,
  };
}
