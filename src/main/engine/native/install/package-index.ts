import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type HttpClient, showUrl } from './http.ts';
import type { PipSettings } from './pip-settings.ts';
import type { Wheel } from './releases.ts';

export interface WheelPlaces {
  /** Where the wheel can be had, the nearest first; `file:` addresses are of this machine. */
  readonly places: readonly URL[];
  /** Why a place that was asked could not say. */
  readonly failures: readonly string[];
}

/** Listings longer than this are of something else: the largest of the public index has a few MB. */
const longestListing = 64e6;
const accept =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

const simpleListing = z.object({ files: z.array(z.object({ filename: z.string(), url: z.string() })) });

/**
 * Looks where pip would look. The wheel is known by its name and, once it is here, by its checksum, so that one
 * place is as good as another: places on this machine go first, and the network is left alone where they do.
 */
export async function findWheel(
  wheel: Wheel,
  settings: PipSettings,
  http: HttpClient,
  signal: AbortSignal,
): Promise<WheelPlaces> {
  const listings = [
    ...settings.findLinks.map((place) => asAddress(place)),
    ...settings.indexes.map(
      (base) => new URL(`${wheel.project}/`, `${asAddress(base).href.replace(/\/*$/, '')}/`),
    ),
  ];
  const near = listings.filter((url) => url.protocol === 'file:');
  const far = listings.filter((url) => url.protocol !== 'file:');
  const places: URL[] = [];
  const failures: string[] = [];
  for (const url of near) places.push(...(await listed(wheel, () => readLocal(url, wheel), failures, url)));
  if (places.length > 0) return { places, failures };
  for (const url of far) {
    places.push(...(await listed(wheel, () => readRemote(url, http, signal), failures, url)));
    signal.throwIfAborted();
  }
  return { places, failures };
}

function asAddress(place: string): URL {
  return /^[a-z]+:\/\//i.test(place) ? new URL(place) : pathToFileURL(resolve(place));
}

async function listed(
  wheel: Wheel,
  read: () => Promise<URL[]>,
  failures: string[],
  place: URL,
): Promise<URL[]> {
  try {
    return (await read()).filter((url) => fileNameOf(url) === wheel.file);
  } catch (error) {
    failures.push(`${showUrl(place)}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

export function fileNameOf(url: URL): string {
  return decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
}

/** A folder of files, a folder with a page, or a page. */
async function readLocal(url: URL, wheel: Wheel): Promise<URL[]> {
  const path = fileURLToPath(url);
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return [];
  if (facts.isFile())
    return path.endsWith('.whl') ? [pathToFileURL(path)] : linksOf(await readFile(path, 'utf8'), url);
  const names = await readdir(path);
  if (names.includes(wheel.file)) return [pathToFileURL(join(path, wheel.file))];
  if (!names.includes('index.html')) return [];
  return linksOf(await readFile(join(path, 'index.html'), 'utf8'), pathToFileURL(`${path}/`));
}

async function readRemote(url: URL, http: HttpClient, signal: AbortSignal): Promise<URL[]> {
  const response = await http.get(url, { Accept: accept }, signal);
  if (response.statusCode === 404) {
    response.destroy();
    return [];
  }
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`it answered ${response.statusCode}`);
  }
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > longestListing) response.destroy(new Error('its listing has no end'));
  });
  const body = await text(response);
  if (!/json/.test(response.headers['content-type'] ?? '')) return linksOf(body, url);
  return simpleListing.parse(JSON.parse(body)).files.map((file) => new URL(file.url, url));
}

/** The links of a page of a simple index (PEP 503). */
function linksOf(html: string, base: URL): URL[] {
  return [...html.matchAll(/<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].flatMap(
    ([, double, single]) => {
      const link = URL.parse((double ?? single).replaceAll('&amp;', '&'), base.href);
      if (link === null) return [];
      link.hash = '';
      return [link];
    },
  );
}
