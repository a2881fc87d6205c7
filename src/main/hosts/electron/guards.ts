/** The one origin of the application. Node's `URL#origin` is `null` for such a scheme: addresses are compared as text. */
export const scheme = 'app';
export const origin = `${scheme}://fusiform`;

/** Whether an address belongs to the application. */
export function isOwnAddress(url: string): boolean {
  return url === origin || url.startsWith(`${origin}/`);
}

/** What is known of whoever sends a message; the frame is null where it has gone meanwhile. */
export interface Sender {
  readonly senderFrame: { readonly origin: string; readonly parent: unknown } | null;
}

/** Whether a message comes from the main frame of the application's own page. */
export function isOwnPage({ senderFrame }: Sender): boolean {
  return senderFrame !== null && senderFrame.origin === origin && senderFrame.parent === null;
}

/** Which addresses may be handed to the system: pages of the web, nothing that the system would run. */
export function mayOpenOutside(url: string): boolean {
  try {
    const { protocol, username, password } = new URL(url);
    return protocol === 'https:' && username === '' && password === '';
  } catch {
    return false;
  }
}

/** What every window is made with. */
export const webPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  spellcheck: false,
  navigateOnDragDrop: false,
} as const;
