import { FusiformError } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import { nativeStatus } from '../engine/native/home.ts';
import {
  type EngineProbe,
  engineKinds,
  type PassedOver,
  probeEngine,
  probeEngines,
  rankEngines,
} from '../engine/registry.ts';
import { startScriptsBy as runEngineTrialsBy, type StartScript } from '../engine/trial/script-process.ts';
import { rememberChoice } from './engine-record.ts';
import { readSettings } from './settings.ts';

export { type EngineKind, type EngineProbe, nativeStatus, probeEngines, runEngineTrialsBy, type StartScript };

/** `preferred`: what FUSIFORM_ENGINE says, else what `engine use` has set, else `auto`. */
export type EngineRequest = 'preferred' | 'auto' | EngineKind;

export interface EngineChoice {
  readonly kind: EngineKind;
  readonly reason: string;
  readonly device: string;
  readonly version: string;
  /** Engines that would have come first, and why they were not taken. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Decides on an engine before any work starts: the kind is part of what a result depends on, so that it has to be
 * known when a job is named. A result on another engine agrees within rounding, not to the last bit.
 *
 * An engine that a command or FUSIFORM_ENGINE names is used or refused; one that `engine use` has set gives way to
 * `auto` where it fails, and the choice says so.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE, USAGE if FUSIFORM_ENGINE names no engine, SETTINGS_INVALID
 */
export async function chooseEngine(request: EngineRequest): Promise<EngineChoice> {
  const { wanted, by } = await resolveRequest(request);
  const choice = wanted === 'auto' ? await chooseBest() : await chooseNamed(wanted, by);
  rememberChoice(choice);
  return choice;
}

type AskedBy = 'option' | 'environment' | 'settings';

async function resolveRequest(request: EngineRequest): Promise<{ wanted: 'auto' | EngineKind; by: AskedBy }> {
  const fromEnvironment = environmentRequest();
  const mayAskSettings = request === 'preferred' && fromEnvironment === undefined;
  const settings = mayAskSettings || !process.env.FUSIFORM_THREADS ? await readSettings() : {};
  // The worker and the processes of trials inherit it.
  if (settings.threads !== undefined) process.env.FUSIFORM_THREADS ??= String(settings.threads);
  if (request !== 'preferred') return { wanted: request, by: 'option' };
  if (fromEnvironment !== undefined) return { wanted: fromEnvironment, by: 'environment' };
  return { wanted: settings.engine ?? 'auto', by: 'settings' };
}

function environmentRequest(): 'auto' | EngineKind | undefined {
  const value = process.env.FUSIFORM_ENGINE;
  if (!value) return undefined;
  const known = (['auto', ...engineKinds] as const).find((name) => name === value);
  if (known !== undefined) return known;
  throw new FusiformError(
    'USAGE',
    `FUSIFORM_ENGINE is "${value}"; it may be auto, ${engineKinds.join(', ')}.`,
  );
}

async function chooseNamed(kind: EngineKind, by: AskedBy): Promise<EngineChoice> {
  const probe = await probeEngine(kind);
  if (probe.available) {
    const reasons = {
      option: 'as requested',
      environment: 'FUSIFORM_ENGINE says so',
      settings: 'set by `engine use`',
    };
    return toChoice(probe, reasons[by], []);
  }
  if (by !== 'settings') {
    throw new FusiformError('ENGINE_UNAVAILABLE', `The engine "${kind}" cannot be used: ${probe.reason}.`);
  }
  const best = await chooseBest();
  const failed = { kind, reason: `set by \`engine use\`, but ${probe.reason}` };
  return { ...best, passedOver: [failed, ...best.passedOver.filter((passed) => passed.kind !== kind)] };
}

async function chooseBest(): Promise<EngineChoice> {
  const { candidates, passedOver } = rankEngines(await probeEngines());
  // WebAssembly is always one.
  const [{ probe, why }] = candidates;
  return toChoice(probe, why, passedOver);
}

function toChoice(probe: EngineProbe, reason: string, passedOver: readonly PassedOver[]): EngineChoice {
  return {
    kind: probe.kind,
    reason,
    device: probe.device ?? probe.kind,
    version: probe.version ?? 'unknown',
    passedOver,
  };
}

/** The reason with what was passed over, on one line. */
export function describeChoice({ reason, passedOver }: EngineChoice): string {
  return [reason, ...passedOver.map((passed) => `${passed.kind}: ${passed.reason}`)].join('; ');
}
