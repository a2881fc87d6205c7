import { relative } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { ProgressLine } from './progress-line.ts';

interface OutcomeFacts {
  readonly key: string;
  readonly cached: boolean;
  readonly seconds: number;
  readonly path: string;
  readonly summary: JsonObject;
  readonly problems: readonly Problem[];
}

/** More would push the result off the screen. */
const listedProblems = 20;

/** The streams of one invocation: results on standard output, everything else on standard error. */
export class Terminal {
  readonly json: boolean;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
  /** What a command that has its result says to the shell. */
  exitCode = 0;

  constructor(json: boolean, signal: AbortSignal) {
    this.json = json;
    this.signal = signal;
    this.progress = new ProgressLine(process.stderr);
  }

  /** The result: as JSON when asked for, else as text made from it. */
  result<T>(value: T, text: (value: T) => string): void {
    this.progress.clear();
    process.stdout.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text(value)}\n`);
  }

  /** Something worth knowing before the result is there. */
  note(text: string): void {
    this.progress.clear();
    process.stderr.write(`${text}\n`);
  }

  /** The result of a stage: what it found, where its files are, and whether there was anything to do. */
  outcome(outcome: OutcomeFacts, text: (outcome: OutcomeFacts) => string): void {
    const { key, cached, seconds, path, summary, problems } = outcome;
    this.#list(problems);
    this.result({ key, cached, seconds, path, ...summary, problems }, () =>
      [cached ? 'Nothing to do: the result is there already.' : '', text(outcome), `Files: ${path}`]
        .filter((line) => line !== '')
        .join('\n'),
    );
  }

  #list(problems: readonly Problem[]): void {
    if (this.json || problems.length === 0) return;
    this.progress.clear();
    for (const problem of problems.slice(0, listedProblems))
      process.stderr.write(`! ${describeProblem(problem)}\n`);
    const more = problems.length - listedProblems;
    if (more > 0) process.stderr.write(`! and ${more} more: --json lists all\n`);
  }

  error(error: unknown): void {
    this.progress.clear();
    if (this.json) process.stdout.write(`${JSON.stringify({ error: errorAsJson(error) }, null, 2)}\n`);
    process.stderr.write(`${describeError(error)}\n`);
    // A refusal of many files says of each what was wrong with it.
    const parts = error instanceof FusiformError ? error.details?.problems : undefined;
    if (Array.isArray(parts)) this.#list(parts as Problem[]);
  }
}

export function errorAsJson(error: unknown): Problem | { code: 'CRASH'; message: string } {
  if (error instanceof FusiformError) return error.toProblem();
  return { code: 'CRASH', message: error instanceof Error ? error.message : String(error) };
}

function describeError(error: unknown): string {
  if (error instanceof FusiformError) {
    return error.code === 'JOB_CANCELLED'
      ? `Stopped. ${error.remedy}`
      : `${describeProblem(error.toProblem())}\n  What to do: ${error.remedy}`;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a fault of the program, not of the data:\n${detail}`;
}

function describeProblem(problem: Problem): string {
  const file = problem.file === undefined ? '' : nearest(problem.file);
  const place = [file, problem.line].filter((part) => part !== undefined && part !== '').join(':');
  return `${problem.code}${place ? ` ${place}` : ''}: ${problem.message}`;
}

/** The shorter of the path from here and the path itself. */
export function nearest(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere !== '' && fromHere.length < file.length ? fromHere : file;
}

/** Left-aligned text columns, as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** How a command gets its terminal; the options that decide on it are known only when it runs. */
export type MakeTerminal = () => Terminal;
