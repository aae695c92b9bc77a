import { describe, expect, it } from 'vitest';
import { contrast } from './contrast';
import { ball, pine, red, sportColors, surfaces, yellow } from './theme';

const normalText = 4.5;

describe('the theme can be read', () => {
  it.each(['light', 'dark'] as const)('texts on page and card of the %s scheme', (scheme) => {
    const { page, card, text, dimmed, placeholder, error } = surfaces[scheme];
    for (const ink of [text, dimmed, placeholder, error]) {
      expect(contrast(ink, page)).toBeGreaterThanOrEqual(normalText);
      expect(contrast(ink, card)).toBeGreaterThanOrEqual(normalText);
    }
  });

  it('white on the filled brand colour, brand text on both schemes', () => {
    expect(contrast('#ffffff', pine[7])).toBeGreaterThanOrEqual(normalText);
    expect(contrast('#ffffff', red[7])).toBeGreaterThanOrEqual(normalText);
    expect(contrast(pine[7], surfaces.light.page)).toBeGreaterThanOrEqual(normalText);
    expect(contrast(pine[7], pine[0])).toBeGreaterThanOrEqual(normalText);
    expect(contrast(pine[3], surfaces.dark.card)).toBeGreaterThanOrEqual(normalText);
  });

  it('titles on their own soft colour', () => {
    for (const scale of [pine, red, yellow]) {
      expect(contrast(scale[9], scale[1])).toBeGreaterThanOrEqual(normalText);
    }
  });

  it('dark text on the ball colour', () => {
    expect(contrast(surfaces.light.text, ball[4])).toBeGreaterThanOrEqual(normalText);
  });

  it.each(Object.entries(sportColors))('white on %s', (_sport, color) => {
    expect(contrast('#ffffff', color)).toBeGreaterThanOrEqual(normalText);
  });
});
