// The widget's look: one constructed style sheet (a strict CSP allows it), the theme that the page has, the shop's colour.

class Style {
  // wanted: "light", "dark" or "auto" (what the page declares by color-scheme, else what the visitor prefers).
  constructor(shadow, root, wanted) {
    this.root = root;
    this.wanted = wanted;
    this.colour = null;
    this.fixed = makeSheet(CSS);
    this.accents = makeSheet("");
    if (this.fixed.node === undefined) {
      shadow.adoptedStyleSheets = [this.fixed, this.accents];
    } else {
      shadow.append(this.fixed.node, this.accents.node);
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.apply());
    const attributes = {
      attributes: true,
      attributeFilter: ["class", "style", "data-theme", "data-color-scheme"],
    };
    new MutationObserver(() => this.apply()).observe(document.documentElement, attributes);
  }

  use(colour) {
    if (colour === this.colour) return;
    this.colour = colour;
    this.apply();
  }

  get isDark() {
    if (this.wanted !== "auto") return this.wanted === "dark";
    const declared = getComputedStyle(document.documentElement).colorScheme || "normal";
    const [light, dark] = [/\blight\b/.test(declared), /\bdark\b/.test(declared)];
    if (light !== dark) return dark;
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  apply() {
    const dark = this.isDark;
    this.root.dataset.theme = dark ? "dark" : "light";
    const properties = Object.entries(accentProperties(this.colour, dark));
    this.accents.replaceSync(`.root{${properties.map(([name, value]) => `${name}:${value}`).join(";")}}`);
  }
}

// Browsers from before 2023 have no constructed style sheets; there a style element must do.
function makeSheet(text) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  } catch {
    const node = el("style");
    node.textContent = text;
    return { node, replaceSync: (other) => setText(node, other) };
  }
}
