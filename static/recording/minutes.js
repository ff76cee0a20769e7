// The minutes, edited in their place: lists of items as the page marks them, read back into the record they came from.

import { clock, media } from "./player.js";
import { change } from "./saving.js";

const body = () => document.getElementById("minutes-body");
const button = (id) => document.getElementById(id);
const edits = () => button("edit-minutes")?.getAttribute("aria-pressed") === "true";
const NOTHING = "—";

let record = null; // the minutes as the server knows them; what the page does not show stays as it is
const items = new WeakMap(); // element -> the item it was drawn from
const past = [];

const listsIn = (root, owner) => [...root.querySelectorAll("[data-list]")].filter((list) => (list.parentElement.closest("[data-item]") ?? null) === owner);
const fieldsOf = (item) => [...item.querySelectorAll("[data-field]")].filter((field) => field.closest("[data-item]") === item);
const own = (list) => [...list.children].filter((child) => child.matches("[data-item]"));

/** Join what the server rendered to the record that it was rendered from. */
const bind = (root, value, owner = null) => {
  for (const list of listsIn(root, owner)) {
    own(list).forEach((item, place) => {
      const source = value[list.dataset.list]?.[place];
      if (!source) return;
      items.set(item, source);
      bind(item, source, item);
    });
  }
};

/** Read lists back. Texts that still look as they were drawn keep their value: names of voices are ids. */
const read = (root, value, owner = null) => {
  const made = { ...value };
  for (const list of listsIn(root, owner)) {
    made[list.dataset.list] = own(list).map((item) => {
      const source = items.get(item) ?? {};
      const fresh = read(item, source, item);
      for (const field of fieldsOf(item)) {
        if (field.type === "checkbox") fresh[field.dataset.field] = field.checked;
        else if (field.dataset.touched) {
          const text = field.textContent.replace(/\s+/g, " ").trim();
          fresh[field.dataset.field] = field.dataset.optional !== undefined && (!text || text === NOTHING) ? null : text;
        }
      }
      return fresh;
    });
  }
  return made;
};

const fill = (item, value) => {
  items.set(item, value);
  for (const field of fieldsOf(item)) {
    const held = value[field.dataset.field];
    if (field.type === "checkbox") field.checked = Boolean(held);
    else field.textContent = held ?? (field.dataset.optional === undefined ? "" : NOTHING);
  }
  item.classList.toggle("is-done-item", Boolean(value.done));
  for (const link of item.querySelectorAll("a")) {
    if (link.closest("[data-item]") !== item) continue;
    link.setAttribute("href", `#t${Math.round((value.start ?? 0) * 1000)}`);
    if (link.classList.contains("at")) link.textContent = clock(value.start ?? 0);
  }
  for (const list of listsIn(item, item)) draw(list, value[list.dataset.list] ?? []);
  open(item);
  return item;
};
const fresh = (name) => document.querySelector(`#minutes template[data-new="${name}"]`).content.firstElementChild.cloneNode(true);
const draw = (list, values) => list.replaceChildren(...values.map((value) => fill(fresh(list.dataset.list), value)));

/** Show other minutes than those on the page. */
export const show = (minutes) => {
  const changed = differing(record, minutes);
  record = minutes;
  for (const list of listsIn(body(), null)) draw(list, minutes[list.dataset.list] ?? []);
  mark();
  document.dispatchEvent(new CustomEvent("minutes:changed", { detail: changed }));
};
const SECTIONS = { summary: "summary", decisions: "decisions", assignments: "action_items", topics: "topics" };
/** The sections in which minutes differ, as the server calls them. */
const differing = (one, other) => Object.keys(SECTIONS).filter((name) => JSON.stringify(one?.[SECTIONS[name]] ?? []) !== JSON.stringify(other[SECTIONS[name]] ?? []));
const mark = () => {
  for (const part of document.querySelectorAll("#minutes .part")) part.toggleAttribute("data-empty", !part.querySelector("[data-item]"));
};

const keep = () => {
  const made = read(body(), record);
  if (JSON.stringify(made) === JSON.stringify(record)) return;
  const changed = differing(record, made);
  past.push(record);
  record = made;
  button("undo-minutes").disabled = false;
  mark();
  change({ minutes: made });
  document.dispatchEvent(new CustomEvent("minutes:changed", { detail: changed }));
};

