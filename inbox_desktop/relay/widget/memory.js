// What is kept in the browser between pages and tabs; where that is blocked or full, for the page's life.

class Memory {
  // kind: "localStorage" (all tabs, until forgotten) or "sessionStorage" (this tab).
  constructor(kind, chatId) {
    this.prefix = `inbox-chat.${chatId}.`;
    this.kept = new Map();
    this.storage = null;
    try {
      const storage = window[kind]; // reading the property throws where storage is blocked
      storage.setItem(`${this.prefix}probe`, "1");
      storage.removeItem(`${this.prefix}probe`);
      this.storage = storage;
    } catch {
      this.storage = null;
    }
  }

  get(key) {
    if (this.kept.has(key)) return this.kept.get(key);
    try {
      const text = this.storage ? this.storage.getItem(this.prefix + key) : null;
      return text === null ? null : JSON.parse(text);
    } catch {
      return null; // not ours, or cut short
    }
  }

  // A list, or an object, that is kept there: what else stands there is not ours.
  list(key) {
    const value = this.get(key);
    return Array.isArray(value) ? value : [];
  }

  // All values whose keys begin so.
  all(start) {
    const keys = new Set([...this.kept.keys()].filter((key) => key.startsWith(start)));
    try {
      for (const key of Object.keys(this.storage || {}))
        if (key.startsWith(this.prefix + start)) keys.add(key.slice(this.prefix.length));
    } catch {
      // blocked meanwhile: what this page kept is all there is
    }
    return [...keys].map((key) => this.get(key));
  }

  record(key) {
    const value = this.get(key);
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  }

  set(key, value) {
    try {
      if (!this.storage) throw new Error("blocked");
      this.storage.setItem(this.prefix + key, JSON.stringify(value));
      this.kept.delete(key);
    } catch {
      this.kept.set(key, value); // full or blocked: this page still works
    }
  }

  remove(key) {
    this.kept.delete(key);
    try {
      if (this.storage) this.storage.removeItem(this.prefix + key);
    } catch {
      // nothing there that could be removed
    }
  }

  // Calls back with the key when another tab has changed it.
  watch(listener) {
    window.addEventListener("storage", (event) => {
      if (event.storageArea !== this.storage || !this.storage) return;
      if (event.key === null) listener(null);
      else if (event.key.startsWith(this.prefix)) listener(event.key.slice(this.prefix.length));
    });
  }
}

// Runs the work while no other tab of this chat runs work of the same name (Web Locks; alone where they are missing).
function alone(name, work) {
  if (navigator.locks && window.isSecureContext) {
    return navigator.locks.request(name, work).catch((error) => {
      if (error instanceof Refusal || error instanceof Unreachable) throw error;
      if (error.name === "SecurityError" || error.name === "InvalidStateError") return work();
      throw error;
    });
  }
  return work();
}
