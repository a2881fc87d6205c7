import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output parsed; throws where it is no JSON. */
  readonly json: () => Record<string, unknown>;
}

/** Runs the command line as a user's shell does, from the checkout. */
export async function runCli(...args: string[]): Promise<CliResult> {
  const child = spawn(process.execPath, [join(root, 'bin/fusiform.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, FUSIFORM_ENGINE: 'wasm' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
}

/** The error object that a refused command prints with --json. */
export function errorOf(result: CliResult): { code: string; file?: string; line?: number; remedy: string } {
  return result.json().error as { code: string; file?: string; line?: number; remedy: string };
}
