import { extname, join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { encodePng } from '../../formats/image/encode.ts';
import type { Application } from './application.ts';
import { brainRoute, regionsRoute } from './brain-routes.ts';
import { containedFile, segmentsOf } from './contained.ts';
import { decodeRoute } from './decode-route.ts';
import type { OpenProject } from './open-project.ts';
import { bytesResponse, fileResponse, immutable, refused, volatile } from './responses.ts';
import { encodeSheet } from './sheet.ts';

/** Hashes of artefacts and keys of jobs. */
const hashPattern = /^[0-9a-f]{32}$/;
/** Faces on one sheet. */
const sheetLimit = 1024;

/** Pages that stages wrote carry their own styles: they are shown without scripts, and without this origin. */
const documentPolicy = {
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
};

/**
 * Bulk data of open projects, below `/data/<project>/`:
 * - `artifacts/<hash>/<file>`: a file of an artefact;
 * - `faces/<hash>/<index>.png`: a face of a set;
 * - `faces/<hash>/sheet.png?from=0&count=128&columns=16`: many, side by side without gaps; or
 *   `?indices=3,7,8&columns=16`;
 * - `work/<key>/<file>`: what a job that runs, or was stopped, has written so far;
 * - `decoded/<hash>/<region>/<row>.png?model=<hash>`: a test face as a region decodes it;
 * - `reports/<job>/<file>`: what a job of the queue wrote as a report into the user's folder;
 * - `POST decode/<hash>?columns=4&place=...`: pictures of codes by a model (see `decodeRoute`).
 * - `regions/<hash>`: the regions of a mapping as a NIfTI image of labels;
 * - `files?path=...`, `means?path=...`, `surfaces?path=...`: an image of the user's, the mean of a run, a surface.
 */
export function createDataRoutes(application: Application): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const segments = segmentsOf(url.pathname);
    if (segments === null || segments.length < 3) return refused(404, 'There is no such data.');
    const [, id, area, hash, ...rest] = segments;
    const project = application.projects.find((open) => open.id === id);
    if (project === undefined) return refused(404, 'The project is not open.');
    const isByPath = area === 'files' || area === 'means' || area === 'surfaces';
    const pattern = area === 'reports' ? /^\d{1,9}$/ : hashPattern;
    if (isByPath ? hash !== undefined : !pattern.test(hash ?? ''))
      return refused(404, 'There is no such data.');
    if ((request.method === 'POST') !== (area === 'decode')) {
      return refused(405, area === 'decode' ? 'Codes are sent with POST.' : 'Only GET and HEAD.');
    }
    try {
      const response = isByPath
        ? await brainRoute(request, url, area)
        : await route(request, url, project, { area, hash, rest });
      return response ?? refused(404, 'There is no such data.');
    } catch (error) {
      if (error instanceof RangeError) return refused(404, error.message);
      if (error instanceof FusiformError)
        return refused(
          error.code === 'DECODING_SUPERSEDED' ? 409 : 422,
          `${error.code}: ${error.message} ${error.remedy}`,
        );
      throw error;
    }
  };
}

async function route(
  request: Request,
  url: URL,
  project: OpenProject,
  { area, hash, rest }: { area: string; hash: string; rest: readonly string[] },
): Promise<Response | null> {
  const { artifactsDir, workDir } = project.workspace.store;
  if (area === 'artifacts') return sendFile(request, join(artifactsDir, hash), rest, immutable);
  if (area === 'decode') return rest.length === 0 ? decodeRoute(request, url, project.explorer, hash) : null;
  if (area === 'reports') return report(request, project, Number(hash), rest);
  if (area === 'regions') return rest.length === 0 ? regionsRoute(artifactsDir, hash) : null;
  if (area === 'work') return sendFile(request, join(workDir, hash), rest, volatile);
  if (area === 'decoded') return regionPicture(project, hash, rest, url);
  if (area === 'faces' && rest.length === 1) {
    const folder = join(artifactsDir, hash);
    const picture = rest[0] === 'sheet.png' ? sheet(project, folder, url) : face(project, folder, rest[0]);
    const png = await picture;
    return png && bytesResponse(png, 'image/png', immutable);
  }
  return null;
}

async function sendFile(
  request: Request,
  folder: string,
  segments: readonly string[],
  cacheControl: string,
): Promise<Response | null> {
  const file = await containedFile(folder, segments);
  if (file === null) return null;
  const isDocument = ['.html', '.svg'].includes(extname(file).toLowerCase());
  return fileResponse(request, file, { cacheControl, ...(isDocument ? { headers: documentPolicy } : {}) });
}

async function regionPicture(
  project: OpenProject,
  decoding: string,
  [region, name = '', ...more]: readonly string[],
  url: URL,
): Promise<Response | null> {
  const row = /^(\d{1,9})\.png$/.exec(name)?.[1];
  const model = url.searchParams.get('model') ?? '';
  if (row === undefined || more.length > 0 || !hashPattern.test(model)) return null;
  const png = await project.regionPictures.png({ decoding, model }, region, Number(row));
  return png && bytesResponse(png, 'image/png', immutable);
}

/** What a report consists of: nothing else in a folder that the user chose is handed out. */
const reportParts = /^(report\.html|quality-.*\.html|tables|figures|sub-.*)$/;

/** A file of a report, below the folder that it was written to: the queue knows which. */
async function report(
  request: Request,
  project: OpenProject,
  id: number,
  segments: readonly string[],
): Promise<Response | null> {
  const job = project.queue.live.value.jobs.find((queued) => queued.id === id);
  if (job?.state !== 'done' || job.request.kind !== 'write-report') return null;
  if (!reportParts.test(segments[0] ?? '')) return null;
  return sendFile(request, job.request.outDir, segments, volatile);
}

async function face(project: OpenProject, folder: string, name: string): Promise<Uint8Array | null> {
  const index = /^(\d{1,9})\.png$/.exec(name)?.[1];
  if (index === undefined) return null;
  const { shape, row } = await project.pixels.rows(folder);
  return encodePng(row(Number(index)), shape[2], shape[1]);
}

/** Many faces in one picture, consecutive ones or those that are named: a grid of many thousands needs few requests. */
async function sheet(project: OpenProject, folder: string, url: URL): Promise<Uint8Array | null> {
  const { shape, row } = await project.pixels.rows(folder);
  const [total, height, width] = shape;
  const wanted = wantedRows(url.searchParams, total);
  const columns = Number(url.searchParams.get('columns') ?? Number.NaN);
  if (wanted === null || !Number.isInteger(columns) || columns < 1 || columns > sheetLimit) return null;
  return encodeSheet(wanted.map(row), width, height, columns);
}

/** Rows by `from` and `count`, cut where the set ends, or by `indices=3,7,8`; null where none are meant. */
function wantedRows(query: URLSearchParams, total: number): number[] | null {
  const listed = query.get('indices');
  if (listed !== null) {
    const rows = listed.split(',').map(Number);
    const areRows = rows.every((row) => Number.isInteger(row) && row >= 0 && row < total);
    return areRows && rows.length <= sheetLimit ? rows : null;
  }
  const [from, count] = ['from', 'count'].map((name) => Number(query.get(name) ?? Number.NaN));
  if (!Number.isInteger(from) || !Number.isInteger(count)) return null;
  if (from < 0 || from >= total || count < 1 || count > sheetLimit) return null;
  return Array.from({ length: Math.min(count, total - from) }, (_, at) => from + at);
}
