import { describe, expect, it } from 'vitest';
import { accessOf, returnAddress } from './access';

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
