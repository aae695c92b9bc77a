import { describe, expect, it } from 'vitest';
import { wishOf } from './wish';

const id = '0198c3de-7a10-7000-8000-0000000000aa';

describe('what the frame is asked for', () => {
  // APP-66
  it('takes a court or a club, a language and the page around it', () => {
    const search = new URLSearchParams({ court: id, lang: 'el', host: 'https://club.example' });
    expect(wishOf(search, ['en-GB'])).toEqual({
      court: id,
      club: undefined,
      language: 'el',
      isDark: false,
      host: 'https://club.example',
    });
    expect(wishOf(new URLSearchParams({ club: id }), ['de', 'el-GR']).language).toBe('el');
    expect(wishOf(new URLSearchParams({ club: id, lang: 'fr' }), ['de']).language).toBe('en');
  });

  it('knows no page that is no origin', () => {
    for (const host of [
      '*',
      'null',
      'javascript:alert(1)',
      'https://club.example/page',
      'club.example',
      '',
    ]) {
      expect(wishOf(new URLSearchParams({ host }), []).host).toBeUndefined();
    }
    expect(wishOf(new URLSearchParams({ court: '../../admin' }), []).court).toBeUndefined();
  });
});
