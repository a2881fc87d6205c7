import { type ReactNode, useCallback } from 'react';
import { Link } from 'wouter';
import { useProject } from './project.tsx';

/**
 * The address of a place of the project, from whichever section asks: a section's own routes begin at the section, and `~`
 * alone leads out of the project.
 */
export function usePlace(): (place: `/${string}`) => string {
  const { id } = useProject();
  return useCallback((place) => `~/projects/${id}${place}`, [id]);
}

interface PlaceLinkProps {
  readonly to: `/${string}`;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A link to a place of the project: `<PlaceLink to="/jobs?job=3">`. */
export function PlaceLink({ to, className = '', children }: PlaceLinkProps) {
  const placeOf = usePlace();
  return (
    <Link className={className} href={placeOf(to)}>
      {children}
    </Link>
  );
}
