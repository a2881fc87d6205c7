import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { JobBar } from '../jobs/job-bar.tsx';
import { Inspector } from './inspector.tsx';
import { useProject } from './project.tsx';
import { sections } from './sections.ts';

/** One window: where one can go, the work, what is selected, and the job that runs. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const project = useProject();
  const [location] = useLocation();
  const section = sections.find(({ path }) => location.startsWith(path));
  return (
    <div className="frame">
      <nav className="navigation" aria-label="Project">
        <Link href="~/" className="navigation-back">
          All projects
        </Link>
        <p className="navigation-project" title={project.dir}>
          {project.name}
        </p>
        <ul>
          {sections.map(({ path, name }) => (
            <li key={path}>
              <Link href={path} aria-current={section?.path === path ? 'page' : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main className="work">
        <p className="breadcrumb">
          {project.name} / {section?.name}
        </p>
        {children}
      </main>
      <aside className="inspector" aria-label="Selection">
        <Inspector />
      </aside>
      <JobBar />
    </div>
  );
}
