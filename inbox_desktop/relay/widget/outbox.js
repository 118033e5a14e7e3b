// The visitor's messages that the relay has not confirmed: kept through reloads, sent in order, each taking effect once.

class Outbox {
  constructor(chat) {
    this.chat = chat;
    this.sending = false;
    this.again = false;
    this.slowed = false;
    this.timer = null;
  }

  // What waits: {client_id, text, files, faq, page_url, at, failed}; failed holds the relay's code for a refusal.
  get items() {
    const items = this.chat.memory.get("queue");
    return Array.isArray(items) ? items : [];
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
    let pause = null;
    try {
      do {
        this.again = false;
        await alone(`${this.chat.memory.prefix}queue`, () => this.sendAll());
      } while (this.again);
      this.slowed = false;
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      this.slowed = error instanceof Refusal;
      pause = this.slowed ? error.retryAfter * 1000 : null;
    } finally {
      this.sending = false;
      this.chat.changed();
    }
    if (pause !== null) this.timer = setTimeout(() => this.flush(), pause);
    else if (this.items.some((item) => !item.failed)) this.chat.link.troubled();
  }

  async sendAll() {
    for (;;) {
      const item = this.items.find((waiting) => !waiting.failed);
      if (!item) return;
      if (!this.chat.thread.hasClientId(item.client_id)) await this.send(item);
      this.discard(item.client_id);
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
      this.change((items) =>
        items.map((other) =>
          other.client_id === item.client_id ? { ...other, failed: error.code || "refused" } : other,
        ),
      );
      return;
    }
    this.chat.took(answer.conversation_id, [answer.message, ...(answer.automatic || [])]);
  }
}
