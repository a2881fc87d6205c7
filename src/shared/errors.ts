import { type ErrorCode, errorCodes } from './error-codes.ts';

export interface ErrorPlace {
  /** The file that is wrong, as the user named it or as the dataset holds it. */
  readonly file?: string;
  /** One-based line (text) or row of a table, the header being line 1. */
  readonly line?: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A fault that the user can act on: a stable code, the place, and what to do. */
export class FusiformError extends Error {
  override readonly name = 'FusiformError';
  readonly code: ErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.code = code;
    this.file = place.file;
    this.line = place.line;
    this.details = place.details;
  }

  /** What the user can do about it. */
  get remedy(): string {
    return errorCodes[this.code].remedy;
  }

  toProblem(): Problem {
    return {
      code: this.code,
      message: this.message,
      remedy: this.remedy,
      ...(this.file === undefined ? {} : { file: this.file }),
      ...(this.line === undefined ? {} : { line: this.line }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** The same facts as plain data: listed beside a result where one bad file is not fatal, or sent between threads. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly file?: string;
  readonly line?: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function errorFromProblem(problem: Problem): FusiformError {
  return new FusiformError(problem.code, problem.message, problem);
}
