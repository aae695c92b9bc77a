import { describe, expect, it } from 'vitest';
import { readCard, shapeExpiry, shapeNumber } from './cards';

const now = new Date('2026-05-15T12:00:00Z');
const good = { number: '4242 4242 4242 4242', expiry: '05/26', securityCode: '123' };

describe('a typed card', () => {
  // APP-45: checked first, without a call.
  it('is read when all is well, in its last month too', () => {
    expect(readCard(good, now)).toEqual({
      number: '4242424242424242',
      expiryMonth: 5,
      expiryYear: 2026,
      securityCode: '123',
    });
  });

  it.each([
    [{ number: '4242 4242 4242 4241' }, ['number']],
    [{ expiry: '04/26' }, ['expiry']],
    [{ expiry: '13/27' }, ['expiry']],
    [{ expiry: '5/27' }, ['expiry']],
    [{ securityCode: '12' }, ['securityCode']],
    [{ number: '', expiry: '', securityCode: '' }, ['number', 'expiry', 'securityCode']],
  ])('names what is wrong in %j', (change, wrong) => {
    expect(readCard({ ...good, ...change }, now)).toEqual(wrong);
  });

  it('is shaped while typing', () => {
    expect(shapeNumber('42424242x42')).toBe('4242 4242 42');
    expect(shapeNumber('4242')).toBe('4242');
    expect(shapeExpiry('1')).toBe('1');
    expect(shapeExpiry('1227')).toBe('12/27');
  });
});
