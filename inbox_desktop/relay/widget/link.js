// The living connection to the relay: a WebSocket, HTTP long polling where that is blocked, and patience where nothing is.

const READY_WITHIN = 12000;
const PING_EVERY = 25000;
const SILENCE_LIMIT = 60000;
const POLL_SECONDS = 25;
const SOCKET_AGAIN_AFTER = 15000; // and twice as long each further time
const SOCKET_AGAIN_AT_MOST = 10 * 60000;
const LONGEST_PAUSE = 60000;
const UNAUTHORIZED = 4401;

class Link {
  constructor(chat) {
    this.chat = chat;
    this.turn = 0; // counts the runs: a run that is not the present one ends
    this.running = false;
    this.state = "idle"; // idle | connecting | live | polling | waiting
    this.failures = 0;
    this.socketFailures = 0;
    this.socketAgainAt = 0;
    this.socket = null;
    this.stopPolling = null;
    this.wakeUp = null;
    window.addEventListener("online", () => {
      this.wake();
      chat.reached(); // there may be no visitor yet, but already a message
    });
    window.addEventListener("offline", () => this.drop());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted && this.chat.visitor) this.start();
    });
  }

  get isUp() {
    return this.state === "live" || this.state === "polling";
  }

  // Whether the visitor should be told: not for the blink of an eye that a page change takes.
  get isDown() {
    return this.running && !this.isUp && (this.failures >= 2 || navigator.onLine === false);
  }

  start() {
    if (this.running || !this.chat.visitor) return;
    this.running = true;
    this.turn += 1;
    this.run(this.turn);
  }

  stop() {
    this.running = false;
    this.turn += 1;
    this.drop();
    this.wake();
    this.become("idle");
  }

  async run(turn) {
    while (turn === this.turn && this.chat.visitor) {
      this.become("connecting");
      const wasReached = this.mayUseSocket() ? await this.talk() : await this.poll();
      if (turn !== this.turn) return;
      this.failures = wasReached ? 0 : this.failures + 1;
      this.become("waiting");
      await this.pause();
    }
    if (turn === this.turn) this.stop(); // the relay no longer knows the visitor
  }

  become(state) {
    const wasUp = this.isUp;
    this.state = state;
    if (this.isUp && !wasUp) {
      this.failures = 0;
      this.chat.reached();
    }
    this.chat.changed();
  }

  // Twice as long each time, by chance up to half shorter, so that visitors don't come back all at once.
  pause() {
    const longest = Math.min(1000 * 2 ** this.failures, LONGEST_PAUSE);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  // Something speaks for trying now: the network is back, the tab is looked at, the visitor wrote.
  wake() {
    if (this.wakeUp) this.wakeUp();
    this.wakeUp = null;
  }

  drop() {
    if (this.socket) this.socket.close();
    if (this.stopPolling) this.stopPolling.abort();
    this.chat.changed();
  }

  leave() {
    const { token } = this.chat.visitor || {};
    if (token && this.state === "polling") this.chat.calls.beacon("leave", { token });
    this.stop();
  }

  mayUseSocket() {
    return "WebSocket" in window && (this.socketFailures < 2 || Date.now() >= this.socketAgainAt);
  }

  socketFailed() {
    this.socketFailures += 1;
    const pause = SOCKET_AGAIN_AFTER * 2 ** Math.max(0, this.socketFailures - 2);
    this.socketAgainAt = Date.now() + Math.min(pause, SOCKET_AGAIN_AT_MOST);
  }

  // One socket's life; resolves to whether the relay was reached.
  talk() {
    return new Promise((resolve) => {
      let ready = false;
      let heardAt = Date.now();
      const socket = new WebSocket(this.chat.calls.socketUrl());
      this.socket = socket;
      const tooLate = setTimeout(() => socket.close(), READY_WITHIN);
      const pulse = setInterval(() => {
        if (Date.now() - heardAt > SILENCE_LIMIT) socket.close();
        else this.tell({ type: "ping" });
      }, PING_EVERY);
      let ended = false;
      const end = () => {
        if (ended) return;
        ended = true;
        clearTimeout(tooLate);
        clearInterval(pulse);
        if (this.socket === socket) this.socket = null;
        if (!ready) this.socketFailed();
        resolve(ready);
      };
      socket.onopen = () => {
        const visitor = this.chat.visitor;
        if (!visitor) socket.close();
        else this.tell({ type: "hello", token: visitor.token, ...this.chat.newsSince });
      };
      socket.onmessage = (event) => {
        heardAt = Date.now();
        const frame = JSON.parse(event.data);
        if (frame.type === "ready") {
          ready = true;
          clearTimeout(tooLate);
          this.socketFailures = 0;
          this.become("live");
        }
        this.chat.heard(frame);
      };
      socket.onclose = (event) => {
        if (event.code === UNAUTHORIZED) this.chat.doubtToken();
        end();
      };
      // A socket without a network may take minutes to notice that it is closing: close() counts at once.
      const close = socket.close.bind(socket);
      socket.close = () => {
        socket.onmessage = null;
        close();
        end();
      };
    });
  }

  // Frames that may get lost (typing, seen, ping) go by the socket; returns whether there was one.
  tell(frame) {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // Long polling until it fails, or until it is time to try the socket again.
  async poll() {
    let reached = false;
    let wait = 0;
    this.stopPolling = new AbortController();
    const { signal } = this.stopPolling;
    try {
      while (!signal.aborted && !this.mayUseSocket()) {
        const path = `conversation?${this.chat.newsQuery}&wait=${wait}`;
        const answer = await this.chat.asVisitor((token) =>
          this.chat.calls.ask("GET", path, { token, signal, timeout: (wait + 20) * 1000 }),
        );
        reached = true;
        wait = POLL_SECONDS;
        if (this.state !== "polling") this.become("polling");
        this.chat.heard({ type: "ready", ...answer });
      }
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      if (!reached) this.socketFailures = 0; // nothing works: it is not the sockets that are blocked
    } finally {
      this.stopPolling = null;
    }
    return reached;
  }
}
