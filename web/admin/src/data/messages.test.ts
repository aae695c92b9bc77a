import type { OwnerMessages } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { withChange } from './messages';

const stored: OwnerMessages = {
  preferences: [
    { eventType: 'NEW_BOOKING', channels: { email: true, push: true, inApp: true } },
    { eventType: 'PAYOUT_COMPLETED', channels: { email: true, push: false, inApp: true } },
  ],
  doNotDisturb: { enabled: true, startTime: '23:00', endTime: '07:00' },
  emailDigest: { enabled: false, frequency: 'DAILY' },
};

describe('the wishes of an owner', () => {
  // NOTE-25, NOTE-26: each way of each kind alone; what is not named stays.
  it('change one by one', () => {
    const after = withChange(stored, {
      preferences: [{ eventType: 'PAYOUT_COMPLETED', channels: { push: true } }],
    });
    expect(after.preferences).toEqual([
      stored.preferences[0],
      { eventType: 'PAYOUT_COMPLETED', channels: { email: true, push: true, inApp: true } },
    ]);
    expect(after.doNotDisturb).toEqual(stored.doNotDisturb);
    expect(after.emailDigest).toEqual(stored.emailDigest);
  });

  it('keep quiet hours that are switched off', () => {
    const after = withChange(stored, { doNotDisturb: { enabled: false } });
    expect(after.doNotDisturb).toEqual({ enabled: false, startTime: '23:00', endTime: '07:00' });
    expect(withChange(stored, { emailDigest: { enabled: true } }).emailDigest).toEqual({
      enabled: true,
      frequency: 'DAILY',
    });
  });

  it('take hours where there were none', () => {
    const after = withChange(
      { ...stored, doNotDisturb: null },
      { doNotDisturb: { enabled: true, startTime: '22:30', endTime: '06:00' } },
    );
    expect(after.doNotDisturb).toEqual({ enabled: true, startTime: '22:30', endTime: '06:00' });
  });
});
