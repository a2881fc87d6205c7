import { createHash } from 'node:crypto';
import { canonicalJson } from '../../shared/json.ts';

export interface JobIdentity {
  readonly stage: string;
  readonly stageVersion: number;
  /** As the stage's schema parsed them, defaults filled in. */
  readonly parameters: unknown;
  /** Input name to content hash. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The name of a computation: equal for equal work, whoever asks and wherever the files lie. */
export function jobKey(identity: JobIdentity): string {
  return createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 32);
}
