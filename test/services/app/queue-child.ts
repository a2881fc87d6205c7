import { JobQueue } from '../../../src/main/services/app/job-queue.ts';
import { Workspace } from '../../../src/main/services/workspace.ts';
import { jobRequest } from '../../../src/shared/contract/job-requests.ts';

/* Opens a project, queues two jobs that never end, and says so: to be killed. */

const workspace = Workspace.create(process.argv[2]);
const queue = new JobQueue(workspace, { perform: () => new Promise<never>(() => undefined) });
for (const name of ['a', 'b'])
  queue.enqueue(jobRequest.parse({ kind: 'import-faces', dir: '/pictures', name }));
process.stdout.write('queued\n');
setInterval(() => undefined, 1000);
