import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** A deep teal: quiet on white, legible on black, far from the red and green that say failed and done. */
const teal: MantineColorsTuple = [
  '#e8f6f8',
  '#d3ebee',
  '#a4d6dd',
  '#71c0cb',
  '#4aaebc',
  '#32a3b3',
  '#1f8a9a',
  '#0b7285',
  '#0a6072',
  '#07505f',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 5 },
  colors: { teal },
  // The fonts of the system: nothing to load, nothing to shift.
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
});

/** What is said quietly still has to be read: 4.5 : 1 and more on every ground that it stands on (WCAG 2.2, 1.4.3). */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#6b7279',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#aeb4ba',
    '--mantine-color-placeholder': '#9aa1a7',
    '--mantine-color-error': '#ff8787',
    // White letters stand on it, and it stands on black as an outline: 4.7 and 3.3 : 1.
    '--mantine-color-teal-filled': '#137f90',
    '--mantine-color-teal-filled-hover': '#0b7285',
  },
});
