import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  /** Shows a place of the application in the window. */
  show(address: string): void;
  openProject(): void;
}

export interface MenuFacts {
  readonly platform: NodeJS.Platform;
  readonly recent: readonly { readonly id: string; readonly name: string }[];
  /** Developer tools are for a clone. */
  readonly isPackaged: boolean;
}

/** The menus as each platform has them: an application menu on macOS, Quit under File elsewhere. */
export function menuTemplate(facts: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = facts.platform === 'darwin';
  const recent: MenuItemConstructorOptions[] = facts.recent
    .slice(0, 10)
    .map(({ id, name }) => ({ label: name, click: () => actions.show(`/projects/${id}/overview`) }));
  const file: MenuItemConstructorOptions[] = [
    { label: 'Projects', accelerator: 'CmdOrCtrl+Shift+P', click: () => actions.show('/') },
    { label: 'Open Project...', accelerator: 'CmdOrCtrl+O', click: () => actions.openProject() },
    { label: 'Open Recent', submenu: recent, enabled: recent.length > 0 },
    { type: 'separator' },
    { role: isMac ? 'close' : 'quit' },
  ];
  const view: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    ...(facts.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: '&File', submenu: file },
    { role: 'editMenu' },
    { label: '&View', submenu: view },
    { role: 'windowMenu' },
  ];
}
