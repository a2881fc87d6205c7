import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { utilityProcess } from 'electron';
import type { StartScript } from '../../services/engines.ts';

/** Runs a script in a utility process of Electron, which is Node without being startable as it from outside. */
export const startByUtilityProcess: StartScript = (script, args) => {
  const child = utilityProcess.fork(script, [...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    serviceName: 'Fusiform engine trial',
  });
  const stdout = new PassThrough();
  child.stdout?.pipe(stdout);
  const ended = new Promise<{ code: number; signal: null }>((resolve) => {
    child.on('exit', async (code) => {
      // What it wrote last may still be on its way.
      if (child.stdout !== null && !stdout.writableEnded) await once(stdout, 'finish');
      resolve({ code, signal: null });
    });
  });
  return { stdout, kill: () => void child.kill(), ended };
};
