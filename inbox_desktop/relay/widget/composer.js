// Where the visitor writes: text that grows, files by button, paste and drop, Enter sends.

class Composer {
  constructor(chat, host) {
    this.chat = chat;
    this.host = host; // {sent(), announce(text)}
    this.problems = [];
    this.waitsForFiles = false;
    this.text = el("textarea", {
      rows: "1",
      dir: "auto",
      "aria-describedby": "problem",
      enterkeyhint: "send",
      oninput: () => this.typed(),
      onkeydown: (event) => this.keyDown(event),
      onpaste: (event) => this.pasted(event),
    });
    this.text.value = String(chat.tab.get("draft") || "");
    this.picker = el("input", {
      type: "file",
      multiple: true,
      class: "sr",
      tabindex: "-1",
      "aria-hidden": "true",
      onchange: () => this.picked(),
    });
    this.attach = el(
      "button",
      { type: "button", class: "tool", onclick: () => this.picker.click() },
      icon("clip"),
    );
    // Pressing the button leaves the keyboard where it is: on a phone it would fold away after each message.
    const stay = (event) => event.preventDefault();
    this.submit = el("button", { type: "submit", class: "send", onmousedown: stay }, icon("send"));
    this.chips = el("ul", { class: "chips" });
    this.made = new Map();
    this.problem = el("p", { class: "problem", id: "problem", role: "alert" });
    const row = el("div", { class: "row" }, this.attach, this.text, this.submit);
    this.node = el(
      "form",
      { class: "composer", novalidate: true, onsubmit: (event) => this.send(event) },
      this.problem,
      el("div", { class: "field" }, this.chips, row),
      this.picker,
    );
    document.fonts && document.fonts.ready.then(() => this.grow());
  }

  render() {
    const { uploads, config } = this.chat;
    label(this.text, this.chat.say("write"));
    this.text.placeholder = `${this.chat.say("write")}…`;
    label(this.attach, this.chat.say("attach"));
    label(this.submit, this.chat.say("send"));
    this.picker.accept = config.file_types.join(",");
    const former = this.made;
    this.made = new Map(
      uploads.list.map((upload) => [upload.key, former.get(upload.key) || this.makeChip(upload)]),
    );
    for (const upload of uploads.list) this.made.get(upload.key).show();
    arrange(
      this.chips,
      [...this.made.values()].map((chip) => chip.node),
    );
    this.chips.hidden = !uploads.list.length;
    this.showState();
  }

  showState() {
    setText(this.problem, this.whatIsWrong.join(" "));
    this.submit.setAttribute("aria-disabled", String(!this.canSend));
  }

  get whatIsWrong() {
    const { chat } = this;
    const over = [...this.text.value].length - LONGEST_MESSAGE;
    if (over > 0) return [chat.say("tooLong", { n: over })];
    if (chat.uploads.isReady) this.waitsForFiles = false;
    if (this.waitsForFiles) return [chat.say("fileFirst")];
    return [...chat.uploads.lost.map((name) => chat.say("uploadLost", { name })), ...this.problems];
  }

  get canSend() {
    const { uploads } = this.chat;
    const text = this.text.value.trim();
    return (text !== "" || uploads.list.length > 0) && uploads.isReady && [...text].length <= LONGEST_MESSAGE;
  }

  // A file beside the text: its name, how far it is, and the button that takes it away.
  makeChip(upload) {
    const { chat } = this;
    const state = el("span", { class: "size" });
    const bar = el("progress", { max: "1" });
    const again = el("button", { type: "button", class: "link", onclick: () => chat.uploads.resume(upload) });
    const remove = el(
      "button",
      { type: "button", class: "tool small", onclick: () => this.removed(upload) },
      icon("close"),
    );
    const name = el("span", { class: "file-name", dir: "auto" });
    const node = el(
      "li",
      { class: "chip" },
      icon("file"),
      el("div", { class: "chip-text" }, name, state, bar),
      again,
      remove,
    );
    const show = () => {
      const words = { uploading: "uploading", waiting: "uploadWaits", failed: "uploadFailed" };
      setText(name, upload.name);
      setText(
        state,
        upload.state === "ready" ? fileSize(upload.size, chat.locale) : chat.say(words[upload.state]),
      );
      setText(again, chat.say("again"));
      label(remove, chat.say("remove", { name: upload.name }));
      label(bar, chat.say("uploading"));
      node.dataset.state = upload.state;
      bar.hidden = upload.state !== "uploading";
      bar.value = upload.share;
      again.hidden = upload.state !== "failed" || upload.isUnwanted;
    };
    return { node, show };
  }

  removed(upload) {
    this.chat.uploads.remove(upload);
    this.text.focus();
  }

  typed() {
    this.problems = [];
    this.chat.uploads.lost = [];
    this.chat.tab.set("draft", this.text.value);
    if (this.text.value) this.chat.tellTyping();
    this.grow();
    this.showState();
  }

  // As high as its text, up to what the style sheet allows.
  grow() {
    this.text.style.height = "auto";
    if (this.text.scrollHeight) this.text.style.height = `${this.text.scrollHeight}px`;
  }

  keyDown(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.send(event);
  }

  pasted(event) {
    const { files } = event.clipboardData;
    if (!files.length) return;
    event.preventDefault();
    this.take(files);
  }

  picked() {
    this.take(this.picker.files);
    this.picker.value = "";
    this.text.focus();
  }

  take(files) {
    this.chat.uploads.lost = [];
    this.problems = this.chat.uploads.add([...files]);
    this.render();
  }

  send(event) {
    event.preventDefault();
    if (!this.canSend) {
      this.waitsForFiles = !this.chat.uploads.isReady;
      this.showState();
      return;
    }
    const text = this.text.value.trim();
    this.problems = [];
    this.chat.uploads.lost = [];
    this.text.value = "";
    this.chat.tab.remove("draft");
    this.chat.send(text, this.chat.uploads.take());
    this.grow();
    this.host.sent();
  }
}

// What a control is called: for screen readers, and for the mouse where there is no text.
function label(node, text) {
  if (node.getAttribute("aria-label") === text) return;
  node.setAttribute("aria-label", text);
  if (node.localName === "button") node.title = text;
}
