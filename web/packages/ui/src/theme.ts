/**
 * The look of both apps: colours whose contrast is checked by a test, type, radii and component defaults.
 */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Court green, the one brand colour. */
export const pine: MantineColorsTuple = [
  '#eef8f2',
  '#dbefe3',
  '#b5dec7',
  '#8accaa',
  '#65bc91',
  '#3fa678',
  '#1b8559',
  '#0f6f48',
  '#0b5838',
  '#073c26',
];

/** The ball: only as an accent beside dark text, never as text on white. */
export const ball: MantineColorsTuple = [
  '#fbfde6',
  '#f5facb',
  '#ecf59b',
  '#e2ef66',
  '#d9ea3c',
  '#d2e61f',
  '#c3d80f',
  '#9fb104',
  '#788600',
  '#525c00',
];

/** Dark enough from the seventh on for white text. */
export const red: MantineColorsTuple = [
  '#fdf1ef',
  '#fbe3df',
  '#f6c6be',
  '#f0a498',
  '#ea8373',
  '#dd5f4c',
  '#cc402b',
  '#b42318',
  '#93210f',
  '#6f180b',
];

/** Warnings: the light end is a surface, the dark end is its text. */
export const yellow: MantineColorsTuple = [
  '#fdf8e7',
  '#fbeec9',
  '#f6dd94',
  '#f0ca5c',
  '#e9b932',
  '#dfab16',
  '#b98b0a',
  '#8a6600',
  '#6b4f00',
  '#5a4100',
];

/** Greys with a breath of green; the lighter end is text in dark colours, the darker end surfaces. */
export const dark: MantineColorsTuple = [
  '#e9efeb',
  '#c6d0ca',
  '#a3b0a8',
  '#8b978f',
  '#46524b',
  '#38433d',
  '#222a26',
  '#1a211d',
  '#111613',
  '#0b0f0d',
];

/** Surfaces and text outside the colour scales, by colour scheme. */
export const surfaces = {
  light: {
    page: '#f6f7f4',
    card: '#ffffff',
    text: '#17211c',
    dimmed: '#55615a',
    placeholder: '#66706a',
    error: '#b42318',
    border: '#dfe4df',
  },
  dark: {
    page: '#111613',
    card: '#1a211d',
    text: '#e9efeb',
    dimmed: '#a3b0a8',
    placeholder: '#8b978f',
    error: '#ff9d94',
    border: '#2e3833',
  },
} as const;

/** One colour per sport, dark enough for white text on markers and badges. */
export const sportColors = {
  TENNIS: '#7a5c00',
  PADEL: '#1a5fb0',
  BASKETBALL: '#ad4412',
  FOOTBALL_5X5: '#0f6f48',
} as const;

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, ball, red, yellow, dark },
  autoContrast: true,
  fontFamily: "'Manrope Variable', system-ui, 'Segoe UI', Roboto, sans-serif",
  headings: {
    fontFamily: "'Manrope Variable', system-ui, 'Segoe UI', Roboto, sans-serif",
    fontWeight: '750',
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { radius: 'md' } },
    Card: { defaultProps: { radius: 'lg', padding: 'lg' } },
    Modal: {
      // Its header is the dialog's, not the page's.
      defaultProps: { radius: 'lg', centered: true, attributes: { header: { role: 'none' } } },
      styles: { title: { fontSize: '1.15rem', fontWeight: 750 } },
    },
    // Its own grey is too light on white.
    Notification: { styles: { description: { color: 'var(--mantine-color-dimmed)' } } },
    Badge: { styles: { root: { textTransform: 'none', fontWeight: 650 } } },
  },
});

export const cssVariablesResolver: CSSVariablesResolver = () => {
  const variables = (scheme: 'light' | 'dark') => ({
    '--mantine-color-body': surfaces[scheme].page,
    '--mantine-color-text': surfaces[scheme].text,
    '--mantine-color-dimmed': surfaces[scheme].dimmed,
    '--mantine-color-placeholder': surfaces[scheme].placeholder,
    '--mantine-color-error': surfaces[scheme].error,
    '--mantine-color-default-border': surfaces[scheme].border,
    '--mantine-color-default': surfaces[scheme].card,
    '--mantine-color-anchor': scheme === 'light' ? pine[7] : pine[3],
    '--courtside-card': surfaces[scheme].card,
    '--courtside-border': surfaces[scheme].border,
    '--courtside-brand-text': scheme === 'light' ? pine[7] : pine[3],
    '--courtside-brand-soft': scheme === 'light' ? pine[0] : 'rgba(63, 166, 120, 0.16)',
    '--courtside-shadow':
      scheme === 'light' ? '0 1px 2px rgba(16, 32, 24, 0.06), 0 6px 20px rgba(16, 32, 24, 0.06)' : 'none',
  });
  return { variables: {}, light: variables('light'), dark: variables('dark') };
};
