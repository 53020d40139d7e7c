/** Names and colours come from other users: nothing of them reaches the page but plain text and checked numbers. */

export interface RemoteUser {
  readonly name: string;
  /** `#rrggbb`. */
  readonly color: string;
  /** The one of black and white that reads better on the colour. */
  readonly textColor: '#000000' | '#ffffff';
}

const MAX_NAME_CHARS = 40;
const NAMELESS = 'Guest';

/** Reads the awareness field `user: { name, color }`. A colour that is none is replaced by one made of the client id. */
export function readRemoteUser(user: unknown, clientId: number): RemoteUser {
  const { name, color } = typeof user === 'object' && user !== null ? (user as Record<string, unknown>) : {};
  const safeColor = parseColor(color) ?? fallbackColor(clientId);
  return { name: readName(name), color: safeColor, textColor: contrastingText(safeColor) };
}

/** Without control characters, line breaks and characters that turn the direction of what follows. */
function readName(name: unknown): string {
  if (typeof name !== 'string') return NAMELESS;
  const plain = name
    .slice(0, 400)
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(plain);
  if (characters.length === 0) return NAMELESS;
  return characters.length > MAX_NAME_CHARS ? `${characters.slice(0, MAX_NAME_CHARS - 1).join('')}…` : plain;
}

/** `#rrggbb`, or `hsl(h, s%, l%)` with plain numbers (commas or spaces), as `#rrggbb`; null for anything else. */
export function parseColor(color: unknown): string | null {
  if (typeof color !== 'string' || color.length > 64) return null;
  if (/^#[0-9a-f]{6}$/i.test(color)) return color.toLowerCase();
  const number = String.raw`(\d{1,3}(?:\.\d{1,6})?)`;
  const match = new RegExp(`^hsl\\(\\s*${number}(?:deg)?[\\s,]\\s*${number}%[\\s,]\\s*${number}%\\s*\\)$`).exec(color);
  if (match === null) return null;
  const [hue = 0, saturation = 0, lightness = 0] = match.slice(1).map(Number);
  if (saturation > 100 || lightness > 100) return null;
  return hslToHex(hue, saturation / 100, lightness / 100);
}

function fallbackColor(clientId: number): string {
  return hslToHex((clientId * 137.508) % 360, 0.65, 0.45);
}

function hslToHex(hue: number, saturation: number, lightness: number): string {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): string => {
    const k = (offset + hue / 30) % 12;
    const value = lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** By the relative luminance of WCAG 2: on 0.179 black and white have the same contrast. */
export function contrastingText(color: string): '#000000' | '#ffffff' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff';
}
