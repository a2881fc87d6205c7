import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The interpreter that has the packages of the peers. */
export const python = process.env.FUSIFORM_PEER_PYTHON || 'python3';

/** A process that answers each line of JSON with one. */
export interface LineProcess {
  /** The next line. @throws Error with its last words where it has ended */
  answer<T>(): Promise<T>;
  ask<T>(request: object): Promise<T>;
  stop(): Promise<void>;
}

/** @param name what its errors begin with */
export function startLines(name: string, command: string, args: readonly string[]): LineProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let lastWords = '';
  child.stderr.on('data', (text) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  child.stdin.on('error', () => {
    // It is gone; the next answer that does not come says why.
  });
  const failed = once(child, 'close').then(
    () => lastWords.split('\n').findLast((line) => line.includes('Error')) ?? 'it ended without a word',
    (error: Error) => error.message,
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async <T>(): Promise<T> => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${name}: ${await failed}`);
    return JSON.parse(value) as T;
  };
  const ask = <T>(request: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer<T>();
  };
  return { answer, ask, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.stdin?.end();
  await ended;
}

/** A process with what computes in it and its version, or why there is none. */
export type Started<T> = { readonly peer: T } | { readonly missing: string };

export async function orMissing<T>(start: () => Promise<T>): Promise<Started<T>> {
  try {
    return { peer: await start() };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

export interface PythonPeer extends Pick<LineProcess, 'ask' | 'stop'> {
  /** What computes, with its version. */
  readonly version: string;
}

/** Starts a script of this folder, whose first line is `{"version": "..."}`. */
export function startPython(script: string): Promise<Started<PythonPeer>> {
  return orMissing(async () => {
    const { answer, ask, stop } = startLines(script, python, [join(import.meta.dirname, script)]);
    const { version } = await answer<{ version: string }>();
    return { version, ask, stop };
  });
}
