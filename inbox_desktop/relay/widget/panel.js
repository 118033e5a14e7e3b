// The open chat: header, thread, what the connection has to say, and the composer or the form that stands in its place.

class Panel {
  constructor(chat, { close, announce }) {
    this.chat = chat;
    this.announce = announce;
    this.form = null; // the form that was asked for in the menu
    this.contact = null; // the form before the first message
    this.thread = new ThreadView(chat, {
      askFaq: (index) => this.askFaq(index),
      retry: (clientId) => chat.outbox.retry(clientId),
      discard: (clientId) => chat.outbox.discard(clientId),
    });
    this.composer = new Composer(chat, { sent: () => this.sent() });
    this.title = el("h2", { id: "title", dir: "auto" });
    this.status = el("p", { class: "status" });
    this.mark = el("div", { class: "mark", "aria-hidden": "true" });
    this.closeButton = el(
      "button",
      { type: "button", class: "tool on-accent close", onclick: close },
      icon("down"),
    );
    this.menu = new Menu(
      chat,
      [
        ["details", detailsForm],
        ["transcript", transcriptForm],
      ],
      (make) => this.show(make),
    );
    this.notice = el("p", { class: "notice", role: "status" });
    this.foot = el("div", { class: "foot" });
    this.drop = el("div", { class: "drop", hidden: true }, icon("clip"), el("span"));
    const header = el(
      "header",
      {},
      this.mark,
      el("div", { class: "names" }, this.title, this.status),
      this.menu.node,
      this.closeButton,
    );
    this.node = el(
      "section",
      { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: "-1", hidden: true },
      header,
      this.notice,
      this.thread.node,
      this.foot,
      this.drop,
    );
    this.acceptDrops();
  }

  get isOpen() {
    return !this.node.hidden;
  }

  render() {
    const { chat } = this;
    setText(this.title, chat.config.name);
    setText(this.mark, initials(chat.config.name));
    setText(
      this.status,
      chat.config.open ? chat.say("online") : backWords(chat.config.opens_at, chat.locale),
    );
    this.status.dataset.open = String(chat.config.open);
    label(this.closeButton, chat.say("close"));
    setText(this.drop.lastChild, chat.say("drop"));
    this.menu.render();
    this.renderNotice();
    this.renderFoot();
    this.thread.render();
    this.composer.render();
  }

  renderNotice() {
    const { chat } = this;
    const isOffline = navigator.onLine === false;
    const isStuck = chat.outbox.failures > 0 || chat.link.isDown;
    const key = isOffline ? "offline" : chat.outbox.slowed ? "slowDown" : "unreachable";
    this.notice.hidden = !isOffline && !isStuck;
    setText(this.notice, this.notice.hidden ? "" : chat.say(key));
  }

  renderFoot() {
    if (this.form === null && this.chat.asksContact) {
      this.contact = this.contact || contactForm(this.chat, () => this.contactGiven());
    } else {
      this.contact = null;
    }
    const shown = this.form || this.contact || this.composer;
    arrange(this.foot, [shown.node]);
  }

  // A form of the menu takes the composer's place until it is done; what it has to say is said.
  show(make) {
    this.form = make(this.chat, (words) => {
      this.form = null;
      this.render();
      this.composer.text.focus();
      if (words) this.announce(words, true);
    });
    this.render();
    this.form.focus();
  }

  contactGiven() {
    this.contact = null;
    this.render();
    this.composer.grow();
    this.composer.text.focus();
  }

  askFaq(index) {
    const entry = this.chat.config.faq[index];
    this.chat.askFaq(index);
    this.thread.showAnswer(index);
    this.announce(entry.answer);
    this.node.focus();
  }

  sent() {
    this.thread.toEnd();
  }

  // Escape closes what lies on top; returns whether there was something.
  stepBack() {
    if (this.menu.isOpen) {
      this.menu.close(true);
      return true;
    }
    if (!this.form) return false;
    this.form = null;
    this.render();
    this.composer.text.focus();
    return true;
  }

  // Where the keyboard goes when the chat opens. On touch screens the writing field would call up the keyboard.
  focus() {
    const byTouch = matchMedia("(hover: none) and (pointer: coarse)").matches;
    const place = this.foot.querySelector("textarea, input");
    (byTouch || !place ? this.node : place).focus({ preventScroll: true });
  }

  acceptDrops() {
    const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    const mayDrop = () => this.foot.contains(this.composer.node);
    this.node.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      this.drop.hidden = !mayDrop();
    });
    this.node.addEventListener("dragleave", (event) => {
      if (!this.node.contains(event.relatedTarget)) this.drop.hidden = true;
    });
    this.node.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault(); // else the browser would leave the page for the file
      this.drop.hidden = true;
      if (mayDrop()) this.composer.take(event.dataTransfer.files);
    });
  }
}

// The header's "more" button and its list.
class Menu {
  constructor(chat, entries, choose) {
    this.chat = chat;
    this.button = el(
      "button",
      {
        type: "button",
        class: "tool on-accent",
        "aria-expanded": "false",
        "aria-controls": "menu",
        onclick: () => (this.isOpen ? this.close(false) : this.open()),
      },
      icon("more"),
    );
    this.entries = entries.map(([key, make]) => {
      const node = el("button", {
        type: "button",
        onclick: () => {
          this.close(false);
          choose(make);
        },
      });
      return { key, node };
    });
    this.list = el(
      "div",
      { class: "menu", id: "menu", hidden: true },
      ...this.entries.map((entry) => entry.node),
    );
    this.node = el("div", { class: "menu-place" }, this.button, this.list);
    this.node.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.node.contains(event.relatedTarget)) this.close(false);
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  render() {
    label(this.button, this.chat.say("more"));
    const shown = {
      details: !this.chat.isVerified,
      transcript: this.chat.config.transcripts && this.chat.thread.current,
    };
    for (const { key, node } of this.entries) {
      setText(node, this.chat.say(key));
      node.hidden = !shown[key];
    }
    this.node.hidden = this.entries.every(({ node }) => node.hidden);
  }

  open() {
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.entries.find(({ node }) => !node.hidden).node.focus();
  }

  close(withFocus) {
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (withFocus) this.button.focus();
  }
}
