// The visitor's messages that the relay has not confirmed: kept through reloads, sent in order, each taking effect once.

const CONTACT_REQUIRED = "contact_required";
const WAITING = "queue."; // with what the keys of waiting messages begin

class Outbox {
  constructor(chat) {
    this.chat = chat;
    this.sending = false;
    this.again = false;
    this.slowed = false;
    this.failures = 0; // in a row, of reaching the relay
    this.timer = null;
  }

  // What waits: {client_id, text, files, faq, page_url, at, failed}; failed holds the relay's code for a refusal.
  // Each has a key of its own: what one tab writes to a list that they share can undo what another just wrote.
  get items() {
    return this.chat.memory
      .all(WAITING)
      .filter((item) => item && typeof item.client_id === "string" && Array.isArray(item.files))
      .sort((one, other) => (one.client_id < other.client_id ? -1 : 1)); // ids begin with their time
  }

  keep(item) {
    this.chat.memory.set(WAITING + item.client_id, item);
    this.chat.changed();
  }

  // Remember with which code the relay refused a message, or (null) that it may try again.
  mark(clientId, failed) {
    const item = this.items.find((waiting) => waiting.client_id === clientId);
    if (item) this.keep({ ...item, failed });
  }

  // Nothing waits any more: another person uses this browser.
  forget() {
    for (const item of this.items) this.chat.memory.remove(WAITING + item.client_id);
  }

  add(text, files, faq) {
    const item = {
      client_id: newId(),
      text,
      files,
      faq,
      page_url: location.href.split("#")[0].slice(0, 2000),
      at: new Date().toISOString(),
      failed: null,
    };
    this.keep(item);
    this.flush();
  }

  retry(clientId) {
    this.mark(clientId, null);
    this.flush();
  }

  // Name and e-mail were given: what was refused without them may go.
  retryWithContact() {
    for (const item of this.items) if (item.failed === CONTACT_REQUIRED) this.retry(item.client_id);
  }

  discard(clientId) {
    this.chat.memory.remove(WAITING + clientId);
    this.chat.changed();
  }

  // Sends all that waits. One tab at a time, so that the order is the order of writing.
  async flush() {
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = true;
    clearTimeout(this.timer);
    try {
      do {
        this.again = false;
        await alone(`${this.chat.memory.prefix}queue`, () => this.sendAll());
      } while (this.again);
      this.failures = 0;
      this.slowed = false;
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.failures += 1;
      this.slowed = error.status === 429;
      const seconds = this.slowed ? error.retryAfter : Math.min(2 ** this.failures, 60);
      this.timer = setTimeout(() => this.flush(), seconds * 1000);
    } finally {
      this.sending = false;
      this.chat.changed();
    }
  }

  // Another tab has something to send: it does so itself, unless it was closed over it.
  takeOver() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), 5000);
  }

  async sendAll() {
    for (;;) {
      const item = this.items.find((waiting) => !waiting.failed);
      if (!item) return;
      if (this.chat.thread.hasClientId(item.client_id)) this.discard(item.client_id);
      else await this.send(item);
    }
  }

  async send(item) {
    const body = {
      client_id: item.client_id,
      text: item.text,
      file_ids: item.files.map((file) => file.file_id),
      page_url: item.page_url,
      locale: this.chat.locale,
    };
    if (item.faq.length) body.faq = item.faq;
    let answer = null;
    try {
      answer = await this.chat.asVisitor((token) => this.chat.calls.ask("POST", "messages", { token, body }));
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 429) throw error;
      const failed = error.code || "refused";
      this.mark(item.client_id, failed);
      if (failed === CONTACT_REQUIRED) this.chat.reloadConfig(); // the shop has begun to ask
      return;
    }
    if (!this.items.some((waiting) => waiting.client_id === item.client_id)) return; // signed out meanwhile
    this.chat.took(answer.conversation_id, [answer.message, ...answer.automatic]);
    this.discard(item.client_id);
  }
}
