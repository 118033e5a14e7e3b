// The shop's one colour turned into all that the widget needs, each readable (WCAG 2.2 AA) in light and dark.

const LIGHT_SURFACE = [255, 255, 255];
const DARK_SURFACE = [27, 30, 37];
const LIGHT_BUBBLE = [241, 243, 246];
const DARK_BUBBLE = [38, 43, 53];
const INK = [16, 19, 26];
const READABLE = 4.5;
const NEARLY_READABLE = 2.8;

function parseColour(text) {
  const digits = /^#([0-9a-f]{6})$/i.exec(text || "");
  const value = parseInt(digits ? digits[1] : "3b5bdb", 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(colour) {
  return "#" + colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");
}

// Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
function luminance(colour) {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function mix(one, other, share) {
  return one.map((part, index) => part + (other[index] - part) * share);
}

// The colour, moved towards black or white just as far as it must be to stand out from the surface.
function readableOn(surface, colour, ratio) {
  const towards = luminance(surface) > 0.3 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.04) {
    const moved = mix(colour, towards, share);
    if (contrast(moved, surface) >= ratio) return moved;
  }
  return towards;
}

// The custom properties that the style sheet asks for, for one theme. Brands mostly wear white: where white on the
// colour is nearly readable, the colour gives way a little; where it is not at all, the text is dark.
function accentProperties(text, dark) {
  const brand = parseColour(text);
  const wearsWhite = contrast(brand, LIGHT_SURFACE) >= NEARLY_READABLE;
  const accent = wearsWhite ? readableOn(LIGHT_SURFACE, brand, READABLE) : brand;
  const surface = dark ? DARK_SURFACE : LIGHT_SURFACE;
  const onAccent = wearsWhite ? LIGHT_SURFACE : INK;
  const bubble = dark ? DARK_BUBBLE : LIGHT_BUBBLE;
  const soft = mix(surface, accent, dark ? 0.22 : 0.1);
  return {
    "--accent": hex(accent),
    "--on-accent": hex(onAccent),
    "--accent-soft": hex(soft),
    "--accent-text": hex(readableOn(bubble, readableOn(soft, accent, READABLE), READABLE)),
    "--ring": hex(readableOn(surface, accent, 3)),
  };
}
