// The script tag: reads its attributes, gives the page `InboxChat`, and brings up the widget when the settings are there.

const CONFIG_PAUSES = [2, 5, 15, 60]; // seconds between tries to get the settings; the last one repeats

// data-chat, data-theme="light|dark|auto", data-locale, data-launcher="none"
function start(script) {
  const chatId = script && script.dataset.chat;
  if (!chatId) {
    complain('the script tag needs data-chat="…" with the id that the chat\'s settings page shows.');
    return;
  }
  const { theme = "auto", locale = "", launcher = "" } = script.dataset;
  const wishes = [locale, document.documentElement.lang, ...(navigator.languages || [])];
  const chat = new Chat(new URL(".", script.src).href, chatId, wishes);
  const widget = new Widget(chat, { theme, launcher: launcher !== "none" });
  giveApi(chat, widget);
  whenReady(() => bringUp(chat, widget));
}

// The calls that a page may make; those it made before this script was there wait in an array.
function giveApi(chat, widget) {
  let wantsOpen = false;
  const api = {
    open() {
      wantsOpen = true;
      widget.open();
    },
    close() {
      wantsOpen = false;
      widget.close();
    },
    identify(person) {
      if (!person || !person.id || !person.email || !person.signature) {
        complain("identify needs id, email and signature; see “Signed identity” in the relay's guide.");
        return;
      }
      chat
        .identify({ ...person, id: String(person.id) })
        .catch((error) => complain(`identify: ${error.message}`));
    },
    setLocale(locale) {
      chat.chosenLocale = locale;
      chat.changed();
    },
    forget: () => {
      widget.close();
      chat.forget();
    },
    push(...calls) {
      for (const [name, ...values] of calls) {
        if (has(api, name) && name !== "push") api[name](...values);
        else complain(`there is no InboxChat.${name}.`);
      }
    },
  };
  const early = Array.isArray(window.InboxChat) ? window.InboxChat : [];
  window.InboxChat = Object.freeze(api);
  api.push(...early);
  chat.onChange(() => {
    if (wantsOpen && chat.config !== null && chat.isAllowed) {
      wantsOpen = false;
      widget.open();
    }
  });
}

// Not before there is a page, and not on one that the browser loads on the mere chance of a visit.
function whenReady(act) {
  if (document.prerendering)
    document.addEventListener("prerenderingchange", () => whenReady(act), { once: true });
  else if (document.readyState !== "loading") act();
  else document.addEventListener("DOMContentLoaded", act, { once: true });
}

async function bringUp(chat, widget) {
  let isUp = false;
  const show = () => {
    if (isUp || chat.config === null) return;
    isUp = true;
    widget.attach();
    widget.render();
    if (chat.tab.get("open")) widget.open(true);
    if (chat.visitor) chat.link.start();
    if (chat.outbox.items.length) chat.outbox.flush();
  };
  show(); // with the settings of the last visit, so that a page change does not flicker
  for (let round = 0; ; round += 1) {
    try {
      await chat.loadConfig();
      show();
      return;
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
      if (error instanceof Refusal && error.status !== 429) {
        complain(`the relay refused this page (${error.code || error.status}).`);
        widget.host.remove();
        return;
      }
      if (round === 0) {
        complain(
          `the relay can't be reached, or it does not let ${location.origin} use this chat. It is tried again. ` +
            "Check the chat's id, and that its settings name this address among the pages that may show the chat.",
        );
      }
      const pause = CONFIG_PAUSES[Math.min(round, CONFIG_PAUSES.length - 1)];
      await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    }
  }
}

if (window.InboxChat && !Array.isArray(window.InboxChat))
  complain("the script is on this page twice; the first one counts.");
else start(document.currentScript || document.querySelector('script[data-chat][src*="widget.js"]'));
