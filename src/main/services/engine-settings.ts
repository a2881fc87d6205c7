import { FusiformError } from '../../shared/errors.ts';
import {
  chooseEngine,
  describeChoice,
  type EngineChoice,
  type EngineKind,
  type EngineProbe,
  type EngineRequest,
  probeEngines,
} from './engines.ts';
import { changeSettings, readSettings, settingsPath } from './settings.ts';

export type { EngineRequest };

export interface EnginesReport {
  readonly engines: readonly EngineProbe[];
  /** What `engine use` has set. */
  readonly set: 'auto' | EngineKind | null;
  readonly threads: number | null;
  readonly chosen: Chosen;
  /** The file that keeps it. */
  readonly settings: string;
}

/** The kind is null where the engine asked for cannot be used; the reason says why in either case. */
export type Chosen = { readonly kind: null; readonly reason: string } | EngineChoice;

export async function describeEngines(): Promise<EnginesReport> {
  const { engine = null, threads = null } = await readSettings();
  const chosen = await chooseOrExplain('preferred');
  return { engines: await probeEngines(), set: engine, threads, chosen, settings: settingsPath() };
}

/** Sets the engine, and the threads or their default, for all commands that name none. */
export async function useEngine(
  kind: 'auto' | EngineKind,
  threads: number | undefined,
): Promise<EnginesReport> {
  await changeSettings({ engine: kind, threads });
  return await describeEngines();
}

export async function chooseOrExplain(request: EngineRequest): Promise<Chosen> {
  try {
    const choice = await chooseEngine(request);
    return { ...choice, reason: describeChoice(choice) };
  } catch (error) {
    if (!(error instanceof FusiformError)) throw error;
    return { kind: null, reason: error.message };
  }
}
