import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build, isStale } from '../../scripts/build.ts';
import { startWebHost, type WebHost } from '../../src/main/hosts/web/server.ts';
import { Application, type ApplicationOptions } from '../../src/main/services/app/application.ts';
import { RecentProjects } from '../../src/main/services/app/recent-projects.ts';
import { freshFolder } from '../services/fresh-folder.ts';

const root = join(import.meta.dirname, '..', '..');

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** For `skip` of tests that need a browser: why, or false where there is one. */
export const noBrowser: string | false = browserPath === undefined && 'no Chromium is installed';

const switches = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface BrowserSession {
  readonly application: Application;
  readonly host: WebHost;
  readonly browser: Browser;
  /** Signed in, at the list of projects; 1280 x 800. */
  readonly page: Page;
  /** A folder of the test's own. */
  readonly folder: string;
  /** What the page threw and what the browser objected to, lost connections left out. */
  readonly complaints: readonly string[];
  /** The address of a place, for `page.goto`: `addressOf('/projects/<id>/faces')`. */
  addressOf(place: string): string;
  close(): Promise<void>;
}

export interface BrowserOptions {
  readonly application?: Omit<ApplicationOptions, 'recent'>;
  readonly context?: BrowserContextOptions;
  /** More switches of Chromium, such as those of software WebGL. */
  readonly switches?: readonly string[];
}

/** Test files run side by side: one builds, the others wait for it. The system lets go of the lock with the process. */
function buildOnce(): void {
  mkdirSync(join(root, 'out'), { recursive: true });
  const lock = new Database(join(root, 'out', 'renderer.lock'), { timeout: 120_000 });
  lock.exec('BEGIN EXCLUSIVE');
  try {
    if (isStale('renderer')) build('renderer');
  } finally {
    lock.close();
  }
}

/** A test of a page: what was to be seen when it failed is kept as a picture, whose place is told. */
export function seen(page: () => Page, name: string, action: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await action();
    } catch (error) {
      const file = join(tmpdir(), `fusiform-${name.replaceAll(/\W+/g, '-')}.png`);
      await page().screenshot({ path: file });
      throw new Error(`${name}: what was to be seen is in ${file}`, { cause: error });
    }
  };
}

/**
 * The web host over an application of its own, with a browser that is signed in. The renderer is built where it is stale.
 * Settings and recent projects are those of a fresh folder, never the user's.
 */
export async function openBrowser(options: BrowserOptions = {}): Promise<BrowserSession> {
  const folder = freshFolder();
  const home = process.env.FUSIFORM_HOME;
  process.env.FUSIFORM_HOME = join(folder.path, 'home');
  const application = new Application(
    { host: 'web' },
    { ...options.application, recent: new RecentProjects(join(folder.path, 'recent.json')) },
  );
  buildOnce();
  const host = await startWebHost({ application, rendererDir: join(root, 'out', 'renderer'), port: 0 });
  const browser = await chromium.launch({
    executablePath: browserPath ?? '',
    args: [...switches, ...(options.switches ?? [])],
  });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    ...options.context,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/WebSocket/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(host.url);
  const { origin } = new URL(host.url);
  return {
    application,
    host,
    browser,
    page,
    folder: folder.path,
    complaints,
    addressOf: (place) => `${origin}${place}`,
    async close() {
      await browser.close();
      await host.close();
      await application.closeAll();
      if (home === undefined) delete process.env.FUSIFORM_HOME;
      else process.env.FUSIFORM_HOME = home;
      folder.remove();
    },
  };
}
