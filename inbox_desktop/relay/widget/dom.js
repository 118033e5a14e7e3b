// Making elements. Text only ever becomes text nodes: no HTML is parsed, so Trusted Types have nothing to refuse.

// el("button", {class: "send", onclick: f, disabled: true}, "Send"): an attribute that is null or false is left out.
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Whether the object itself has the key (not what every object has, such as "constructor").
function has(object, key) {
  return Object.prototype.hasOwnProperty.call(object, key);
}

// Sets text only where it differs, so that a screen reader is not told twice and a selection stays.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Puts the wanted nodes into the parent in their order, touching only what is elsewhere.
function arrange(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] || null);
  });
}

const ICON_PATHS = {
  chat: [
    "M4.5 5.5h15a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 1-1.5 1.5H12l-4.5 3.5V17h-3A1.5 1.5 0 0 1 3 15.5V7a1.5 1.5 0 0 1 1.5-1.5z",
    "M8 9.75h8",
    "M8 13h5",
  ],
  down: ["M5.5 9l6.5 6.5L18.5 9"],
  close: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  send: ["M12 19V5.5", "M6 11l6-6 6 6"],
  clip: [
    "M20 11.5l-8.1 8.1a5 5 0 0 1-7.1-7.1l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8",
  ],
  file: [
    "M13.5 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8.5z",
    "M13.5 3.5v5h5",
  ],
  more: ["M5.5 12h.01", "M12 12h.01", "M18.5 12h.01"],
  next: ["M9 5.5l6.5 6.5L9 18.5"],
};

// One of the icons: 24 by 24 grid, round strokes, hidden from screen readers (its button has a label).
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  for (const line of ICON_PATHS[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

// To whoever builds the page.
function complain(text) {
  console.error(`Inbox chat: ${text}`);
}
