import { runTool } from './tools.ts';

/** Where this machine's pip looks for packages, in pip's own order of trust: named places, then indexes. */
export interface PipSettings {
  /** Folders, pages or files that list packages directly (`find-links`). */
  readonly findLinks: readonly string[];
  /** Base addresses of simple indexes, `https:` or `file:`. */
  readonly indexes: readonly string[];
  /** A file of certificates to trust. */
  readonly certificates?: string;
}

const publicIndex = 'https://pypi.org/simple';

/** Asks pip, which also reads its configuration files; without pip, the environment alone counts. */
export async function readPipSettings(signal: AbortSignal): Promise<PipSettings> {
  const lines: string[] = [];
  try {
    const args = ['-m', 'pip', 'config', 'list', '--disable-pip-version-check'];
    await runTool('python3', args, { onLine: (line) => lines.push(line) }, signal);
  } catch {
    signal.throwIfAborted();
    lines.length = 0;
  }
  return parsePipSettings(lines, process.env);
}

/** @param lines the output of `pip config list`: `section.name='value'` */
export function parsePipSettings(lines: readonly string[], environment: NodeJS.ProcessEnv): PipSettings {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, section, name, quoted] = /^(global|download)\.([a-z-]+)=(.*)$/.exec(line) ?? [];
    // The section of the command goes before the global one.
    if (name === undefined || (section === 'global' && values.has(name))) continue;
    values.set(name, unquote(quoted));
  }
  const value = (name: string) =>
    environment[`PIP_${name.toUpperCase().replaceAll('-', '_')}`] || values.get(name) || '';
  const list = (name: string) => value(name).split(/\s+/).filter(Boolean);
  const certificates = value('cert');
  const indexes = /^(?:1|true|yes|on)$/i.test(value('no-index'))
    ? []
    : [value('index-url') || publicIndex, ...list('extra-index-url')];
  return { findLinks: list('find-links'), indexes, ...(certificates === '' ? {} : { certificates }) };
}

/** pip prints values as Python literals. */
function unquote(text: string): string {
  const inner = /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;
  return inner.replaceAll('\\n', '\n').replace(/\\(.)/g, '$1');
}
