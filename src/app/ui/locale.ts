/** The app speaks English, so dates, times and numbers are written as in it, and alike on every screen: 20 Nov, 14:03. */
export const LOCALE = 'en-GB';
