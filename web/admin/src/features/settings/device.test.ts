import { describe, expect, it } from 'vitest';
import { deviceOf } from './device';

describe('the name of a device', () => {
  // ADMIN-38
  it('is a browser on a system', () => {
    expect(
      deviceOf(
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
      ),
    ).toEqual({ browser: 'Edge', system: 'Windows' });
    expect(
      deviceOf(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1',
      ),
    ).toEqual({ browser: 'Safari', system: 'iPhone' });
  });

  it('is left alone when it is not known', () => {
    expect(deviceOf('curl/8.0')).toBeUndefined();
    expect(deviceOf(null)).toBeUndefined();
  });
});
