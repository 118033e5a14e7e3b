// The widget on the page: a host element with a shadow root, the launcher, the preview of a new message, the panel.

const FULL_SCREEN = "(max-width: 480px), (max-height: 420px)";
const PREVIEW_LETTERS = 140;

class Widget {
  // look: {theme, launcher: whether the round button is shown}
  constructor(chat, look) {
    this.chat = chat;
    this.look = look;
    this.previewed = null;
    this.host = el("div", { "data-inbox-chat": true });
    const shadow = this.host.attachShadow({ mode: "open" });
    this.live = el("div", { class: "sr", role: "status", "aria-live": "polite" });
    this.badge = el("span", { class: "badge", "aria-hidden": "true" });
    this.launcher = el(
      "button",
      { type: "button", class: "launcher", "aria-haspopup": "dialog", onclick: () => this.toggle() },
      icon("chat"),
      icon("down"),
      this.badge,
    );
    this.panel = new Panel(chat, {
      close: () => this.close(),
      announce: (text, shown) => this.announce(text, shown),
    });
    this.preview = this.makePreview();
    this.toast = el("p", { class: "toast", "aria-hidden": "true", hidden: true });
    this.root = el("div", { class: "root" }, this.live, this.panel.node, this.preview, this.launcher);
    this.panel.node.append(this.toast);
    this.style = new Style(shadow, this.root, look.theme);
    shadow.append(this.root);
    this.listen();
  }

  listen() {
    this.chat.onChange(() => this.render());
    this.chat.onArrival((message) => this.arrived(message));
    this.root.addEventListener("keydown", (event) => this.keyDown(event));
    // The page's own shortcuts must not fire while somebody writes here: the page can't see that this is a text field.
    for (const kind of ["keydown", "keyup", "keypress"])
      this.root.addEventListener(kind, (event) => event.stopPropagation());
    document.addEventListener("visibilitychange", () => this.render());
    matchMedia(FULL_SCREEN).addEventListener("change", () => this.render());
    window.addEventListener("online", () => this.render());
    window.addEventListener("offline", () => this.render());
    if (window.visualViewport) {
      for (const kind of ["resize", "scroll"]) visualViewport.addEventListener(kind, () => this.fitScreen());
    }
  }

  // Puts the widget on the page; again where a page that rebuilds itself has taken it away.
  attach() {
    document.documentElement.append(this.host);
    new MutationObserver(() => {
      if (!this.host.isConnected) document.documentElement.append(this.host);
    }).observe(document.documentElement, { childList: true });
  }

  get isFullScreen() {
    return matchMedia(FULL_SCREEN).matches;
  }

  render() {
    const { chat, panel } = this;
    if (chat.config === null) return;
    this.style.use(chat.config.colour);
    this.root.dataset.side = chat.config.position;
    this.root.lang = chat.locale;
    this.root.hidden = !chat.isAllowed;
    this.launcher.hidden = !this.look.launcher;
    this.root.dataset.open = String(panel.isOpen);
    if (panel.isOpen) {
      panel.render();
      panel.node.setAttribute("aria-modal", String(this.isFullScreen));
      if (document.visibilityState === "visible" && chat.thread.current) chat.markSeen();
    }
    const unread = panel.isOpen ? 0 : chat.unread;
    const isPlain = unread === 0 || panel.isOpen;
    label(this.launcher, chat.say(panel.isOpen ? "close" : isPlain ? "open" : "openUnread", { n: unread }));
    this.launcher.setAttribute("aria-expanded", String(panel.isOpen));
    this.badge.hidden = unread === 0;
    setText(this.badge, unread > 99 ? "99+" : String(unread));
    this.renderPreview(unread);
  }

  // ------------------------------------------------------------------ opening and closing

  toggle() {
    if (this.panel.isOpen) this.close();
    else this.open();
  }

