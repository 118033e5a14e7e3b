// The small forms: name and e-mail before the chat or later, and the transcript's address.

class Form {
  // fields: [{key, type, value, autocomplete, optional}]; submit({key: text}) may fail; other: the second button's act.
  constructor(chat, { title, hint, fields, submitKey, otherKey, submit, other }) {
    this.chat = chat;
    this.fields = fields.map((field) => this.makeField(field));
    this.submit = submit;
    const id = newId();
    this.status = el("p", { class: "problem", role: "alert" });
    const heading = el("h3", { id }, chat.say(title));
    const send = el("button", { type: "submit", class: "primary" }, chat.say(submitKey));
    const away =
      otherKey && el("button", { type: "button", class: "plain", onclick: other }, chat.say(otherKey));
    this.node = el(
      "form",
      { class: "form", novalidate: true, "aria-labelledby": id, onsubmit: (event) => this.send(event) },
      heading,
      hint ? el("p", { class: "hint" }, chat.say(hint)) : null,
      ...this.fields.map((field) => field.node),
      this.status,
      el("div", { class: "buttons" }, away || null, send),
    );
  }

  makeField({ key, type, value, autocomplete, required }) {
    const id = newId();
    const problem = el("span", { class: "problem", id: `${id}p` });
    const input = el("input", {
      id,
      type,
      value,
      autocomplete,
      maxlength: type === "email" ? 254 : 100,
      dir: "auto",
      "aria-describedby": `${id}p`,
      "aria-required": required ? "true" : null,
    });
    const node = el("div", { class: "input" }, el("label", { for: id }, this.chat.say(key)), input, problem);
    const check = () => {
      const text = input.value.trim();
      const isWrong = type === "email" ? (required || text) && !looksLikeEmail(text) : required && !text;
      input.setAttribute("aria-invalid", String(Boolean(isWrong)));
      setText(problem, isWrong ? this.chat.say(type === "email" ? "needEmail" : "needName") : "");
      return !isWrong;
    };
    input.addEventListener("input", () => input.getAttribute("aria-invalid") === "true" && check());
    return { key, node, input, check };
  }

  focus() {
    this.fields[0].input.focus();
  }

  async send(event) {
    event.preventDefault();
    const wrong = this.fields.filter((field) => !field.check());
    if (wrong.length) {
      wrong[0].input.focus();
      return;
    }
    setText(this.status, "");
    try {
      await this.submit(
        Object.fromEntries(this.fields.map((field) => [field.key, field.input.value.trim()])),
      );
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      setText(this.status, this.chat.say("notNow"));
    }
  }
}

function contactFields(chat, required) {
  const { name, email } = chat.contact;
  return [
    { key: "name", type: "text", value: name, autocomplete: "name", required },
    { key: "email", type: "email", value: email, autocomplete: "email", required },
  ];
}

// Asked before the first message; `done` when the chat may begin.
function contactForm(chat, done) {
  const required = chat.config.ask_contact === "required";
  return new Form(chat, {
    title: "contactTitle",
    hint: "contactHint",
    fields: contactFields(chat, required),
    submitKey: "start",
    otherKey: required ? null : "skip",
    submit: async ({ name, email }) => {
      if (name || email) await chat.setContact(name, email);
      if (!name || !email) chat.skipContact();
      done();
    },
    other: () => {
      chat.skipContact();
      done();
    },
  });
}

function detailsForm(chat, done) {
  return new Form(chat, {
    title: "details",
    hint: "contactHint",
    fields: contactFields(chat, chat.config.ask_contact === "required"),
    submitKey: "save",
    otherKey: "cancel",
    submit: async ({ name, email }) => {
      await chat.setContact(name, email);
      done("");
    },
    other: () => done(""),
  });
}

function transcriptForm(chat, done) {
  return new Form(chat, {
    title: "transcript",
    fields: [
      { key: "email", type: "email", value: chat.contact.email, autocomplete: "email", required: true },
    ],
    submitKey: "transcriptSend",
    otherKey: "cancel",
    submit: async ({ email }) => {
      await chat.askTranscript(email);
      done(chat.say("transcriptDone", { email }));
    },
    other: () => done(""),
  });
}
