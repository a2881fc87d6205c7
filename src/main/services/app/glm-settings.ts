import { type GlmSettingsInput, parseGlmSettings } from '../../jobs/stages/glm-settings.ts';

/** Settings as a screen sends them. @throws FusiformError PARAMETERS_INVALID */
export function parseSettings(settings: Readonly<Record<string, unknown>>): GlmSettingsInput {
  return parseGlmSettings(settings as GlmSettingsInput);
}
