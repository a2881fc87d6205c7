import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../../../shared/contract/index.ts';
import type { Application } from '../application.ts';
import { problemOf } from '../problem.ts';

export interface HandlerContext {
  readonly application: Application;
}

/**
 * The contract, to be implemented. A fault of a service becomes the refusal that the contract knows, with its remedy;
 * oRPC's own errors (an input that its schema refuses) stay as they are.
 */
export const api = implement(contract)
  .$context<HandlerContext>()
  .use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      if (error instanceof ORPCError) throw error;
      const data = problemOf(error);
      throw new ORPCError('PROBLEM', { status: 422, message: data.message, data });
    }
  });

/** Plain data of a report, as it would be sent: what the contract lists by name and what it passes on. */
export const asData = <T>(report: unknown): T => report as T;
