import { useEffect, useSyncExternalStore } from 'react';
import { connection, queryClient } from '../client/api.ts';

/** Says that the host cannot be reached, for as long as that is so; what is on the screen is asked anew afterwards. */
export function ConnectionNotice() {
  const state = useSyncExternalStore(connection.subscribe, () => connection.state);
  useEffect(() => {
    if (state === 'open') void queryClient.invalidateQueries();
  }, [state]);
  if (state !== 'lost') return null;
  return (
    <p className="notice" role="status">
      The connection to the host is lost; trying again. If the host was started anew, open the address that it
      printed.
    </p>
  );
}
