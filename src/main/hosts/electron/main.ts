import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
} from 'electron';
import type { PickRequest } from '../../../shared/contract/application.ts';
import { Application } from '../../services/app/application.ts';
import { isProjectFolder, markerName } from '../../services/app/project-folder.ts';
import { runEngineTrialsBy } from '../../services/engines.ts';
import { createSite } from '../../services/app/site.ts';
import { findRenderer } from '../web/renderer-dir.ts';
import { linkScheme, type Wanted, wantedByArguments } from './deep-link.ts';
import {
  comesBack,
  isOwnAddress,
  isOwnPage,
  mayOpenOutside,
  mayUse,
  origin,
  scheme,
  webPreferences,
} from './guards.ts';
import { type Desktop, JobManners } from './job-manners.ts';
import { menuTemplate } from './menu.ts';
import { serveOverPort } from './ports.ts';
import { startByUtilityProcess } from './utility-script.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

/* The desktop application. What needs no Electron stands in the modules beside this one. */

protocol.registerSchemesAsPrivileged([
  {
    scheme,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
]);
app.enableSandbox();

let window: BrowserWindow | null = null;
let awake: number | null = null;

const application = new Application(
  { host: 'electron', pick, reveal: (path) => shell.showItemInFolder(path), keepsAwake: true },
  { onProjects: () => void projectsChanged() },
);

const desktop: Desktop = {
  keepAwake(on) {
    if (on && awake === null) awake = powerSaveBlocker.start('prevent-app-suspension');
    if (!on && awake !== null) {
      powerSaveBlocker.stop(awake);
      awake = null;
    }
  },
  showProgress: (share) => window?.setProgressBar(share),
  notify(title, body, address) {
    const notification = new Notification({ title, body });
    notification.on('click', () => {
      window?.show();
      void window?.webContents.loadURL(`${origin}${address}`);
    });
    notification.show();
  },
};
const manners = new JobManners(application, desktop);

// Electron's program is no Node: its fuses forbid it to run scripts as one.
runEngineTrialsBy(startByUtilityProcess);

if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  app.setAsDefaultProtocolClient(linkScheme);
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isOwnAddress(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  app.on('second-instance', (_event, argv) => {
    window?.show();
    window?.focus();
    void show(wantedByArguments(argv.slice(1), isProjectFolder));
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    void show(wantedByArguments([url], isProjectFolder));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void show(wantedByArguments([path], isProjectFolder));
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', quitInOrder);
  ipcMain.on('fusiform:connect', (event) => {
    const [port] = event.ports;
    if (isOwnPage(event) && port !== undefined) serveOverPort(application, port);
  });
  void app.whenReady().then(openApplication);
}

async function openApplication(): Promise<void> {
  const rendererDir = findRenderer();
  if (rendererDir === null) {
    dialog.showErrorBox('Fusiform', 'The screens were not built: run `npm run build`.');
    return app.quit();
  }
  protocol.handle(scheme, createSite(application, rendererDir));
  session.defaultSession.setPermissionRequestHandler((contents, permission, answer) =>
    answer(mayUse(permission, contents.getURL())),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, requester) =>
    mayUse(permission, requester),
  );
  session.defaultSession.setDevicePermissionHandler(() => false);
  await projectsChanged();
  await openWindow(await addressOf(wantedByArguments(process.argv.slice(1), isProjectFolder)));
}

async function openWindow(address: string | null): Promise<void> {
  const file = join(app.getPath('userData'), 'window.json');
  const kept = readWindowState(
    file,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const created = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 600,
    show: false,
    ...(kept.bounds ?? {}),
    webPreferences: { ...webPreferences, preload: join(app.getAppPath(), 'out', 'preload', 'bridge.cjs') },
  });
  window = created;
  const contents = created.webContents;
  const deaths: number[] = [];
  const keep = () => {
    const url = contents.getURL();
    const place = isOwnAddress(url) ? url.slice(origin.length) : '/';
    const state = {
      bounds: created.getNormalBounds(),
      maximized: created.isMaximized(),
      address: place.startsWith('/') ? place : '/',
    };
    writeWindowState(file, state).catch(() => undefined);
  };
  created.on('close', keep);
  contents.on('did-navigate-in-page', keep);
  // A page that died comes back where it was: its address is its state, and the work goes on in this process.
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    if (comesBack(deaths, Date.now())) contents.reload();
    else
      dialog.showErrorBox(
        'Fusiform',
        `The page ends again and again (${reason}). Jobs go on; start it anew.`,
      );
  });
  created.on('closed', () => {
    window = null;
  });
  created.once('ready-to-show', () => {
    if (kept.maximized) created.maximize();
    created.show();
  });
  await contents.loadURL(`${origin}${address ?? kept.address}`);
}

/** Shows what was asked for in the window that there is. */
async function show(wanted: Wanted | null): Promise<void> {
  const address = await addressOf(wanted);
  if (address !== null) await window?.webContents.loadURL(`${origin}${address}`);
}

async function addressOf(wanted: Wanted | null): Promise<string | null> {
  if (wanted === null) return null;
  try {
    const { id, dir } = await application.open(wanted.project);
    // The system's own list of recent documents, where it keeps one.
    app.addRecentDocument(join(dir, markerName));
    return `/projects/${id}${wanted.place}`;
  } catch (error) {
    dialog.showErrorBox(
      'The project cannot be opened',
      error instanceof Error ? error.message : String(error),
    );
    return null;
  }
}

async function pick({ title, kind, from }: PickRequest): Promise<string | null> {
  const properties =
    kind === 'folder' ? (['openDirectory', 'createDirectory'] as const) : (['openFile'] as const);
  const options = {
    title,
    properties: [...properties],
    ...(from === undefined ? {} : { defaultPath: from }),
  };
  const answer = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return answer.canceled ? null : (answer.filePaths[0] ?? null);
}

async function projectsChanged(): Promise<void> {
  manners.update();
  const recent = (await application.recent.list()).filter(({ exists }) => exists);
  const template = menuTemplate(
    { platform: process.platform, recent, isPackaged: app.isPackaged },
    {
      show: (address) => void window?.webContents.loadURL(`${origin}${address}`),
      openProject: () => void openPicked(),
    },
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

async function openPicked(): Promise<void> {
  const dir = await pick({ title: 'Open a project', kind: 'folder' });
  if (dir !== null) await show({ project: dir, place: '/overview' });
}

/** Work stops at its next safe place and waits in the queue; only then the process ends. */
function quitInOrder(event: { preventDefault(): void }): void {
  event.preventDefault();
  app.off('before-quit', quitInOrder);
  void application.closeAll().finally(() => app.quit());
}
