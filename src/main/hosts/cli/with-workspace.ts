import { Workspace } from '../../services/workspace.ts';
import type { Terminal } from './terminal.ts';

/** Opens the project for one command, shows its jobs, and closes it however the command ends. */
export async function withWorkspace(
  terminal: Terminal,
  dir: string,
  action: (workspace: Workspace, terminal: Terminal) => Promise<void>,
): Promise<void> {
  const workspace = Workspace.open(dir, {
    signal: terminal.signal,
    onEvent: (event) => terminal.progress.show(event),
  });
  try {
    await action(workspace, terminal);
  } finally {
    await workspace.close();
  }
}
