import { openProject } from '../../src/main/store/project.ts';

// Holds a project until it is killed; started by the test of the lock.
openProject(process.argv[2]);
process.send?.('held');
setInterval(() => undefined, 1000);
