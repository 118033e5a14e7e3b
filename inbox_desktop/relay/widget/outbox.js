// The visitor's messages that the relay has not confirmed: kept through reloads, sent in order, each taking effect once.

const CONTACT_REQUIRED = "contact_required";

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
  get items() {
    return this.chat.memory.list("queue").filter((item) => item && item.client_id && Array.isArray(item.files));
  }

  // Read and written in one go: no other tab's script runs between the two on the same storage for long enough to
  // matter, and what would be lost is only a mark, since the items themselves are removed by id.
  change(changer) {
    this.chat.memory.set("queue", changer(this.items));
    this.chat.changed();
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
    this.change((items) => [...items, item]);
    this.flush();
  }

  retry(clientId) {
    this.change((items) =>
      items.map((item) => (item.client_id === clientId ? { ...item, failed: null } : item)),
    );
    this.flush();
  }

  // Name and e-mail were given: what was refused without them may go.
  retryWithContact() {
    for (const item of this.items) if (item.failed === CONTACT_REQUIRED) this.retry(item.client_id);
  }

  discard(clientId) {
    this.change((items) => items.filter((item) => item.client_id !== clientId));
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
      this.change((items) =>
        items.map((other) => (other.client_id === item.client_id ? { ...other, failed } : other)),
      );
      if (failed === CONTACT_REQUIRED) this.chat.reloadConfig(); // the shop has begun to ask
      return;
    }
    if (!this.items.some((waiting) => waiting.client_id === item.client_id)) return; // signed out meanwhile
    this.chat.took(answer.conversation_id, [answer.message, ...answer.automatic]);
    this.discard(item.client_id);
  }
}
