import { join } from 'node:path';
import type { Application } from './application.ts';
import { containedFile, segmentsOf } from './contained.ts';
import { createDataRoutes } from './data-routes.ts';
import { fileResponse, immutable, refused, volatile } from './responses.ts';

/** Nothing but the application's own files; styles that scripts set one by one are no inline styles. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
};

/**
 * The one handler of all hosts: `/data/...`, else the built renderer. An address without a file's ending is a place in
 * the application: it gets the page, whose router shows it.
 */
export function createSite(
  application: Application,
  rendererDir: string,
): (request: Request) => Promise<Response> {
  const data = createDataRoutes(application);
  return async (request) => {
    const { pathname } = new URL(request.url);
    const isData = pathname.startsWith('/data/');
    if (!['GET', 'HEAD', ...(isData ? ['POST'] : [])].includes(request.method)) {
      return refused(405, 'Only GET and HEAD.');
    }
    if (isData) return data(request);
    const segments = segmentsOf(pathname);
    if (segments === null) return refused(400, 'The address is malformed.');
    if (!/\.[a-z0-9]+$/i.test(pathname)) return page(request, rendererDir);
    const file = await containedFile(rendererDir, segments);
    const isHashed = pathname.startsWith('/assets/');
    const response =
      file === null
        ? null
        : await fileResponse(request, file, {
            cacheControl: isHashed ? immutable : volatile,
            headers: pageHeaders,
          });
    return response ?? refused(404, 'There is no such file.');
  };
}

async function page(request: Request, rendererDir: string): Promise<Response> {
  const index = join(rendererDir, 'index.html');
  const response = await fileResponse(request, index, { cacheControl: volatile, headers: pageHeaders });
  return response ?? refused(503, 'The renderer was not built: run `npm run build`.');
}
