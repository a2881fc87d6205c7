import { Workspace } from '../../services/workspace.ts';
import type { Terminal } from './terminal.ts';

/** Opens the project for one command and shows its jobs. */
export function withWorkspace(
  terminal: Terminal,
  dir: string,
  action: (workspace: Workspace, terminal: Terminal) => Promise<void>,
): Promise<void> {
  const options = { signal: terminal.signal, onEvent: terminal.progress.show.bind(terminal.progress) };
  return Workspace.use(dir, options, (workspace) => action(workspace, terminal));
}

/** Opens the project for looking, also while another process works on it. */
export async function viewWorkspace<T>(
  dir: string,
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const workspace = Workspace.view(dir);
  try {
    return await action(workspace);
  } finally {
    await workspace.close();
  }
}
