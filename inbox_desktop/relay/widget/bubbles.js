// The thread on the screen: days, welcome, questions, messages with files and their state, what waits, who is typing.

const GROUP_MINUTES = 5;

class ThreadView {
  constructor(chat, actions) {
    this.chat = chat;
    this.actions = actions; // {askFaq(index), retry(clientId), discard(clientId)}
    this.made = new Map(); // key -> {signature, node}
    this.list = el("div", { class: "items" });
    this.typing = el(
      "div",
      { class: "typing", hidden: true },
      el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
      el("span", { class: "typing-name" }),
    );
    this.node = el(
      "div",
      { class: "thread", role: "log", "aria-live": "off", tabindex: "0" },
      this.list,
      this.typing,
    );
    this.stick = true; // whether the newest message is to stay in sight
    this.lastTop = 0;
    this.node.addEventListener("scroll", () => this.scrolled(), { passive: true });
    const sizes = new ResizeObserver(() => this.stick && this.toEnd()); // pictures come late, the composer grows
    for (const node of [this.node, this.list]) sizes.observe(node);
  }

  // Only scrolling up lets go of the end: what grows below moves it away, too.
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    if (scrollHeight - scrollTop - clientHeight < 60) this.stick = true;
    else if (scrollTop < this.lastTop) this.stick = false;
    this.lastTop = scrollTop;
  }

  render() {
    this.node.setAttribute("aria-label", this.chat.say("messages"));
    const before = this.made;
    this.made = new Map();
    const nodes = this.entries().map(({ key, signature, make }) => {
      const old = before.get(key);
      const entry = old && old.signature === signature ? old : { signature, node: make() };
      this.made.set(key, entry);
      return entry.node;
    });
    arrange(this.list, nodes);
    const name = this.chat.link.isDown ? null : this.chat.typing.name;
    this.typing.hidden = !name;
    if (name) setText(this.typing.lastChild, this.chat.say("typing", { name }));
    if (this.stick) this.toEnd();
  }

  toEnd() {
    this.stick = true;
    if (!this.isUntouched) this.node.scrollTop = this.node.scrollHeight;
  }

  // The question that was just asked moves to the top, its answer below it: what else could be asked may be long.
  showAnswer(index) {
    this.stick = false;
    this.render();
    const asked = this.made.get(`asked ${index}`).node;
    this.node.scrollTop += asked.getBoundingClientRect().top - this.node.getBoundingClientRect().top - 8;
  }

  // Before anything was asked or said the chat is read from its top: the welcome, then the questions.
  get isUntouched() {
    const { thread, outbox, askedFaq } = this.chat;
    return thread.current === null && !outbox.items.length && !askedFaq.length;
  }

  // What is shown, in order: {key, signature, make}; make runs again only when the signature differs.
  entries() {
    const entries = [];
    const { thread, outbox, locale } = this.chat;
    const add = (key, facts, make) => entries.push({ key, signature: JSON.stringify([locale, facts]), make });
    for (const talk of thread.talks) {
      if (talk !== thread.talks[0]) add(`talk ${talk.id}`, 0, () => this.divider(this.chat.say("newTalk")));
      this.addMessages(add, talk);
      if (talk.closed && talk === thread.current) {
        add(`closed ${talk.id}`, 0, () => el("p", { class: "note" }, this.chat.say("closed")));
      }
    }
    const isFresh = !thread.isOpen;
    if (isFresh && this.chat.isAllowed) this.addGreeting(add, thread.talks.length === 0);
    for (const item of outbox.items) {
      if (thread.hasClientId(item.client_id)) continue;
      const state = this.waitingState(item);
      add(`item ${item.client_id}`, [item, state], () => this.waiting(item, state));
    }
    if (isFresh && !outbox.items.length) this.addQuestions(add);
    return entries;
  }

  addMessages(add, talk) {
    const ordered = this.chat.thread.ordered(talk);
    const lastOwn = ordered.filter((message) => message.author === "visitor").pop();
    let day = null;
    let former = null;
    for (const message of ordered) {
      const date = new Date(message.created_at);
      if (!day || daysBetween(day, date) > 0) {
        add(`day ${message.id}`, dayName(date, this.chat.locale), () =>
          this.divider(dayName(date, this.chat.locale)),
        );
        day = date;
        former = null;
      }
      const follows = former !== null && this.isSameGroup(former, message);
      const state =
        message === lastOwn ? this.chat.say(message.position <= (talk.seen || 0) ? "seen" : "sent") : "";
      if (message.kind === "faq") this.addLookedUp(add, message);
      else
        add(`message ${message.id}`, [message, follows, state], () => this.message(message, follows, state));
      former = message.kind === "faq" ? null : message;
    }
  }

  // The relay keeps a looked-up question as one message: the question's line, then the answer.
  addLookedUp(add, message) {
    const [question, ...answer] = message.text.split("\n");
    const { name } = this.chat.config;
    add(`asked ${message.id}`, question, () => this.bubble({ side: "mine", text: question }));
    add(`answered ${message.id}`, [name, answer], () =>
      this.bubble({ side: "theirs", name, text: answer.join("\n") }),
    );
  }

  isSameGroup(one, other) {
    const minutes = (new Date(other.created_at) - new Date(one.created_at)) / 60000;
    return one.author === other.author && one.agent_name === other.agent_name && minutes < GROUP_MINUTES;
  }

  addGreeting(add, withWelcome) {
    const { config } = this.chat;
    const text = this.chat.welcomeText;
    if (withWelcome) {
      add("welcome", text, () => this.bubble({ side: "theirs", name: config.name, text }));
    }
    for (const index of this.chat.askedFaq) {
      const entry = config.faq[index];
      if (!entry) continue;
      add(`asked ${index}`, entry, () => this.bubble({ side: "mine", text: entry.question }));
      add(`answered ${index}`, entry, () =>
        this.bubble({ side: "theirs", name: config.name, text: entry.answer }),
      );
    }
  }

  addQuestions(add) {
    const asked = this.chat.askedFaq;
    const left = this.chat.config.faq
      .map((entry, index) => [entry, index])
      .filter(([, index]) => !asked.includes(index));
    if (left.length) add("faq", left, () => this.questions(left));
    if (asked.length) add("faq more", 0, () => el("p", { class: "note" }, this.chat.say("faqMore")));
  }

  questions(left) {
    const buttons = left.map(([entry, index]) =>
      el(
        "button",
        { type: "button", class: "question", dir: "auto", onclick: () => this.actions.askFaq(index) },
        el("span", {}, entry.question),
        icon("next"),
      ),
    );
    const heading = el("h3", { id: "faq" }, this.chat.say("faq"));
    return el("div", { class: "faq", role: "group", "aria-labelledby": "faq" }, heading, ...buttons);
  }

  divider(text) {
    return el("div", { class: "divider", role: "separator", "aria-label": text }, el("span", {}, text));
  }

  message(message, follows, state) {
    const side = message.author === "visitor" ? "mine" : "theirs";
    const automatic = message.author === "automatic";
    const name = automatic ? this.chat.config.name : message.agent_name || this.chat.say("team");
    const time = new Date(message.created_at);
    return this.bubble({
      side,
      name,
      automatic,
      text: message.text,
      files: message.files,
      follows,
      state,
      time,
    });
  }

  waitingState(item) {
    if (item.failed) return "failed";
    return this.chat.link.isDown || !this.chat.outbox.sending ? "waiting" : "sending";
  }

  waiting(item, state) {
    const node = this.bubble({
      side: "mine",
      text: item.text,
      files: item.files,
      state: this.chat.say(state),
    });
    node.classList.add("unsent");
    if (state !== "failed") return node;
    node.classList.add("failed");
    const button = (key, act) =>
      el("button", { type: "button", class: "link", onclick: () => act(item.client_id) }, this.chat.say(key));
    node.lastChild.append(button("again", this.actions.retry), button("discard", this.actions.discard));
    return node;
  }

  // One message with its name, time and state. `files` without an address are shown by their names.
  bubble({ side, name = "", automatic = true, text, files = [], follows = false, state = "", time = null }) {
    const mine = side === "mine";
    const clock = time && el("time", { datetime: time.toISOString() }, clockTime(time, this.chat.locale));
    const parts = [el("span", { class: "sr" }, `${mine ? this.chat.say("you") : name}: `)];
    if (!mine && !follows) {
      parts.push(
        el(
          "div",
          { class: "who", "aria-hidden": "true" },
          el("b", { dir: "auto" }, name),
          clock && clock.cloneNode(true),
        ),
      );
    }
    if (text) parts.push(el("div", { class: "bubble", dir: "auto" }, ...this.pieces(text)));
    parts.push(...files.map((file) => this.file(file)));
    const node = el(
      "div",
      { class: `message ${side}${follows ? " follows" : ""}` },
      el("div", { class: "parts" }, ...parts),
    );
    if (!mine) node.prepend(this.avatar(name, automatic, follows));
    if (mine || follows) clock && clock.classList.add("sr");
    if (mine && state)
      parts.length &&
        node.append(el("div", { class: "state" }, clock && visibleClock(clock), el("span", {}, state)));
    return node;
  }

  avatar(name, automatic, follows) {
    const look = follows ? "avatar empty" : automatic ? "avatar shop" : "avatar";
    return el("div", { class: look, "aria-hidden": "true" }, follows ? "" : initials(name));
  }

  pieces(text) {
    return linkPieces(text).map((piece) =>
      typeof piece === "string"
        ? piece
        : el("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer nofollow" }, piece.text),
    );
  }

  file(file) {
    const size = el("span", { class: "size" }, fileSize(file.size, this.chat.locale));
    const label = [icon("file"), el("span", { class: "file-name", dir: "auto" }, file.name), size];
    if (!file.url) return el("div", { class: "file" }, ...label);
    const href = new URL(file.url.replace(/^\//, ""), this.chat.base).href;
    const attributes = { href, target: "_blank", rel: "noopener noreferrer", download: file.name };
    if (!/^image\/(png|jpe?g|gif|webp)$/.test(file.content_type))
      return el("a", { class: "file", ...attributes }, ...label);
    const picture = el("img", {
      src: href,
      alt: this.chat.say("image", { name: file.name }),
      loading: "lazy",
      decoding: "async",
    });
    const link = el("a", { class: "picture", ...attributes, download: null }, picture);
    picture.addEventListener("error", () => {
      link.className = "file";
      link.replaceChildren(...label);
    });
    return link;
  }
}

function visibleClock(clock) {
  const shown = clock.cloneNode(true);
  shown.classList.remove("sr");
  return shown;
}
