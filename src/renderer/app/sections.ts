/** The places of a project, in the order of the work. */
export const sections = [
  { path: '/overview', name: 'Overview' },
  { path: '/jobs', name: 'Jobs' },
] as const;
