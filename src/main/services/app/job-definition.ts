import type { JobKind, JobRequest } from '../../../shared/contract/job-requests.ts';
import { chooseEngine, type EngineKind, type EngineRequest } from '../engines.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';

export type Request<Kind extends JobKind> = Extract<JobRequest, { kind: Kind }>;

/** What the queue keeps of a job that ended. */
export type JobResult = Pick<StageOutcome, 'key' | 'hash' | 'cached' | 'summary' | 'problems'>;

export interface JobDefinition<Kind extends JobKind> {
  /** What the user reads in the queue. */
  label(request: Request<Kind>): string;
  /** Refuses before it is queued what its schema alone cannot tell. @throws FusiformError */
  check?(request: Request<Kind>): void;
  run(workspace: Workspace, request: Request<Kind>): Promise<JobResult>;
}

export const engineOf = async (request: { readonly engine: EngineRequest }): Promise<EngineKind> =>
  (await chooseEngine(request.engine)).kind;
