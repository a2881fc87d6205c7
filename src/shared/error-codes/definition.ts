/**
 * What is known of a fault beforehand. `kind` decides the exit code of the command line:
 * `usage` the command, `input` the data, `project` the project's state, `machine` disk, memory, engines.
 */
export interface ErrorDefinition {
  readonly kind: 'usage' | 'input' | 'project' | 'machine';
  readonly remedy: string;
  /** What the attempt left in the project's work folder is of use to the user, although the data were refused. */
  readonly keepsWork?: true;
}
