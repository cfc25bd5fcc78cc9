/* Small conveniences over pages that work without them. No state, no framework. */

const on = (type, handler, options) => document.addEventListener(type, handler, options);
const { body } = document;

/** Tells readers who do not see the page what has changed on it. */
const say = (text) => {
  document.getElementById("status").textContent = text;
};

// Menus are <details>: close them on Escape and on a press elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
};
on("click", (event) => closeMenus(event.target));
on("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Copying: a press on the summary copies; where the browser refuses, the text opens to be copied by hand.
on("click", async (event) => {
  const summary = event.target.closest("[data-copy] > summary");
  if (!summary || summary.parentElement.open || !navigator.clipboard) return;
  event.preventDefault();
  const box = summary.parentElement;
  try {
    await navigator.clipboard.writeText(box.querySelector("textarea").value);
    box.classList.add("is-copied");
    say(box.dataset.copy);
    setTimeout(() => {
      box.classList.remove("is-copied");
      say("");
    }, 4000);
  } catch {
    box.open = true;
    box.querySelector("textarea").select();
  }
});

// Dialogs: a link to a confirmation page opens the same form as a dialog on this page.
on("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = event.target.closest("[data-close]");
  if (closer?.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// [data-confirm] on a submit button: ask first, in the page's own dialog.
const ask = (button) => {
  const template = document.getElementById("confirm-template");
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.querySelector("[data-question]").textContent = button.dataset.confirm;
  const yes = dialog.querySelector("[value=yes]");
  yes.textContent = button.dataset.confirmLabel || button.textContent.trim();
  if (button.classList.contains("button--danger")) yes.classList.add("button--danger");
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    button.dataset.confirmed = "yes";
    button.form.requestSubmit(button);
  });
  body.append(dialog);
  dialog.showModal();
};

// Submitting: ask where asked to, then send once. The server is safe against doubles too.
const busy = (form, state) => {
  form.toggleAttribute("data-busy", state);
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (state) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
};
// In the capture phase: what is stopped here never reaches htmx either.
const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
on(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (submitter?.dataset.confirm && !submitter.dataset.confirmed) {
      stop(event);
      ask(submitter);
      return;
    }
    if (submitter) delete submitter.dataset.confirmed;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-busy")) {
      stop(event);
      return;
    }
    form.removeAttribute("data-dirty");
    busy(form, true);
    // A form that answers with a download leaves this page standing: free it again.
    setTimeout(() => busy(form, false), 10000);
  },
  true,
);
const freeAll = () => document.querySelectorAll("form[data-busy]").forEach((form) => busy(form, false));
window.addEventListener("pageshow", freeAll);
on("htmx:finally:request", freeAll);

// [data-autosubmit] forms (filters): send on change, and shortly after typing stops.
let typing;
const autosubmit = (event, delay) => {
  const form = event.target.form;
  if (!form?.hasAttribute("data-autosubmit")) return;
  clearTimeout(typing);
  typing = setTimeout(() => form.requestSubmit(), delay);
};
on("change", (event) => event.target.matches("select, [type=checkbox], [type=radio], [type=date]") && autosubmit(event, 0));
on("input", (event) => {
  // Only where the list is renewed in place: a page load would take the keyboard away.
  if (event.target.matches("[type=search]") && event.target.form?.hasAttribute("hx-get")) autosubmit(event, 400);
  event.target.form?.closest("[data-unsaved]")?.setAttribute("data-dirty", "");
});

// [data-unsaved] forms: ask before leaving with unsaved input.
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved][data-dirty]")) event.preventDefault();
});

