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

/** What a page may do that the browser asks about: copy text, which a button does, and nothing else. */
export function mayUse(permission: string, requester: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOwnAddress(requester);
}

/** Ends a page that dies over and over: this many times within a minute are no accident. */
const toleratedCrashes = 3;

/** Whether a page that died should come back, given when it died before (milliseconds); the times that count are kept. */
export function comesBack(deaths: number[], now: number): boolean {
  deaths.push(now);
  while (deaths[0] < now - 60_000) deaths.shift();
  return deaths.length <= toleratedCrashes;
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
