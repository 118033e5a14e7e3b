// One chat on one page: the visitor, the relay's settings, and what the other parts are told through `changed`.

const CONFIG_MAX_AGE = 60000;
const TYPING_EVERY = 3000;
const TYPING_SHOWN = 6000;
const LONGEST_MESSAGE = 10000;

class Chat {
  // base: the relay's address with a slash at its end; wishes: languages in the order of preference.
  constructor(base, chatId, wishes) {
    this.base = base;
    this.wishes = wishes;
    this.chosenLocale = null;
    this.calls = new Calls(new URL(`chat/${chatId}/`, base).href);
    this.memory = new Memory("localStorage", chatId);
    this.tab = new Memory("sessionStorage", chatId);
    this.thread = new Thread();
    this.outbox = new Outbox(this);
    this.link = new Link(this);
    this.uploads = new Uploads(this);
    this.config = this.keptConfig;
    this.configAt = 0;
    this.identity = null;
    this.typing = { name: null };
    this.toldTypingAt = 0;
    this.toldSeenId = null;
    this.isLoaded = this.visitor === null; // whether what comes now is news, not what was there before the page
    this.listeners = new Set();
    this.arrivals = new Set();
    this.isTelling = false;
    this.memory.watch((key) => this.otherTabChanged(key));
  }

  // Calls the listener soon after anything changed: once for many changes at a time.
  onChange(listener) {
    this.listeners.add(listener);
  }

  // Calls the listener with each message of the other side that arrives while the page is open.
  onArrival(listener) {
    this.arrivals.add(listener);
  }