// [data-unsaved] forms keep what is typed in this tab, so that neither a lost session nor a lost link loses it.
const who = body.dataset.who ?? "";
const isUnsent = location.pathname === "/accounts/sign-in" || document.querySelector("[data-unsent]");
const keptFields = (form) =>
  [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
const draftKey = (form) => `draft ${location.pathname} ${form.getAttribute("action") ?? ""}`;
const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft "));
const valuesOf = (form) =>
  keptFields(form).map((field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value));
const putBack = (form) => {
  const draft = JSON.parse(sessionStorage.getItem(draftKey(form)) ?? "null");
  const fields = keptFields(form);
  if (draft?.who !== who || draft.values.length !== fields.length) return;
  if (JSON.stringify(draft.values) === JSON.stringify(valuesOf(form))) return;
  fields.forEach((field, at) => {
    if (["checkbox", "radio"].includes(field.type)) field.checked = draft.values[at];
    else field.value = draft.values[at];
  });
  form.setAttribute("data-dirty", "");
  const note = document.getElementById("draft-template").content.firstElementChild.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(draftKey(form));
    form.removeAttribute("data-dirty");
    location.reload();
  });
  form.prepend(note);
};
try {
  for (const key of drafts()) {
    const draft = JSON.parse(sessionStorage.getItem(key));
    if (draft.sent && !isUnsent) sessionStorage.removeItem(key);
    else if (draft.sent) sessionStorage.setItem(key, JSON.stringify({ ...draft, sent: false }));
  }
  if (!document.querySelector(".error-summary")) document.querySelectorAll("form[data-unsaved]").forEach(putBack);
  let keeping;
  const keep = (form, sent) =>
    sessionStorage.setItem(draftKey(form), JSON.stringify({ who, sent, values: valuesOf(form) }));
  on("input", ({ target: { form } }) => {
    if (!form?.hasAttribute("data-unsaved")) return;
    clearTimeout(keeping);
    keeping = setTimeout(() => keep(form, false), 400);
  });
  on("submit", ({ target: form }) => {
    clearTimeout(keeping);
    if (form.getAttribute("action") === "/accounts/sign-out") sessionStorage.clear();
    else if (form.hasAttribute("data-unsaved")) keep(form, true);
  });
} catch {
  // A browser that keeps nothing keeps no drafts either.
}

// [data-own-zone] selects start with the zone of the browser. Browsers still say two names of old.
const RENAMED = { "Asia/Saigon": "Asia/Ho_Chi_Minh", "Asia/Rangoon": "Asia/Yangon" };
const ownZone = document.querySelector("select[data-own-zone]");
if (ownZone && !document.querySelector(".error-summary")) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const name = RENAMED[timeZone] ?? timeZone;
  if ([...ownZone.options].some((option) => option.value === name)) ownZone.value = name;
}

// Rows that are decided together: tick all, count them, and let no empty decision go.
const countTicked = () => {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const ticked = document.querySelectorAll('input[form="bulk"]:checked').length;
  bar.querySelector("[data-bulk-count]").textContent = ticked ? `(${ticked})` : "";
};
on("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const box of document.querySelectorAll('input[form="bulk"]')) box.checked = event.target.checked;
  }
  countTicked();
});
countTicked();

// Single keys where people decide all day. Never while somebody types, never with another key held, and off on request.
const typingIn = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rowLinks = () => [...document.querySelectorAll("main tbody th a, main .listing__title a, main .waiting__title a")];
const focusRow = (step) => {
  const links = rowLinks();
  const at = links.findIndex((link) => link.closest("tr, li").contains(document.activeElement));
  links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
};
const showKeys = () => {
  const dialog = document.getElementById("keys-template").content.firstElementChild.cloneNode(true);
  const list = dialog.querySelector("dl");
  for (const element of [...document.querySelectorAll("[data-key]")].reverse()) {
    const [term, text, key] = ["dt", "dd", "kbd"].map((name) => document.createElement(name));
    key.textContent = element.dataset.key;
    term.append(key);
    text.textContent = element.textContent.trim();
    list.prepend(term, text);
  }
  dialog.addEventListener("close", () => dialog.remove());
  body.append(dialog);
  dialog.showModal();
};
const KEYS = {
  "?": showKeys,
  "/": () => document.querySelector("main [type=search], #site-search")?.focus(),
  j: () => focusRow(1),
  k: () => focusRow(-1),
  x: () => document.activeElement.closest("tr")?.querySelector('input[form="bulk"]')?.click(),
};
const press = (element) => {
  element.click();
  const place = element.closest("details[open]") ?? (element.hash && document.querySelector(element.hash)?.closest("section"));
  place?.querySelector("input:not([type=hidden]), textarea, select")?.focus();
};
on("keydown", (event) => {
  const { key, target } = event;
  const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat;
  if (!("shortcuts" in body.dataset) || held || document.querySelector("dialog[open]") || typingIn(target)) return;
  if (!document.getElementById("keys-template")) return;
  const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!element && !(key in KEYS)) return;
  event.preventDefault();
  if (element) press(element);
  else KEYS[key]();
});

// A refused form: bring the reader to what went wrong.
const showErrors = (root) => root.querySelector(".error-summary")?.focus();
showErrors(document);
on("htmx:after:swap", () => {
  showErrors(document);
  countTicked();
  const count = document.querySelector(".results-bar__count");
  if (count) say(count.textContent);
});
