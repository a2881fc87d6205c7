import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { findElectron } from '../../../src/main/hosts/electron/binary.ts';
import { parseDeepLink, wantedByArguments } from '../../../src/main/hosts/electron/deep-link.ts';
import {
  comesBack,
  isOwnAddress,
  isOwnPage,
  mayOpenOutside,
  mayUse,
  origin,
  webPreferences,
} from '../../../src/main/hosts/electron/guards.ts';
import { type Desktop, JobManners } from '../../../src/main/hosts/electron/job-manners.ts';
import { menuTemplate } from '../../../src/main/hosts/electron/menu.ts';
import { serveOverPort } from '../../../src/main/hosts/electron/ports.ts';
import {
  firstState,
  readWindowState,
  writeWindowState,
} from '../../../src/main/hosts/electron/window-state.ts';
import { Application } from '../../../src/main/services/app/application.ts';
import { RecentProjects } from '../../../src/main/services/app/recent-projects.ts';
import { createSite } from '../../../src/main/services/app/site.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import type { contract } from '../../../src/shared/contract/index.ts';
import { freshFolder } from '../../services/fresh-folder.ts';

describe('the contract over a message port', () => {
  it('calls, streams, stops, refuses, and asks by the dialogs of the host', {
    timeout: 20_000,
  }, async (context) => {
    const folder = freshFolder();
    const application = new Application(
      { host: 'electron', pick: async ({ title }) => `/picked/${title}`, reveal: () => undefined },
      {
        recent: new RecentProjects(join(folder.path, 'recent.json')),
        perform: (workspace) =>
          new Promise((_resolve, reject) => {
            workspace.signal.addEventListener('abort', () => reject(new FusiformError('JOB_CANCELLED', '.')));
          }),
      },
    );
    const { port1, port2 } = new MessageChannel();
    context.after(async () => {
      port1.close();
      await application.closeAll();
      folder.remove();
    });
    serveOverPort(application, port2 as never);
    port1.start();
    const api: ContractRouterClient<typeof contract> = createORPCClient(
      new RPCLink({ port: port1 as never }),
    );
    const seen: boolean[] = [];
    const desktop: Desktop = {
      keepAwake: (on) => seen.push(on),
      showProgress: () => undefined,
      notify: () => undefined,
    };
    const manners = new JobManners(application, desktop);

    assert.deepEqual(await api.application.capabilities(), {
      ...application.capabilities,
      host: 'electron',
      nativeDialogs: true,
    });
    assert.equal(await api.application.pick({ title: 'faces', kind: 'folder' }), '/picked/faces');
    const { id: project } = await api.projects.create({ dir: join(folder.path, 'project') });
    manners.update();
    const { id } = await api.jobs.enqueue({ project, request: { kind: 'import-faces', dir: '/pictures' } });
    const states: string[] = [];
    for await (const event of await api.jobs.watch({ project })) {
      if (event.type !== 'snapshot') continue;
      const state = event.jobs.find((job) => job.id === id)?.state ?? '';
      states.push(state);
      if (state === 'running') {
        while (!seen.includes(true)) await new Promise((resolve) => setTimeout(resolve, 10));
        await api.jobs.cancel({ project, id });
      }
      if (state === 'cancelled') break;
    }
    assert.deepEqual(states, ['running', 'cancelled']);
    await assert.rejects(
      api.jobs.enqueue({ project, request: { kind: 'import-faces', dir: '/x', imageSize: -1 } }),
      { code: 'BAD_REQUEST' },
    );
    await api.projects.close({ project });
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(seen.includes(true) && seen.at(-1) === false, 'awake while it ran, and no longer');
  });
});

describe('the protocol of the desktop', () => {
  it('sends the page and its files, and nothing beside them', async () => {
    const folder = freshFolder();
    const renderer = join(folder.path, 'renderer');
    mkdirSync(renderer);
    writeFileSync(join(renderer, 'index.html'), 'page');
    writeFileSync(join(folder.path, 'secret.js'), 'secret');
    const site = createSite(new Application({ host: 'electron' }), renderer);
    const get = (path: string, method = 'GET') => site(new Request(`${origin}${path}`, { method }));
    assert.equal(await (await get('/projects/x/overview')).text(), 'page');
    assert.equal((await get('/..%2fsecret.js')).status, 404);
    assert.equal((await get('/', 'POST')).status, 405);
    assert.equal((await get('/data/0123456789ab/artifacts/x/y')).status, 404);
    folder.remove();
  });
});

