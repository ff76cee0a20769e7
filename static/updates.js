// Pages that renew themselves: server-sent fragments, polling where there is no stream, ticking times, announcements.

let live = document.getElementById("live");
const announcer = document.getElementById("announcer");
const notice = document.getElementById("notice");

// What the visitor has opened stays open when its row is renewed, what he listens to plays on, though there is a smaller
// file of it by now, and results that are the same stay as he has them.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
  !(name === "open" && node.tagName === "DETAILS") && !(name === "src" && (node.currentTime > 0 || node.paused === false));
Idiomorph.defaults.callbacks.beforeNodeMorphed = (node, fresh) =>
  !(node.dataset?.stamp && node.dataset.stamp === fresh.dataset?.stamp) && !(node.tagName === "DIALOG" && node.open);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// --- No stream (too many pages open, a proxy in between): ask every few seconds.

let polling = 0;
const poll = () => htmx.ajax("GET", live.dataset.poll, live.dataset.select
  ? { source: live, target: live.dataset.select, select: live.dataset.select, swap: "morph" }
  : { source: live, swap: "none" });
const pollEvery = (ms) => { clearInterval(polling); polling = ms && setInterval(poll, ms); };
const refresh = document.getElementById("refresh"); // for whoever does not want to wait for the next poll
refresh?.addEventListener("click", poll);
const isLive = (yes) => { if (refresh) refresh.hidden = yes; };
document.addEventListener("htmx:sseError", () => { isLive(false); if (!polling) pollEvery(5000); });
document.addEventListener("htmx:sseOpen", (event) => {
  isLive(true);
  stream = event.detail.source;
  pollEvery(0);
  if (document.hidden) hide(); // opened in another tab, and not looked at yet
});

// A recording that is done and was not worked on since is not drawn anew: somebody may be writing in it.
const ended = (row) => row && !["queued", "running", "stopping"].includes(row.dataset.state);
document.addEventListener("htmx:beforeSwap", (event) => {
  const shown = document.getElementById("results");
  if (event.detail.target?.id !== "main" || !shown || !ended(document.querySelector("[data-tell]"))) return;
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const same = page.getElementById("results")?.dataset.stamp === shown.dataset.stamp;
  if (same && ended(page.querySelector("[data-tell]"))) event.detail.shouldSwap = false;
});

// --- A stream that is open and says nothing while work goes on: a proxy may hold back what it says.

const QUIET_MS = 15000;
let heardAt = Date.now();
document.addEventListener("htmx:sseMessage", () => { heardAt = Date.now(); });
setInterval(() => {
  if (polling || document.hidden || !live || Date.now() - heardAt < QUIET_MS) return;
  if (live.dataset.select && ended(document.querySelector("[data-tell]"))) return;
  heardAt = Date.now();
  poll();
}, 1000);

// --- IDs are copied with one click; without HTTPS browsers have the old way only.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    const shown = button.parentElement.querySelector("code, input");
    if (shown.select) shown.select();
    else getSelection().selectAllChildren(shown);
    document.execCommand("copy");
  }
  announcer.textContent = button.dataset.copied;
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), 1500);
});

// --- A hidden page gives its stream back: a browser opens only six connections to a server, for all its tabs.

let stream = null;
let hiding = 0;
const leave = () => { stream?.close(); stream = null; pollEvery(20000); };
const comeBack = () => {
  if (stream || !live.isConnected) return;
  const fresh = live.cloneNode();
  live.replaceWith(fresh);
  live = fresh;
  htmx.process(live);
};
const hide = () => { clearTimeout(hiding); hiding = setTimeout(leave, 15000); };
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return hide();
  clearTimeout(hiding);
  comeBack();
});

// --- Elapsed times run on between two fragments.

const clock = (s) => {
  const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const [hours, ...rest] = parts;
  return (hours ? [hours, ...rest] : rest).map((n, i) => (i ? String(n).padStart(2, "0") : n)).join(":");
};
setInterval(() => {
  for (const time of document.querySelectorAll("[data-elapsed]")) {
    time.dataset.elapsed = Number(time.dataset.elapsed) + 1;
    time.textContent = clock(Number(time.dataset.elapsed));
  }
}, 1000);

// --- Tell a screen reader what changed: a state or a stage, not every per cent.

const told = new Map();
const tell = (aloud) => {
  for (const row of document.querySelectorAll("[data-tell]")) {
    const state = `${row.dataset.state} ${row.dataset.stage}`;
    if (aloud && told.get(row.id) !== state) announcer.textContent = row.dataset.tell;
    told.set(row.id, state);
  }
};
tell(false);

// --- The tab's title says how far the work is, for those who look at another one meanwhile.

const title = document.title;
const entitle = () => {
  const share = document.querySelector(".is-running .percent")?.textContent;
  document.title = share ? `${share} · ${title}` : title;
};
entitle();
for (const renewed of ["htmx:sseMessage", "htmx:afterSettle", "htmx:oobAfterSwap"]) {
  document.addEventListener(renewed, () => { tell(true); entitle(); });
}

// --- What went wrong with an action, in the server's words.

let saying = 0;
const say = (message) => {
  notice.textContent = message;
  notice.hidden = false;
  clearTimeout(saying);
  saying = setTimeout(() => { notice.hidden = true; }, 8000);
};
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.elt === live) return;
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  say(page.querySelector("[data-message]")?.textContent ?? String(event.detail.xhr.status));
});

// --- Ask before something is deleted, in the page and not in the browser's box.

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const dialog = document.getElementById("confirm");
  dialog.querySelector("#confirm-question").textContent = event.detail.question;
  dialog.querySelector("#confirm-yes").textContent = event.target.dataset.confirmButton;
  dialog.returnValue = "no";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") event.detail.issueRequest(true);
  }, { once: true });
  dialog.showModal();
});

// --- One menu at a time; a click elsewhere or Escape closes it.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.more[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
