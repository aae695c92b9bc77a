import { describe, expect, it } from 'vitest';
import { accessOf, returnAddress } from './access';
import { invitationAddress, invitationIn } from './invitation';

describe('who may use the portal', () => {
  // ADMIN-01, ADMIN-44: owners run courts here, staff has its own screens, players have another app.
  it.each([
    ['COURT_OWNER', 'owner'],
    ['SUPPORT_AGENT', 'staff'],
    ['PLATFORM_ADMIN', 'staff'],
    ['CUSTOMER', 'none'],
    [undefined, 'none'],
  ] as const)('%s gets %s', (role, access) => {
    expect(accessOf(role)).toBe(access);
  });
});

describe('the address after the sign-in', () => {
  // ADMIN-49: back to the same address, but never to another site.
  it.each([
    ['/pending', '/pending'],
    ['/calendar?date=2026-11-22', '/calendar?date=2026-11-22'],
    ['https://elsewhere.example', '/'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
    ['/welcome?to=%2F', '/'],
    [undefined, '/'],
  ])('%s becomes %s', (asked, expected) => {
    expect(returnAddress(asked)).toBe(expected);
  });
});

describe('an invitation to the staff', () => {
  it('goes through the sign-in and comes back whole', () => {
    const token = 'a+b/c=&d';
    expect(invitationIn(returnAddress(invitationAddress(token)))).toBe(token);
    expect(invitationIn('/calendar?token=x')).toBeUndefined();
    expect(invitationIn('/invitation')).toBeUndefined();
  });
});
