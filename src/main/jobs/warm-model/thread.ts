import { parentPort } from 'node:worker_threads';
import { FusiformError } from '../../../shared/errors.ts';
import { asEngineFailure } from '../../engine/failure.ts';
import { LoadedModel } from './loaded-model.ts';
import type { CloseRequest } from '../messages.ts';
import type { WarmReply, WarmRequest } from './messages.ts';

/** The thread that keeps a model loaded. Requests come one after another: the next when the one before was answered. */
const port = parentPort;
if (!port) throw new Error('The thread of a warm model is started by its owner.');
const loaded = new LoadedModel();

port.on('message', (message: WarmRequest | CloseRequest) => {
  if ('close' in message) {
    loaded.close().finally(() => port.close());
    return;
  }
  loaded.perform(message).then(
    (answer) => port.postMessage({ id: message.id, type: 'done', answer } satisfies WarmReply),
    (error: unknown) => port.postMessage(describeFailure(message.id, error)),
  );
});

function describeFailure(id: number, error: unknown): WarmReply {
  const known = error instanceof FusiformError ? error : asEngineFailure(error);
  if (known instanceof FusiformError) return { type: 'failed', id, problem: known.toProblem() };
  const crash = error instanceof Error ? error : new Error(String(error));
  return { type: 'crashed', id, message: crash.message, stack: crash.stack ?? '' };
}
