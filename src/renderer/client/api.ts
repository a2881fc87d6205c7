import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { QueryClient } from '@tanstack/react-query';
import type { contract } from '../../shared/contract/index.ts';
import { Connection } from './connection.ts';

export const connection = new Connection();

/** The host's procedures: `await api.projects.recent()`. */
export const api: ContractRouterClient<typeof contract> = createORPCClient(connection);

/** The same for TanStack Query: `useQuery(queries.projects.recent.queryOptions())`. */
export const queries = createTanstackQueryUtils(api);

export const queryClient = new QueryClient({
  defaultOptions: {
    // The host tells when something changed (see `useProjectChanges`): nothing is asked again by the clock.
    queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, refetchOnWindowFocus: false },
  },
});
