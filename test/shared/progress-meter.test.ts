import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration, ProgressMeter } from '../../src/shared/progress-meter.ts';

const at = (done: number) => ({ done, total: 100, unit: 'steps' });

describe('progress meter', () => {
  it('knows no rate before something was done', () => {
    const meter = new ProgressMeter();
    assert.deepEqual(meter.update(at(0), 0), { rate: null, etaSeconds: null });
    assert.deepEqual(meter.update(at(0), 1), { rate: null, etaSeconds: null });
  });

  it('tells the rate of the last while, not of the whole time', () => {
    const meter = new ProgressMeter(10);
    meter.update(at(0), 0);
    for (let second = 1; second <= 30; second++) meter.update(at(second), second);
    const pace = meter.update(at(50), 31);
    assert.ok(pace.rate !== null && pace.rate > 2 && pace.rate < 4);
    assert.ok(pace.etaSeconds !== null && Math.abs(pace.etaSeconds - 50 / (pace.rate ?? 1)) < 1e-9);
  });

  it('starts afresh when the count goes back', () => {
    const meter = new ProgressMeter();
    meter.update(at(50), 0);
    meter.update(at(60), 1);
    assert.equal(meter.update(at(1), 2).rate, null);
  });
});

describe('durations', () => {
  it('read as people say them', () => {
    assert.equal(formatDuration(8.4), '8 s');
    assert.equal(formatDuration(130), '2 min 10 s');
    assert.equal(formatDuration(3900), '1 h 05 min');
  });
});
