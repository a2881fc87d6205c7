import type { EngineKind } from '../../../../services/engines.ts';

/** Options that the commands on models share. */
export interface CommonOptions {
  readonly project: string;
  readonly engine: 'auto' | EngineKind;
  readonly seed: number;
}
