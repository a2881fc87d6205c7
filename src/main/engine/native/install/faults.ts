import { FusiformError } from '../../../../shared/errors.ts';

/** Names what the system refused, and the user's cancelling; anything else comes back as it was. */
export function asInstallFault(error: unknown, file: string): unknown {
  if (error instanceof FusiformError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') {
    return new FusiformError('JOB_CANCELLED', 'The installation was cancelled.', { cause: error });
  }
  switch ('code' in error ? error.code : '') {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FusiformError('DISK_FULL', 'The disk is full, or its quota is used up.', {
        file,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EIO':
      return new FusiformError('WRITE_FAILED', `The engine cannot be written: ${error.message}.`, {
        file,
        cause: error,
      });
    default:
      return error;
  }
}
