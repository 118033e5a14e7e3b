// Text as people read it: links, times, sizes, names.

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'{}|\\^\x60]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
const MAX_LINKS = 200;

// The pieces of a text: strings, and {text, href} for what is a link (http, https and mail addresses only).
function linkPieces(text) {
  const pieces = [];
  let done = 0;
  let links = 0;
  for (const found of text.matchAll(LINK)) {
    const shown = withoutTail(found[0]);
    const href = hrefOf(shown);
    if (!href || links >= MAX_LINKS) continue;
    if (found.index > done) pieces.push(text.slice(done, found.index));
    pieces.push({ text: shown, href });
    done = found.index + shown.length;
    links += 1;
  }
  if (done < text.length) pieces.push(text.slice(done));
  return pieces;
}

// "(see https://shop.example/a)." ends its sentence, not its address; brackets that the address opened stay.
function withoutTail(link) {
  for (;;) {
    const last = link[link.length - 1];
    const opens = link.split("(").length;
    const closes = link.split(")").length;
    if (/[.,;:!?*_~\]»”’]/.test(last) || (last === ")" && closes > opens)) link = link.slice(0, -1);
    else return link;
  }
}

function hrefOf(shown) {
  if (/^[^/:]+@/.test(shown)) return `mailto:${shown}`;
  try {
    const url = new URL(/^www\./i.test(shown) ? `https://${shown}` : shown);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

function clockTime(date, locale) {
  return new Intl.DateTimeFormat(regional(locale), { hour: "numeric", minute: "2-digit" }).format(date);
}

// The visitor's own variant of the language ("en-GB") decides between 14:05 and 2:05 PM.
function regional(locale) {
  return (navigator.languages || []).find((tag) => tag.toLowerCase().startsWith(locale)) || locale;
}

function daysBetween(earlier, later) {
  const start = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12);
  return Math.round((start(later) - start(earlier)) / 86400000);
}

function dayName(date, locale) {
  const days = daysBetween(date, new Date());
  if (days === 0) return say(locale, "today");
  if (days === 1) return say(locale, "yesterday");
  const form = days < 7 ? { weekday: "long" } : { day: "numeric", month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(regional(locale), form).format(date);
}

// "Back tomorrow at 09:00", in the visitor's own time.
function backWords(opensAt, locale) {
  if (!opensAt) return say(locale, "away");
  const date = new Date(opensAt);
  const days = daysBetween(new Date(), date);
  const time = clockTime(date, locale);
  if (days <= 0) return say(locale, "backAt", { time });
  if (days === 1) return say(locale, "backTomorrow", { time });
  const form = days < 7 ? { weekday: "long" } : { day: "numeric", month: "long" };
  return say(locale, "backOn", { time, day: new Intl.DateTimeFormat(regional(locale), form).format(date) });
}

function fileSize(bytes, locale) {
  const [value, unit] =
    bytes < 1000 ? [bytes, "byte"] : bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const digits = value < 10 && unit === "megabyte" ? 1 : 0;
  const form = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits };
  return new Intl.NumberFormat(regional(locale), form).format(value);
}

// "Ana Maria Souza" -> "AS"; whole letters, also where one letter is two UTF-16 units.
function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = (word) => [...word][0] || "";
  return (first(words[0] || "?") + (words.length > 1 ? first(words[words.length - 1]) : "")).toUpperCase();
}

function looksLikeEmail(text) {
  return text.length <= 254 && /^[^\s@<>(),;:"[\]\\]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text);
}

// A UUIDv7 (RFC 9562, section 5.7). crypto.randomUUID exists in secure contexts only; shops on plain HTTP exist too.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
