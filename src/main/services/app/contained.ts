import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * The file below a folder that a path of an address names; null where it is not there, or not below the folder: neither
 * by `..` nor by a link.
 *
 * @param segments decoded parts of the address's path
 */
export async function containedFile(root: string, segments: readonly string[]): Promise<string | null> {
  if (segments.length === 0 || segments.some(isSuspect)) return null;
  try {
    const [base, file] = await Promise.all([realpath(root), realpath(join(root, ...segments))]);
    return file.startsWith(base + sep) ? file : null;
  } catch {
    return null;
  }
}

function isSuspect(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..' || /[/\\\0]/.test(segment);
}

/** The decoded parts of an address's path; null where it is malformed. */
export function segmentsOf(pathname: string): string[] | null {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}