/** Make texts editable, or not. */
const open = (root) => {
  for (const field of root.querySelectorAll("[data-field]:not(input)")) {
    if (edits()) field.contentEditable = "plaintext-only";
    else field.removeAttribute("contenteditable");
    for (const [name, value] of [["role", "textbox"], ["aria-label", field.dataset.label]]) {
      if (edits()) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
  }
  for (const button of root.querySelectorAll(".add-item")) button.hidden = !edits();
  for (const tools of root.querySelectorAll(".item-tools")) if (!edits()) tools.remove();
  if (!edits()) return;
  for (const item of [root, ...root.querySelectorAll("[data-item]")]) {
    if (!item.matches("[data-item]")) continue;
    const place = item.querySelector(":scope > h3, :scope > td:last-child") ?? item;
    if (!place.querySelector(":scope > .item-tools")) place.append(fresh("tools"));
  }
};

const add = (name, near) => {
  const list = near.parentElement.querySelector(`[data-list="${name}"]`) ?? near.previousElementSibling;
  const start = media()?.currentTime ?? 0;
  const item = fill(fresh(name), { text: "", start, ...(name === "topics" ? { title: "", points: [] } : {}), ...(name === "action_items" ? { who: null, by_when: null, done: false } : {}) });
  if (name === "topics") delete items.get(item).text;
  list.append(item);
  mark();
  fieldsOf(item).find((field) => field.type !== "checkbox").focus();
};

const ACTS = {
  up: (item) => item.previousElementSibling?.before(item),
  down: (item) => item.nextElementSibling?.after(item),
  drop: (item) => item.remove(),
};

document.addEventListener("click", (event) => {
  const clicked = event.target.closest?.("#minutes button");
  if (!clicked) return;
  if (clicked.id === "edit-minutes") {
    clicked.setAttribute("aria-pressed", String(!edits()));
    document.getElementById("minutes").classList.toggle("is-edited", edits());
    open(document.getElementById("minutes-body"));
    if (!edits()) keep();
  } else if (clicked.id === "undo-minutes") {
    const before = past.pop();
    if (before) { show(before); change({ minutes: before }); }
    clicked.disabled = !past.length;
  } else if (clicked.id === "copy-minutes") copy(clicked);
  else if (clicked.dataset.add) add(clicked.dataset.add, clicked);
  else if (clicked.dataset.do) {
    ACTS[clicked.dataset.do](clicked.closest("[data-item]"));
    keep();
    clicked.focus();
  }
}, true);
let soon = 0;
document.addEventListener("input", (event) => {
  const field = event.target.closest?.("#minutes [data-field]");
  if (!field || !record) return;
  field.dataset.touched = "1";
  if (field.type === "checkbox") field.closest("[data-item]").classList.toggle("is-done-item", field.checked);
  clearTimeout(soon);
  soon = setTimeout(keep, field.type === "checkbox" ? 0 : 500);
});
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("#minutes [data-field][contenteditable]");
  if (field && (event.key === "Enter" || event.key === "Escape")) { event.preventDefault(); field.blur(); }
});
document.addEventListener("focusin", (event) => {
  const field = event.target;
  if (field.matches?.('[data-optional][contenteditable]') && field.textContent === NOTHING) field.textContent = "";
});
document.addEventListener("focusout", (event) => {
  const field = event.target;
  if (!field.matches?.("#minutes [data-field][contenteditable]")) return;
  clearTimeout(soon);
  if (record) keep();
  if (field.dataset.optional !== undefined && !field.textContent.trim()) field.textContent = NOTHING;
});

document.addEventListener("lines:loaded", ({ detail }) => {
  if (!detail.minutes || !body()) return;
  record = detail.minutes;
  bind(body(), record);
});

/** Copy as people paste it: headings, lists and a table for mail, plain text for the rest. */
const copy = async (clicked) => {
  const text = document.createElement("div");
  text.append(document.getElementById("minutes-title").cloneNode(true), body().cloneNode(true));
  text.querySelectorAll("button, input, template, .item-tools, .js-only, [data-empty]").forEach((node) => node.remove());
  for (const link of text.querySelectorAll("a")) link.replaceWith(link.classList.contains("at") ? `[${link.textContent}] ` : link.textContent);
  for (const node of text.querySelectorAll("*")) for (const { name } of [...node.attributes]) node.removeAttribute(name);
  const lines = [...text.querySelectorAll("h2, h3, li, tr")].map((node) =>
    node.matches("tr") ? [...node.children].map((cell) => cell.textContent.trim()).join(" | ") : (node.matches("li") ? "• " : "\n") + node.textContent.trim());
  const plain = lines.join("\n").trim();
  try {
    await navigator.clipboard.write([new ClipboardItem({
      "text/html": new Blob([text.innerHTML], { type: "text/html" }),
      "text/plain": new Blob([plain], { type: "text/plain" }),
    })]);
  } catch { await navigator.clipboard?.writeText(plain); }
  document.getElementById("announcer").textContent = clicked.dataset.copied;
  clicked.classList.add("is-copied");
  setTimeout(() => clicked.classList.remove("is-copied"), 1500);
};
