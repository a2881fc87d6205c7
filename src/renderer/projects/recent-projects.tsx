import type { RecentProject } from '../../shared/contract/projects.ts';
import { ProjectCard } from './project-card.tsx';

export function RecentProjects({ projects }: { readonly projects: readonly RecentProject[] }) {
  if (projects.length === 0) {
    return (
      <p className="quiet">
        No project was opened yet. Make one, and fill it with the demo to see how the rest works.
      </p>
    );
  }
  return (
    <ul className="recent" aria-label="Recent projects">
      {projects.map((project) => (
        <ProjectCard key={project.id} project={project} />
      ))}
    </ul>
  );
}