  // `quietly`: the page has just loaded and the chat was open before; the keyboard stays where it is.
  open(quietly = false) {
    if (this.panel.isOpen || this.chat.config === null || !this.chat.isAllowed) return;
    this.chat.tab.set("open", true);
    this.returnTo = this.host.shadowRoot.activeElement || document.activeElement;
    this.panel.node.hidden = false;
    this.panel.thread.stick = true;
    this.render();
    this.fitScreen();
    this.panel.composer.grow();
    this.panel.thread.toEnd();
    if (!quietly) this.panel.focus();
    this.chat.reloadStaleConfig();
    if (this.chat.identity && !this.chat.visitor) this.chat.token().catch(() => {});
  }

  close() {
    if (!this.panel.isOpen) return;
    this.chat.tab.set("open", false);
    this.panel.node.hidden = true;
    this.panel.menu.close(false);
    this.render();
    const target = this.look.launcher ? this.launcher : this.returnTo;
    if (target && target.focus) target.focus({ preventScroll: true });
  }

  keyDown(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      if (this.panel.isOpen && !this.panel.stepBack()) this.close();
      event.preventDefault();
    } else if (event.key === "Tab" && this.panel.isOpen && this.isFullScreen) {
      this.keepInside(event);
    }
  }

  // Nothing behind a full screen can be seen, so the keyboard does not go there.
  keepInside(event) {
    const wanted = "button:not([hidden]), a[href], textarea, input:not([tabindex='-1']), [tabindex='0']";
    const stops = [...this.panel.node.querySelectorAll(wanted)].filter(
      (node) => node.getClientRects().length > 0,
    );
    const at = stops.indexOf(this.host.shadowRoot.activeElement);
    const leaves = event.shiftKey ? at <= 0 : at === stops.length - 1;
    if (!leaves || !stops.length) return;
    event.preventDefault();
    stops[event.shiftKey ? stops.length - 1 : 0].focus();
  }

  // The on-screen keyboard covers a full-screen chat's lower half unless the chat keeps to what is seen.
  fitScreen() {
    const { style } = this.panel.node;
    const fits = this.panel.isOpen && this.isFullScreen && window.visualViewport;
    style.height = fits ? `${visualViewport.height}px` : "";
    style.top = fits ? `${visualViewport.offsetTop}px` : "";
    if (fits && this.panel.thread.stick) this.panel.thread.toEnd();
  }

  // ------------------------------------------------------------------ new messages

  arrived(message) {
    const name =
      message.author === "agent" ? message.agent_name || this.chat.say("team") : this.chat.config.name;
    const text = message.text || this.chat.say("sentFile");
    this.announce(this.chat.say("says", { name, text: text.slice(0, 500) }));
    if (!this.panel.isOpen) this.previewed = { id: message.id, name, text };
    this.render();
  }

  // Says something to screen readers, and for some seconds to everybody.
  announce(text, isShown = false) {
    this.live.append(el("p", {}, text));
    if (this.live.children.length > 5) this.live.firstChild.remove();
    if (!isShown) return;
    setText(this.toast, text);
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => {
      this.toast.hidden = true;
    }, 6000);
  }

  makePreview() {
    this.previewName = el("b", { dir: "auto" });
    this.previewText = el("span", { dir: "auto" });
    const open = el(
      "button",
      { type: "button", class: "preview-open", onclick: () => this.open() },
      this.previewName,
      this.previewText,
    );
    this.dismiss = el(
      "button",
      {
        type: "button",
        class: "tool small",
        onclick: () => {
          this.previewed = null;
          this.render();
        },
      },
      icon("close"),
    );
    return el("div", { class: "preview", hidden: true }, open, this.dismiss);
  }

  renderPreview(unread) {
    if (unread === 0) this.previewed = null;
    this.preview.hidden = this.previewed === null || !this.look.launcher;
    if (this.previewed === null) return;
    setText(this.previewName, this.previewed.name);
    setText(this.previewText, [...this.previewed.text].slice(0, PREVIEW_LETTERS).join(""));
    label(this.dismiss, this.chat.say("dismiss"));
  }
}
