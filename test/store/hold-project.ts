import { openProject } from '../../src/main/store/project.ts';

// Holds a project until it is killed; started by the test of the lock.
const store = openProject(process.argv[2]);
process.send?.('held');
// The store is named here so that it is not collected, which would close it and drop the lock.
setInterval(() => store.sql.open, 1000);
