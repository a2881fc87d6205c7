import type { JobRequest } from '../../shared/contract/job-requests.ts';

type Place = `/${string}`;

/** Where the result of a finished job is looked at. */
export function outcomePlace(request: JobRequest): Place {
  switch (request.kind) {
    case 'import-faces':
      return selecting('/faces', { faces: request.name });
    case 'train-model':
    case 'fit-pca':
      return selecting('/model', { model: request.name });
    case 'add-subject':
      return `/subjects/of/${encodeURIComponent(request.subject)}/runs`;
    case 'examine-subject':
      return `/subjects/of/${encodeURIComponent(request.subject)}/quality`;
    case 'fit-map':
      return `/subjects/of/${encodeURIComponent(request.subject)}/mapping`;
    case 'decode-subject':
      return selecting('/decoding', {
        subject: request.subject,
        model: request.model,
        decoder: request.decoder,
      });
    case 'evaluate-subject':
      return selecting('/evaluation', {
        subject: request.subject,
        model: request.model,
        decoder: request.decoder,
      });
    default:
      return 'model' in request && !('subject' in request)
        ? selecting('/model', { model: request.model })
        : '/overview';
  }
}

function selecting(place: Place, selection: Readonly<Record<string, string>>): Place {
  return `${place}?${new URLSearchParams(selection)}`;
}
