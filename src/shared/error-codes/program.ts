import type { ErrorDefinition } from './definition.ts';

/** The command, files of every kind, the project, engines. */
export const programErrors = {
  // usage
  USAGE: { kind: 'usage', remedy: 'See `fusiform help` and the help of the command.' },
  PARAMETERS_INVALID: { kind: 'usage', remedy: 'Give values within the limits that the message names.' },

  // files of any kind
  FILE_NOT_FOUND: {
    kind: 'input',
    remedy: 'Check the path; a dangling link needs its content fetched first.',
  },
  FILE_UNREADABLE: { kind: 'input', remedy: 'Check the permissions of the file and the disk it is on.' },
  FILE_EMPTY: { kind: 'input', remedy: 'Copy or download the file again.' },
  FILE_CHANGED: { kind: 'input', remedy: 'Leave the files alone and run the same command again.' },
  FORMAT_UNKNOWN: { kind: 'input', remedy: 'Give a file of a format that `fusiform inspect --help` lists.' },
  DISK_FULL: {
    kind: 'machine',
    remedy: 'Free some space or choose another folder, then run the same command again.',
  },
  FILE_EXISTS: { kind: 'usage', remedy: 'Name another file, or remove this one first.' },
  STUDY_FILE_INVALID: {
    kind: 'input',
    remedy: 'Correct the line; `fusiform study init` writes a file with every setting.',
  },
  WRITE_FAILED: { kind: 'machine', remedy: 'Check that the folder exists and may be written to.' },

  // the project folder and its store
  PROJECT_NOT_FOUND: {
    kind: 'project',
    remedy: 'Create it with `fusiform project create DIR`, or name the right folder with --project.',
  },
  PROJECT_EXISTS: {
    kind: 'project',
    remedy: 'Choose another folder, or work with the project that is there.',
  },
  PROJECT_NEWER: { kind: 'project', remedy: 'Open it with the newer Fusiform that wrote it.' },
  PROJECT_LOCKED: { kind: 'project', remedy: 'Wait until the other process has finished, or stop it.' },
  PROJECT_DAMAGED: {
    kind: 'project',
    remedy: 'Restore project.sqlite from a backup; the artefact files are untouched.',
  },
  ARTIFACT_MISSING: {
    kind: 'project',
    remedy: 'Run the stage again; its result is made anew from the same inputs.',
  },
  NAME_UNKNOWN: { kind: 'project', remedy: '`fusiform project info` lists what the project holds.' },
  REMOVAL_CHANGED: {
    kind: 'project',
    remedy: 'Look at the list of what goes with it as it is now, and ask again.',
  },
  PROJECT_NOT_OPEN: { kind: 'project', remedy: 'Open it from the list of projects.' },
  QUEUED_JOB_UNKNOWN: { kind: 'project', remedy: 'Look at the queue as it is now: the job was removed.' },
  QUEUED_JOB_STATE: { kind: 'project', remedy: 'Look at the queue as it is now: the job went on meanwhile.' },
  RATING_EXISTS: { kind: 'usage', remedy: 'Choose another name, or go on with the session that is there.' },
  RATING_NOTHING_TO_COMPARE: {
    kind: 'usage',
    remedy:
      'Decode and evaluate the same subjects with both; pictures that were shown must be in the project.',
  },
  RATING_OUT_OF_TURN: { kind: 'project', remedy: 'Go on with the comparison that is shown now.' },
  JOB_CANCELLED: { kind: 'usage', remedy: 'Run the same command again to go on from where it stopped.' },

  // the application's hosts
  HOST_CANNOT: { kind: 'usage', remedy: 'Use the desktop application, or give the path by hand.' },
  HOST_NOT_LOOPBACK: {
    kind: 'usage',
    remedy:
      'Leave --host out and reach the machine through an SSH tunnel; or, if everyone on the network may use this account, add --i-know-that-others-can-connect.',
  },
  HOST_PORT_IN_USE: { kind: 'machine', remedy: 'Name another port with --port, or 0 for any that is free.' },
  RENDERER_MISSING: {
    kind: 'machine',
    remedy: 'Run `npm run build` in the folder of the program, after `npm ci` with its development tools.',
  },

  // engines
  ENGINE_UNAVAILABLE: {
    kind: 'machine',
    remedy: 'See `fusiform doctor` for the engines of this machine; `--engine auto` takes the best one.',
  },
  SETTINGS_INVALID: {
    kind: 'machine',
    remedy: 'Correct the named settings file, or set the engine anew with `fusiform engine use auto`.',
  },
  ENGINE_PRECISION_UNSUPPORTED: {
    kind: 'machine',
    remedy: 'Leave `optimiser.precision` at float32, or take the native engine on another processor.',
  },
  ENGINE_OUT_OF_MEMORY: {
    kind: 'machine',
    remedy:
      'Use a smaller batch or a smaller preset, close what else uses the memory, or take another engine (`--engine`).',
  },
  ENGINE_DEVICE_LOST: {
    kind: 'machine',
    remedy:
      'Run the same command again: it goes on from its last checkpoint. If it happens again, take another engine (`--engine`) or renew the graphics driver.',
  },
  ENGINE_FAILED: {
    kind: 'machine',
    remedy: 'Take another engine (`--engine`), and renew the graphics driver.',
  },
  ENGINE_TOOL_MISSING: {
    kind: 'machine',
    remedy: 'Install the packages that are named, then run the same command again.',
  },
  ENGINE_INSTALL_FAILED: {
    kind: 'machine',
    remedy: 'Run the same command again; what was downloaded is used again. WebAssembly works without it.',
  },
  ENGINE_DOWNLOAD_FAILED: {
    kind: 'machine',
    remedy:
      'Run the same command again: it goes on where it stopped. Or bring the wheel from another machine and name it with --from.',
  },
  ENGINE_WHEEL_INVALID: {
    kind: 'input',
    remedy: 'Give the wheel that `fusiform engine install --dry-run` names, copied whole.',
  },
  ENGINE_INSTALL_BUSY: {
    kind: 'machine',
    remedy: 'Wait until the other process has finished, or stop it; then run the same command again.',
  },
  ENGINE_DAMAGED: { kind: 'machine', remedy: 'Run `fusiform engine install`: it installs the engine anew.' },
} as const satisfies Record<string, ErrorDefinition>;
