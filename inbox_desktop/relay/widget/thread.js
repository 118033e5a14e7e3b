// The messages that this page knows, in their order: the present conversation, and ended ones since the page opened.

class Thread {
  constructor() {
    this.talks = []; // {id, closed, messages: Map of id to message}
  }

  get current() {
    return this.talks.length ? this.talks[this.talks.length - 1] : null;
  }

  // Whether the next message belongs to a conversation that is there already.
  get isOpen() {
    return this.current !== null && !this.current.closed;
  }

  // The position up to which all messages of the present conversation are here.
  get head() {
    const positions = this.current
      ? [...this.current.messages.values()].map((message) => message.position)
      : [];
    return positions.length ? Math.max(...positions) : 0;
  }

  talk(id) {
    let talk = this.talks.find((known) => known.id === id);
    if (!talk) {
      talk = { id, closed: false, messages: new Map() };
      this.talks.push(talk);
    }
    return talk;
  }

  // Takes messages in; returns those that are new here.
  add(conversationId, messages) {
    const talk = this.talk(conversationId);
    const fresh = messages.filter((message) => !talk.messages.has(message.id));
    for (const message of messages) talk.messages.set(message.id, message);
    return fresh;
  }

  // The welcome and the looked-up questions are stored behind the first message, but were read before it was written.
  ordered(talk) {
    const rank = ({ kind }) => (kind === "welcome" ? 0 : kind === "faq" ? 1 : 2);
    return [...talk.messages.values()].sort((a, b) => rank(a) - rank(b) || a.position - b.position);
  }

  hasClientId(clientId) {
    return this.talks.some((talk) =>
      [...talk.messages.values()].some((message) => message.client_id === clientId),
    );
  }

  // What others wrote in the present conversation, oldest first.
  incoming() {
    return this.current ? this.ordered(this.current).filter(isNews) : [];
  }

  clear() {
    this.talks = [];
  }
}

// The welcome and the looked-up questions were on the screen before they became messages.
function isNews({ author, kind }) {
  return author !== "visitor" && kind !== "welcome" && kind !== "faq";
}