  changed() {
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      for (const listener of this.listeners) listener();
    });
  }

  get locale() {
    const fixed = this.config && this.config.locale !== "auto" ? this.config.locale : null;
    return chooseLocale([this.chosenLocale, fixed, ...this.wishes].filter(Boolean));
  }

  say(key, blanks) {
    return say(this.locale, key, blanks);
  }

  // ------------------------------------------------------------------ settings

  // Fetches the settings; keeps the ones known before when the relay can't be reached.
  async loadConfig() {
    if (Date.now() - this.configAt < CONFIG_MAX_AGE) return;
    const config = await this.calls.ask("GET", "config");
    this.useConfig(config);
  }

  get keptConfig() {
    const config = this.memory.record("config");
    return config && config.welcome && config.faq ? config : null;
  }

  useConfig(config) {
    this.config = config;
    this.configAt = Date.now();
    this.memory.set("config", config);
    this.changed();
  }

  // Whether there is somebody that this chat would talk to (a chat may be for signed-in customers only).
  get isAllowed() {
    return (
      this.config !== null && (!this.config.identity_required || this.identity !== null || this.isVerified)
    );
  }

  get isVerified() {
    return Boolean(this.visitor && this.visitor.verified);
  }

  get welcomeText() {
    const texts = this.config.welcome;
    return texts[this.locale] || texts.en || Object.values(texts)[0] || this.say("hello");
  }

  // ------------------------------------------------------------------ the visitor

  get visitor() {
    const visitor = this.memory.record("visitor");
    return visitor && visitor.token ? visitor : null;
  }

  // Name and e-mail as far as known: what the relay holds, else what was typed for it.
  get contact() {
    const known = this.visitor || this.memory.record("contact") || {};
    return { name: known.name || (this.identity && this.identity.name) || "", email: known.email || "" };
  }

  // Whether name and e-mail are asked for before the first message.
  get asksContact() {
    if (this.config.ask_contact === "none" || this.isVerified || this.identity) return false;
    if (this.outbox.items.some((item) => item.failed === CONTACT_REQUIRED)) return true;
    if (this.thread.isOpen || this.outbox.items.length) return false;
    const { name, email } = this.contact;
    if (name && email) return false;
    return this.config.ask_contact === "required" || !this.memory.get("contactSkipped");
  }

  // Runs a call with the visitor's token; makes the visitor first, and again where the relay has forgotten it.
  async asVisitor(call) {
    const token = await this.token();
    try {
      return await call(token);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
      this.forgetToken(token);
      return call(await this.token());
    }
  }

  async token() {
    if (this.visitor) return this.visitor.token;
    return alone(`${this.memory.prefix}visitor`, async () => {
      if (this.visitor) return this.visitor.token; // another tab was quicker
      const { name, email } = this.contact;
      const body = { locale: this.locale };
      if (name) body.name = name;
      if (email) body.email = email;
      if (this.identity) body.identity = this.identity;
      const made = await this.calls.ask("POST", "visitor", { body }).catch((error) => {
        if (error.code === "bad_signature")
          complain("the signature of identify is wrong; see “Signed identity”.");
        throw error;
      });
      this.keepVisitor(made);
      this.memory.remove("contact");
      this.link.start();
      return made.token;
    });
  }

  keepVisitor(answer) {
    const { token, visitor_id, name, email, verified } = answer;
    const former = this.visitor || {};
    const external = this.identity ? this.identity.id : former.external || null;
    const proof = this.identity ? this.identity.signature : former.proof || null;
    this.memory.set("visitor", {
      token: token || former.token,
      visitor_id,
      name,
      email,
      verified,
      external,
      proof,
    });
    this.changed();
  }

  // The relay knows this visitor no longer; what the visitor said of itself need not be typed again.
  forgetToken(token) {
    const known = this.visitor;
    if (!known || known.token !== token) return;
    this.memory.remove("visitor");
    if (known.name || known.email) this.memory.set("contact", { name: known.name, email: known.email });
  }

  async setContact(name, email) {
    if (this.visitor) {
      const body = { name, email };
      this.keepVisitor(await this.asVisitor((token) => this.calls.ask("POST", "visitor", { token, body })));
    } else {
      this.memory.set("contact", { name, email });
    }
    this.outbox.retryWithContact();
    this.changed();
  }

  skipContact() {
    this.memory.set("contactSkipped", true);
    this.changed();
  }

  // The shop's server says who this is. Another person than before must never see the former one's messages.
  async identify({ id, email, name, signature }) {
    const known = this.visitor;
    if (known && known.external && known.external !== id) this.forget();
    this.identity = { id, email, signature };
    if (name) this.identity.name = name;
    this.changed();
    if (this.visitor && this.visitor.proof !== signature) {
      const body = { identity: this.identity };
      this.keepVisitor(await this.asVisitor((token) => this.calls.ask("POST", "visitor", { token, body })));
    }
  }

  // Signs out: this browser no longer knows the visitor, nor what was written.
  forget() {
    this.link.stop();
    this.identity = null;
    for (const key of ["visitor", "contact", "contactSkipped", "read"]) this.memory.remove(key);
    this.outbox.forget();
    for (const key of ["draft", "files", "uploading", "faq"]) this.tab.remove(key);
    this.uploads.list = [];
    this.uploads.lost = [];
    this.thread.clear();
    this.isLoaded = true;
    this.changed();
  }

  // ------------------------------------------------------------------ what the relay says

  // The link stands again: what had to wait goes out.
  reached() {
    this.toldSeenId = null;
    this.outbox.flush();
    this.uploads.resume();
  }

  heard(frame) {
    const handlers = {
      ready: () => this.hearState(frame),
      message: () => this.hearMessage(frame),
      typing: () => this.hearTyping(frame.agent_name),
      seen: () => this.hearSeen(frame.message_id),
      closed: () => this.hearClosed(frame.conversation_id),
      config: () => this.reloadConfig(),
    };
    if (has(handlers, frame.type)) handlers[frame.type]();
    this.changed();
  }

  hearState({ conversation_id: id, closed, messages, agent }) {
    if (id) {
      this.took(id, messages);
      this.thread.talk(id).closed = closed;
      if (agent && agent.seen_id) this.hearSeen(agent.seen_id);
      if (agent) this.hearTyping(agent.typing_name);
    }
    this.isLoaded = true;
  }

  hearMessage({ message, conversation_id: id }) {
    this.took(id, [message]);
    if (message.author === "agent") this.hearTyping(null);
  }

  // The socket was refused for its token. Only the answer to a request tells whether the relay has forgotten the
  // visitor or has blocked it.
  async doubtToken() {
    const { token } = this.visitor || {};
    if (!token) return;
    try {
      await this.calls.ask("GET", `conversation?${this.newsQuery}`, { token });
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      if (error.status === 401) this.forgetToken(token);
      this.outbox.flush();
    }
  }

  // From where on news are wanted: positions count within a conversation.
  get newsSince() {
    const { current, head } = this.thread;
    return current ? { after: head, conversation_id: current.id } : { after: 0 };
  }

  get newsQuery() {
    return new URLSearchParams(this.newsSince).toString();
  }

  reloadConfig() {
    this.configAt = 0;
    this.reloadStaleConfig();
  }

  // Opening hours begin and end while a page stays open.
  reloadStaleConfig() {
    this.loadConfig().catch(() => {}); // the settings that are known still do
  }

  hearTyping(name) {
    this.typing = { name: name || null };
    clearTimeout(this.typingTimer);
    if (name) this.typingTimer = setTimeout(() => this.hearTyping(null), TYPING_SHOWN);
    this.changed();
  }

  hearSeen(messageId) {
    const talk = this.thread.current;
    const message = talk && talk.messages.get(messageId);
    if (message) talk.seen = Math.max(talk.seen || 0, message.position);
  }

  hearClosed(conversationId) {
    this.thread.talk(conversationId).closed = true;
  }

  // Messages, from wherever: the socket, a poll, the answer to a message of ours.
  took(conversationId, messages) {
    const fresh = this.thread.add(conversationId, messages.filter(Boolean));
    const news = this.isLoaded ? fresh.filter(isNews) : [];
    for (const message of news) for (const listener of this.arrivals) listener(message);
    if (fresh.length) this.tab.remove("faq");
    this.changed();
  }

  // ------------------------------------------------------------------ what the visitor does

  send(text, files) {
    const faq = this.thread.isOpen || this.outbox.items.length ? [] : this.askedFaq;
    this.outbox.add(text, files, faq);
    this.toldTypingAt = 0;
    this.link.start();
    this.link.wake();
  }

  get askedFaq() {
    return this.tab.list("faq").filter(Number.isInteger);
  }

  askFaq(index) {
    this.tab.set("faq", [...this.askedFaq.filter((asked) => asked !== index), index]);
    this.changed();
  }

  tellTyping() {
    if (!this.visitor || !this.thread.isOpen || Date.now() - this.toldTypingAt < TYPING_EVERY) return;
    this.toldTypingAt = Date.now();
    if (this.link.tell({ type: "typing" })) return;
    this.tellQuietly("typing", {});
  }

  // Positions count per conversation, so what was read is kept with its conversation.
  get readPosition() {
    const read = this.memory.record("read");
    return read && this.thread.current && read.conversation === this.thread.current.id ? read.position : 0;
  }

  get unread() {
    return this.thread.incoming().filter((message) => message.position > this.readPosition).length;
  }

  // All that is there is on a screen that is looked at.
  markSeen() {
    const incoming = this.thread.incoming();
    if (!incoming.length) return;
    const newest = incoming.reduce((one, other) => (other.position > one.position ? other : one));
    if (newest.position > this.readPosition) {
      this.memory.set("read", { conversation: this.thread.current.id, position: newest.position });
      this.changed();
    }
    if (this.toldSeenId === newest.id || !this.link.isUp) return;
    this.toldSeenId = newest.id;
    if (this.link.tell({ type: "seen", message_id: newest.id })) return;
    this.tellQuietly("seen", { message_id: newest.id });
  }

  // What may get lost: the next one says the same.
  tellQuietly(path, body) {
    this.calls.ask("POST", path, { token: this.visitor.token, body }).catch(() => {});
  }

  askTranscript(email) {
    return this.asVisitor((token) => this.calls.ask("POST", "transcript", { token, body: { email } }));
  }

  // ------------------------------------------------------------------ other tabs

  otherTabChanged(key) {
    if (key === "config") this.config = this.keptConfig || this.config;
    if (key && key.startsWith(WAITING)) this.outbox.takeOver();
    if ((key === "visitor" || key === null) && !this.visitor) {
      this.link.stop();
      this.thread.clear();
    } else if (key === "visitor") {
      this.link.start();
    }
    this.changed();
  }
}
