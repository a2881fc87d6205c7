import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The interpreter that has the packages of the peers. */
const python = process.env.FUSIFORM_PEER_PYTHON || 'python3';

/** A Python process that answers each line of JSON with one. */
export interface PythonPeer {
  /** What computes, with its version. */
  readonly version: string;
  ask<T>(request: object): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a script of this folder, whose first line is `{"version": "..."}`. @returns why it cannot, otherwise. */
export async function startPython(
  script: string,
): Promise<{ readonly peer: PythonPeer } | { readonly missing: string }> {
  const child = spawn(python, [join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'pipe'] });
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
    if (done) throw new Error(`${script}: ${await failed}`);
    return JSON.parse(value) as T;
  };
  const ask = <T>(request: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer<T>();
  };
  try {
    const { version } = await answer<{ version: string }>();
    return { peer: { version, ask, stop: () => stop(child) } };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.stdin?.end();
  await ended;
}
