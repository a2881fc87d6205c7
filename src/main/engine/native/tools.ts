import { spawn } from 'node:child_process';
import { FusiformError } from '../../../shared/errors.ts';

/** What the installation calls, how to see that it is there, and the Debian package that has it. */
const tools = [
  { command: 'python3', arguments: ['--version'], package: 'python3' },
  { command: 'python3', arguments: ['-m', 'pip', '--version'], package: 'python3-pip', name: 'pip' },
  { command: 'make', arguments: ['--version'], package: 'make' },
  { command: 'g++', arguments: ['--version'], package: 'g++' },
  { command: 'strip', arguments: ['--version'], package: 'binutils' },
  { command: 'npx', arguments: ['--version'], package: 'npm' },
];

/** @throws FusiformError ENGINE_TOOL_MISSING, naming all that is missing and the packages to install */
export async function requireTools(signal: AbortSignal): Promise<void> {
  const missing = [];
  for (const tool of tools) {
    signal.throwIfAborted();
    if (!(await runs(tool.command, tool.arguments))) missing.push(tool);
  }
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name ?? tool.command).join(', ');
  const packages = missing.map((tool) => tool.package).join(' ');
  throw new FusiformError(
    'ENGINE_TOOL_MISSING',
    `Installing the native engine needs ${names}; on Debian or Ubuntu: sudo apt install ${packages}`,
    { details: { packages: missing.map((tool) => tool.package) } },
  );
}

async function runs(command: string, args: readonly string[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(command, args, { stdio: 'ignore' });
  child.on('error', () => resolve(false));
  child.on('close', (code) => resolve(code === 0));
  return await promise;
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line of its output. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a program to its end; the signal kills it.
 *
 * @throws FusiformError ENGINE_INSTALL_FAILED with the last lines that it wrote
 */
export async function runTool(
  command: string,
  args: readonly string[],
  { cwd, env, onLine }: ToolOptions,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) onLine?.(line);
      lines.push(...parts);
      lines.splice(0, Math.max(0, lines.length - 20));
    });
  }
  child.on('error', reject);
  child.on('close', resolve);
  const code = await promise;
  if (code === 0) return;
  throw new FusiformError(
    'ENGINE_INSTALL_FAILED',
    `\`${command} ${args.join(' ')}\` ended with code ${code}:\n${lines.join('\n')}`,
  );
}
