/**
 * Every fault that a user can meet, in one list. A code never changes its meaning.
 * `kind` decides the exit code of the command line:
 * `usage` the command, `input` the data, `project` the project's state, `machine` disk, memory, engines.
 */
interface ErrorDefinition {
  readonly kind: 'usage' | 'input' | 'project' | 'machine';
  readonly remedy: string;
}

export const errorCodes = {
  // usage
  USAGE: { kind: 'usage', remedy: 'See `fusiform help` and the help of the command.' },

  // files of any kind
  FILE_NOT_FOUND: {
    kind: 'input',
    remedy: 'Check the path; a dangling link needs its content fetched first.',
  },
  FILE_UNREADABLE: { kind: 'input', remedy: 'Check the permissions of the file and the disk it is on.' },
  FILE_EMPTY: { kind: 'input', remedy: 'Copy or download the file again.' },
  FORMAT_UNKNOWN: { kind: 'input', remedy: 'Give a file of a format that `fusiform inspect --help` lists.' },
  DISK_FULL: {
    kind: 'machine',
    remedy: 'Free some space or choose another folder, then run the same command again.',
  },
  WRITE_FAILED: { kind: 'machine', remedy: 'Check that the folder exists and may be written to.' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCodes;
