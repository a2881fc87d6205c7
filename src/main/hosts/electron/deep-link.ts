import { basename, dirname, isAbsolute } from 'node:path';
import { databaseName, markerName } from '../../services/app/project-folder.ts';

/** What the application was asked to show: a project's folder, and a place in it. */
export interface Wanted {
  readonly project: string;
  /** `/decoding?subject=01`, always below the project. */
  readonly place: string;
}

export const linkScheme = 'fusiform';
const defaultPlace = '/overview';

/**
 * `fusiform://open?project=<folder>&at=/decoding?subject=01`: a link to a result, as reports and other programs hold it.
 * @returns null where it is no such link
 */
export function parseDeepLink(link: string): Wanted | null {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return null;
  }
  if (url.protocol !== `${linkScheme}:` || url.hostname !== 'open') return null;
  const project = url.searchParams.get('project') ?? '';
  const place = url.searchParams.get('at') ?? defaultPlace;
  if (!isAbsolute(project) || project.includes('\0') || !isPlace(place)) return null;
  return { project, place };
}

/**
 * What the arguments of a start ask for: a link, a project's folder, or the file in it that the system associates with the
 * application. The first that is one of these.
 */
export function wantedByArguments(
  argv: readonly string[],
  isProject: (dir: string) => boolean,
): Wanted | null {
  for (const argument of argv) {
    const link = parseDeepLink(argument);
    if (link !== null) return link;
    if (argument.startsWith('-')) continue;
    const dir = [databaseName, markerName].includes(basename(argument)) ? dirname(argument) : argument;
    if (isAbsolute(dir) && isProject(dir)) return { project: dir, place: defaultPlace };
  }
  return null;
}

/** A place of the router, and no way out of the project. */
function isPlace(place: string): boolean {
  return /^\/[\w/-]*(\?[\w=&%.,+~-]*)?$/.test(place) && !place.startsWith('//');
}
