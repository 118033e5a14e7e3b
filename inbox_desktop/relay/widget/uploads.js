// The files beside the message that is being written: uploaded at once, with progress, again when back online.

const MAX_FILES = 10;

class Uploads {
  constructor(chat) {
    this.chat = chat;
    // {key, name, size, type, state: uploading | waiting | ready | failed, share, file_id, file, stop, isUnwanted}
    const ready = chat.tab.list("files").filter((file) => file && file.file_id);
    this.list = ready.map((file) => ({ ...file, state: "ready", share: 1 }));
    // The names of those that were under way when the page went: a browser gives a file to one page only.
    this.lost = chat.tab.list("uploading").filter((name) => typeof name === "string");
    chat.tab.remove("uploading");
  }

  get isReady() {
    return this.list.every((upload) => upload.state === "ready");
  }

  // Takes files from the button, the clipboard or a drop; returns a sentence for each that can't be taken.
  add(files) {
    const problems = [];
    for (const file of files) {
      const problem = this.problemWith(file);
      if (problem) {
        problems.push(problem);
        continue;
      }
      const upload = {
        key: newId(),
        name: file.name || "image.png",
        size: file.size,
        type: file.type,
        share: 0,
        file,
      };
      this.list.push(upload);
      this.run(upload);
    }
    this.keep();
    this.chat.changed();
    return problems;
  }

  problemWith(file) {
    const { max_file_bytes: limit, file_types: types } = this.chat.config;
    const name = file.name;
    if (this.list.length >= MAX_FILES) return this.chat.say("tooManyFiles", { n: MAX_FILES });
    if (file.size === 0) return this.chat.say("emptyFile", { name });
    if (file.size > limit) return this.chat.say("tooBig", { name, size: fileSize(limit, this.chat.locale) });
    const ending = /\.[^.]+$/.exec(name.toLowerCase());
    if (ending && types.length && !types.includes(ending[0])) return this.chat.say("badType", { name });
    return null;
  }

  async run(upload) {
    upload.state = "uploading";
    upload.stop = new AbortController();
    const path = `files?name=${encodeURIComponent(upload.name)}&client_id=${upload.key}`;
    const progress = (share) => {
      upload.share = share;
      this.chat.changed();
    };
    try {
      const file = await this.chat.asVisitor((token) =>
        this.chat.calls.upload(path, token, upload.file, progress, upload.stop.signal),
      );
      Object.assign(upload, { state: "ready", share: 1, file_id: file.file_id, name: file.name, file: null });
    } catch (error) {
      if (upload.stop.signal.aborted) return; // taken away by the visitor
      upload.share = 0;
      upload.state = error instanceof Unreachable || error.status === 429 ? "waiting" : "failed";
      upload.isUnwanted = error.status === 415 || error.status === 413; // the same again would end the same
      if (!(error instanceof Unreachable) && !(error instanceof Refusal)) throw error;
    } finally {
      this.keep();
      this.chat.changed();
    }
  }

  // Tries again what the missing connection held up (or, for one upload, what the visitor wants tried again).
  resume(one = null) {
    for (const upload of this.list) {
      if (one === null ? upload.state === "waiting" : upload === one) this.run(upload);
    }
  }

  remove(upload) {
    if (upload.stop) upload.stop.abort();
    this.list = this.list.filter((other) => other !== upload);
    this.keep();
    this.chat.changed();
  }

  // Hands the uploaded files to the message that takes them along.
  take() {
    const files = this.list.map(({ file_id, name, size, type }) => ({
      file_id,
      name,
      size,
      content_type: type,
    }));
    this.list = [];
    this.keep();
    return files;
  }

  keep() {
    const ready = this.list.filter((upload) => upload.state === "ready");
    const others = this.list.filter((upload) => upload.state !== "ready" && !upload.isUnwanted);
    if (others.length) this.chat.tab.set("uploading", others.map((upload) => upload.name));
    else this.chat.tab.remove("uploading");
    this.chat.tab.set(
      "files",
      ready.map(({ key, name, size, type, file_id }) => ({ key, name, size, type, file_id })),
    );
  }
}
