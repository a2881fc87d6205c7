import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface Section {
  readonly path: `/${string}`;
  readonly name: string;
  /** Fetched when it is first shown. Screens have addresses of their own below the path. */
  readonly screen: LazyExoticComponent<ComponentType>;
}

/** The places of a project, in the order of the work. */
export const sections: readonly Section[] = [
  {
    path: '/overview',
    name: 'Overview',
    screen: lazy(async () => ({
      default: (await import('../overview/overview-screen.tsx')).OverviewScreen,
    })),
  },
  {
    path: '/faces',
    name: 'Faces',
    screen: lazy(async () => ({ default: (await import('../faces/faces-screen.tsx')).FacesScreen })),
  },
  {
    path: '/model',
    name: 'Model',
    screen: lazy(async () => ({ default: (await import('../model/model-screen.tsx')).ModelScreen })),
  },
  {
    path: '/subjects',
    name: 'Subjects',
    screen: lazy(async () => ({
      default: (await import('../subjects/subjects-screen.tsx')).SubjectsScreen,
    })),
  },
  {
    path: '/decoding',
    name: 'Decoding',
    screen: lazy(async () => ({
      default: (await import('../decoding/decoding-screen.tsx')).DecodingScreen,
    })),
  },
  {
    path: '/evaluation',
    name: 'Evaluation',
    screen: lazy(async () => ({
      default: (await import('../evaluation/evaluation-screen.tsx')).EvaluationScreen,
    })),
  },
  {
    path: '/brain',
    name: 'Brain',
    screen: lazy(async () => ({ default: (await import('../brain/brain-screen.tsx')).BrainScreen })),
  },
  {
    path: '/gallery',
    name: 'Gallery',
    screen: lazy(async () => ({ default: (await import('../gallery/gallery-screen.tsx')).GalleryScreen })),
  },
  {
    path: '/jobs',
    name: 'Jobs',
    screen: lazy(async () => ({ default: (await import('../jobs/jobs-screen.tsx')).JobsScreen })),
  },
  {
    path: '/settings',
    name: 'Settings',
    screen: lazy(async () => ({
      default: (await import('../settings/settings-screen.tsx')).SettingsScreen,
    })),
  },
];
