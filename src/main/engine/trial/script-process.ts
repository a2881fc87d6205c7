import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A script that runs in a process of its own. */
export interface ScriptProcess {
  readonly stdout: Readable;
  kill(): void;
  /** How it ended, once all that it wrote was read; or why it could not be started. */
  readonly ended: Promise<
    { readonly code: number | null; readonly signal: string | null } | { readonly failure: string }
  >;
}

export type StartScript = (script: string, args: readonly string[]) => ScriptProcess;

/** By the program that runs this one, which has to be Node. */
const startByNode: StartScript = (script, args) => {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    stdout: child.stdout,
    kill: () => child.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      child.on('error', ({ message }) => resolve({ failure: message }));
      child.on('close', (code, signal) => resolve({ code, signal }));
    }),
  };
};

let start = startByNode;

/** For a host whose program is no Node: Electron's own runs scripts in processes of another kind. */
export function startScriptsBy(other: StartScript): void {
  start = other;
}

export const startScript: StartScript = (script, args) => start(script, args);