describe('guards of the desktop', () => {
  it('know their own page', () => {
    assert.ok(isOwnAddress(`${origin}/projects`));
    assert.ok(!isOwnAddress(`${origin}.evil.example/`));
    assert.ok(!isOwnAddress('file:///etc/passwd'));
    assert.ok(isOwnPage({ senderFrame: { origin, parent: null } }));
    assert.ok(!isOwnPage({ senderFrame: null }));
    assert.ok(!isOwnPage({ senderFrame: { origin, parent: {} } }));
    assert.ok(!isOwnPage({ senderFrame: { origin: 'https://evil.example', parent: null } }));
  });

  it('isolate every page, and let it copy text and nothing else', () => {
    const { contextIsolation, sandbox, webSecurity, nodeIntegration, webviewTag } = webPreferences;
    assert.deepEqual(
      [contextIsolation, sandbox, webSecurity, nodeIntegration, webviewTag],
      [true, true, true, false, false],
    );
    assert.ok(mayUse('clipboard-sanitized-write', `${origin}/`));
    assert.ok(!mayUse('clipboard-sanitized-write', 'https://evil.example'));
    for (const permission of [
      'media',
      'geolocation',
      'clipboard-read',
      'notifications',
      'usb',
      'openExternal',
    ]) {
      assert.ok(!mayUse(permission, `${origin}/`), permission);
    }
  });

  it('bring back a page that died, but not over and over', () => {
    const deaths: number[] = [];
    assert.deepEqual(
      [0, 1000, 2000, 3000].map((now) => comesBack(deaths, now)),
      [true, true, true, false],
    );
    assert.ok(comesBack(deaths, 100_000));
  });

  it('hand only pages of the web to the system', () => {
    assert.ok(mayOpenOutside('https://doi.org/10.1038/s42003-019-0438-y'));
    for (const url of [
      'http://a.example',
      'file:///bin/sh',
      'javascript:alert(1)',
      'https://a:b@c.example',
      'x',
    ]) {
      assert.ok(!mayOpenOutside(url), url);
    }
  });
});

describe('links and files that open the application', () => {
  const link = (place: string) => `fusiform://open?project=${encodeURIComponent('/data/study')}&at=${place}`;

  it('name a project and a place in it', () => {
    assert.deepEqual(parseDeepLink(link(encodeURIComponent('/decoding?subject=01'))), {
      project: '/data/study',
      place: '/decoding?subject=01',
    });
    assert.equal(parseDeepLink('fusiform://open?project=%2Fdata%2Fstudy')?.place, '/overview');
  });

  it('name nothing else', () => {
    for (const bad of [
      'https://open?project=/data',
      'fusiform://delete?project=/data',
      'fusiform://open?project=relative',
      'fusiform://open',
      link('//evil.example'),
      link('javascript:x'),
      link('/../../x'),
      'no link',
    ]) {
      assert.equal(parseDeepLink(bad), null, bad);
    }
  });

  it('are found among the arguments of a start', () => {
    const isProject = (dir: string) => dir === '/data/study';
    const wanted = { project: '/data/study', place: '/overview' };
    assert.deepEqual(wantedByArguments(['--flag', '/data/study/project.sqlite'], isProject), wanted);
    assert.deepEqual(wantedByArguments(['/data/study/project.fusiform'], isProject), wanted);
    assert.deepEqual(wantedByArguments(['.', '/data/study'], isProject), wanted);
    assert.equal(wantedByArguments(['--flag', '/data/other', 'study'], isProject), null);
  });
});

describe('what a window remembers', () => {
  it('comes back, unless its display is gone or the file is broken', async () => {
    const folder = freshFolder();
    const file = join(folder.path, 'deep', 'window.json');
    const display = { x: 0, y: 0, width: 1920, height: 1080 };
    assert.deepEqual(readWindowState(file, [display]), firstState);
    const state = {
      bounds: { x: 100, y: 50, width: 1200, height: 800 },
      maximized: true,
      address: '/projects/0123456789ab/jobs?job=3',
    };
    await writeWindowState(file, state);
    assert.deepEqual(readWindowState(file, [display]), state);
    assert.deepEqual(readWindowState(file, [{ ...display, x: 5000 }]), { ...state, bounds: null });
    writeFileSync(file, '{"bounds": 3}');
    assert.deepEqual(readWindowState(file, [display]), firstState);
    folder.remove();
  });
});

describe('menus', () => {
  it('stand where each platform has them', () => {
    const shown: string[] = [];
    const actions = { show: (address: string) => shown.push(address), openProject: () => undefined };
    const facts = { recent: [{ id: '0123456789ab', name: 'Study' }], isPackaged: true };
    const linux = menuTemplate({ ...facts, platform: 'linux' }, actions);
    const mac = menuTemplate({ ...facts, platform: 'darwin' }, actions);
    assert.equal(linux[0].label, '&File');
    assert.equal(mac[0].role, 'appMenu');
    const roles = (template: typeof linux) => JSON.stringify(template);
    assert.ok(roles(linux).includes('"quit"') && !roles(mac).includes('"quit"'));
    assert.ok(!roles(linux).includes('toggleDevTools'));
    const file = linux[0].submenu as { label?: string; submenu?: { click(): void }[] }[];
    file.find(({ label }) => label === 'Open Recent')?.submenu?.[0].click();
    assert.deepEqual(shown, ['/projects/0123456789ab/overview']);
  });
});

describe("Electron's program", () => {
  it('is looked for without loading the package', () => {
    assert.equal(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' }), null);
  });
});
