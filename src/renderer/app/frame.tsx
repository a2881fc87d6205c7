import type { ReactNode } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { JobBar } from '../jobs/job-bar.tsx';
import { Inspector } from './inspector.tsx';
import { useProject } from './project.tsx';
import { sections } from './sections.ts';
import { selectionText } from './selection.ts';
import { Shortcuts } from './shortcuts.tsx';

/** One window: where one can go, the work, what is selected, and the job that runs. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const project = useProject();
  const [location] = useLocation();
  const selected = selectionText(useSearch());
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
        <ul className="navigation-sections">
          {sections.map(({ path, name }) => (
            <li key={path}>
              <Link href={`${path}${selected}`} aria-current={section?.path === path ? 'page' : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
        <p className="navigation-keys">
          <kbd>Ctrl K</kbd> find, <kbd>?</kbd> keys
        </p>
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
      <Shortcuts />
    </div>
  );
}
