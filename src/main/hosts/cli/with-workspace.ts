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
