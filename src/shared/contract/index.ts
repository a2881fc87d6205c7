import { application } from './application.ts';
import { brain } from './brain.ts';
import { decoding } from './decoding.ts';
import { evaluation } from './evaluation.ts';
import { explore } from './explore.ts';
import { faces } from './faces.ts';
import { figures } from './figures.ts';
import { gallery } from './gallery.ts';
import { jobs } from './jobs.ts';
import { links } from './links.ts';
import { locations } from './locations.ts';
import { models } from './models.ts';
import { overview } from './overview.ts';
import { projects } from './projects.ts';
import { rating } from './rating.ts';
import { settings } from './settings.ts';
import { subjects } from './subjects.ts';

/**
 * What the application can be asked, by whichever host. Bulk data (pictures, arrays, tables) is no part of it: it is
 * fetched from `/data/...`.
 */
export const contract = {
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
};
