// Who speaks: renamed everywhere, so that two who are one become one; from a line on, so that one becomes two; or in one line.

import { apply, finish, written } from "./editing.js";
import { nameOf, passColour } from "./drawing.js";
import { whole } from "./fetching.js";
import { all, keyOf, known, missing, speakersOfPage } from "./lines.js";
import { token } from "./saving.js";

const dialog = () => document.getElementById("speaker");
let asked = null;

const names = () => {
  const elsewhere = missing().length ? speakersOfPage().map(([speaker]) => speaker) : [];
  return [...new Set([...elsewhere, ...all().map((line) => known.get(keyOf(line))?.speaker).filter(Boolean)])];
};

const ask = (line) => {
  const box = dialog();
  if (!box || !known.has(keyOf(line))) return;
  if (written()) finish();
  whole();
  asked = keyOf(line);
  const { speaker } = known.get(asked);
  box.querySelector("datalist").replaceChildren(...names().map((name) => Object.assign(document.createElement("option"), { value: nameOf(name) })));
  box.querySelector("#speaker-name").value = speaker ? nameOf(speaker) : "";
  for (const several of box.querySelectorAll('[value="all"], [value="on"]')) {
    several.disabled = !speaker;
    several.closest("label").querySelector("b").textContent = speaker ? nameOf(speaker) : "";
  }
  box.querySelector(speaker ? '[value="all"]' : '[value="one"]').checked = true;
  const kept = box.querySelector("#speaker-remember");
  if (kept) kept.checked = false;
  box.returnValue = "no";
  box.showModal();
  box.querySelector("#speaker-name").select();
};

/** Call one who speaks by a name in the lines that are chosen; a name that is there already is that speaker. */
const call = (name, chosen) => {
  const id = names().find((one) => nameOf(one) === name) ?? name;
  const lines = {};
  for (const [key, line] of known) if (chosen(line, key)) lines[key] = { ...line, speaker: id };
  const before = new Set(Object.keys(lines).map((key) => known.get(Number(key)).speaker));
  for (const [key, line] of known) if (!lines[key]) before.delete(line.speaker);
  for (const speaker of before) passColour(speaker, id);
  apply(lines);
};

document.addEventListener("click", (event) => {
  const line = event.target.closest?.(".line");
  if (line && (event.target.closest(".who") || event.target.closest("button")?.id === "line-speaker")) ask(line);
});
document.addEventListener("close", async (event) => {
  if (event.target !== dialog() || dialog().returnValue !== "yes" || !(await whole())) return;
  const name = dialog().querySelector("#speaker-name").value.replace(/\s+/g, " ").trim().slice(0, 200) || null;
  const { speaker, start } = known.get(asked);
  const where = speaker ? dialog().querySelector('[name="where"]:checked').value : "one";
  call(name, {
    all: (line) => line.speaker === speaker,
    on: (line) => line.speaker === speaker && line.start >= start,
    one: (_line, key) => key === asked,
  }[where]);
  const box = dialog().querySelector("#speaker-remember");
  if (box?.checked && where === "all" && name) remember(speaker, name);
}, true);

// --- A voice is remembered where a person asks for it

const remember = async (speaker, name) => {
  const told = document.getElementById("voice-kept");
  const form = new FormData();
  for (const [field, value] of Object.entries({ csrf_token: token(), speaker, name })) form.set(field, value);
  [told.hidden, told.textContent] = [false, told.dataset.busy];
  const answer = await fetch(dialog().dataset.voices, { method: "POST", body: form, headers: { Accept: "application/json" } }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  told.textContent = said?.message ?? said?.error?.message ?? said?.detail ?? told.dataset.lost;
};

// --- Names that were said, and are offered

const declined = `konspekt:declined:${location.pathname}`;
const offers = () => [...document.querySelectorAll(".said-names > li")];
const refused = () => { try { return JSON.parse(localStorage.getItem(declined) ?? "[]"); } catch { return []; } };

/** Offer only what is still to be answered: a voice that has a name by now, or whose name was refused here, is left out. */
const settle = () => {
  const spoken = new Set(names());
  for (const offer of offers()) offer.hidden = (known.size > 0 && !spoken.has(offer.dataset.speaker)) || refused().includes(`${offer.dataset.speaker} ${offer.dataset.name}`);
};
document.addEventListener("lines:loaded", settle);
document.addEventListener("lines:changed", settle);
document.addEventListener("submit", async (event) => {
  const offer = event.target.closest?.(".said-names > li");
  if (!offer || !known.size) return; // then the form is sent
  event.preventDefault();
  if (written()) finish();
  if (await whole()) call(offer.dataset.name, (line) => line.speaker === offer.dataset.speaker);
});
document.addEventListener("click", (event) => {
  const offer = event.target.closest?.("[data-no]") && event.target.closest(".said-names > li");
  if (!offer) return;
  try { localStorage.setItem(declined, JSON.stringify([...refused(), `${offer.dataset.speaker} ${offer.dataset.name}`])); } catch { /* private mode: then it is offered again */ }
  offer.hidden = true;
});
