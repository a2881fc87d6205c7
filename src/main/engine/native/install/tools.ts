import { spawn } from 'node:child_process';
import { FusiformError } from '../../../../shared/errors.ts';

export interface Tool {
  readonly name: string;
  readonly command: string;
  /** The Debian package that has it. */
  readonly package: string;
}

/** The compiler may be named by CXX, as for make. */
export const compiler = (): string => process.env.CXX || 'g++';

const needed = (): Tool[] => [
  { name: 'g++', command: compiler(), package: 'g++' },
  { name: 'strip', command: 'strip', package: 'binutils' },
  { name: 'readelf', command: 'readelf', package: 'binutils' },
];

/** What the installation calls and this machine has not. */
export async function missingTools(signal: AbortSignal): Promise<Tool[]> {
  const missing = [];
  for (const tool of needed()) {
    signal.throwIfAborted();
    if (!(await runs(tool.command, ['--version']))) missing.push(tool);
  }
  return missing;
}

/** @throws FusiformError ENGINE_TOOL_MISSING, naming all that is missing and the packages to install */
export async function requireTools(signal: AbortSignal): Promise<void> {
  const missing = await missingTools(signal);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tool.package))];
  throw new FusiformError(
    'ENGINE_TOOL_MISSING',
    `Installing the native engine needs ${missing.map(({ name }) => name).join(', ')}; ` +
      `on Debian or Ubuntu: sudo apt install ${packages.join(' ')}`,
    { details: { packages } },
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

/** How many of the last lines an error quotes. */
const quotedLines = 20;

/**
 * Runs a program to its end; the signal ends it.
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
  const take = (line: string) => {
    onLine?.(line);
    lines.push(line);
    lines.splice(0, lines.length - quotedLines);
  };
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      parts.forEach(take);
    });
    stream.on('end', () => {
      if (rest !== '') take(rest);
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
