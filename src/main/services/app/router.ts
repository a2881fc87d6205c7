import { application, locations, overview, settings } from './handlers/application.ts';
import { api } from './handlers/base.ts';
import { brain } from './handlers/brain.ts';
import { evaluation } from './handlers/evaluation.ts';
import { explore } from './handlers/explore.ts';
import { faces } from './handlers/faces.ts';
import { figures } from './handlers/figures.ts';
import { gallery } from './handlers/gallery.ts';
import { jobs } from './handlers/jobs.ts';
import { links } from './handlers/links.ts';
import { models } from './handlers/models.ts';
import { projects } from './handlers/projects.ts';
import { rating } from './handlers/rating.ts';
import { decoding } from './handlers/results.ts';
import { subjects } from './handlers/subjects.ts';

/** The contract over the use cases. A host carries it; it knows of none. */
export const router = api.router({
  application,
  projects,
  overview,
  locations,
  faces,
  models,
  explore,
  subjects,
  decoding,
  evaluation,
  brain,
  figures,
  gallery,
  rating,
  jobs,
  links,
  settings,
});
