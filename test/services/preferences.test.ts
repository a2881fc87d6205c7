import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { changePreferences, preferencesPath, readPreferences } from '../../src/main/services/preferences.ts';
import { defaultPreferences } from '../../src/shared/preferences.ts';
import { freshFolder } from './fresh-folder.ts';

describe('preferences', () => {
  const folder = freshFolder();
  const home = process.env.FUSIFORM_HOME;
  before(() => {
    process.env.FUSIFORM_HOME = folder.path;
  });
  after(() => {
    if (home === undefined) delete process.env.FUSIFORM_HOME;
    else process.env.FUSIFORM_HOME = home;
    folder.remove();
  });

  it('begin with the defaults, and keep what two windows change at once', async () => {
    assert.deepEqual(await readPreferences(), defaultPreferences);
    await Promise.all([
      changePreferences({ convention: 'radiological', conventionIsChosen: true }),
      changePreferences({ noseSide: 'right' }),
    ]);
    const expected = {
      ...defaultPreferences,
      convention: 'radiological',
      conventionIsChosen: true,
      noseSide: 'right',
    };
    assert.deepEqual(await readPreferences(), expected);
  });

  it('fall back, value by value, where a file holds what this version does not know', async () => {
    writeFileSync(preferencesPath(), '{"convention": "sideways", "noseSide": "right", "colourMaps": 3}');
    assert.deepEqual(await readPreferences(), { ...defaultPreferences, noseSide: 'right' });
    writeFileSync(preferencesPath(), 'broken');
    assert.deepEqual(await readPreferences(), defaultPreferences);
  });
});
