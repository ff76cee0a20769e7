// The page /live: start and stop, the level, the text as it settles, and what may be done with it at the end.

import { maySleep, stayAwake } from "./awake.js";
import { chosen } from "./choice.js";
import { Correcting } from "./correcting.js";
import { level, still } from "./level.js";
import { Microphone, reasonWithout } from "./microphone.js";
import { Stream } from "./stream.js";

const page = document.getElementById("listen");
const words = page.dataset;
const part = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const clock = (s) => [Math.floor(s / 3600), Math.floor(s / 60) % 60, Math.floor(s) % 60]
  .filter((n, i) => i || n).map((n, i) => (i ? String(n).padStart(2, "0") : n)).join(":");
const LOST_TELL_S = 2; // a shorter break is not told
const LAG_S = 5;
const STOPPED_MS = 3000; // without a packet, be it of silence
const SILENT = 0.002; // root mean square; -54 dB
const SILENT_S = { never: 8, before: 60 }; // after which it is told: no sound at all yet; none for long, after there was some

let microphone = null;
let stream = null;
let until = 0; // the next try, after a lost connection
let lostAt = 0;
let refusal = "";
let line = null; // the place in the line, while all of the server's are taken
let warning = "";
let lag = 0;
let silentSince = 0;
let packetAt = 0; // when the microphone gave something last, silence too
let isLost = ""; // why nothing is heard any more, where that came by itself
let soundedEver = false;
let lastSpeaker = null;

const correcting = new Correcting(part("correct"), () => stream?.recording ?? "");

// --- What is shown

const show = (state) => {
  page.dataset.state = state;
  for (const element of page.querySelectorAll("[data-when]")) {
    element.hidden = !element.dataset.when.split(" ").includes(state);
  }
};

const complain = (text) => {
  part("trouble-words").textContent = text;
  part("trouble").hidden = !text;
};

const say = (text, isTrouble = false) => {
  const state = part("state");
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("is-limited", isTrouble);
};

/** Say where things stand, the most urgent of it. */
const report = () => {
  const state = page.dataset.state;
  if (!stream || state === "done") return;
  const s = Math.max(1, Math.ceil((until - Date.now()) / 1000));
  const hasStopped = state === "running" && Date.now() - packetAt > STOPPED_MS;
  if (hasStopped) {
    microphone?.wake();
    say(words.stopped, true);
  } else if (lostAt && refusal) say(fill(words.full, { reason: refusal, s }), true);
  else if (lostAt && Date.now() - lostAt > LOST_TELL_S * 1000) say(fill(words.lost, { s: Math.round(stream.waiting_s) }), true);
  else if (line) say(fill(words.line, { place: line.place, s: line.expected_s }), true);
  else if (warning) say(warning, true);
  else if (state === "finishing") say(words.finishing);
  else if (!stream.recording && !stream.ready) say(words.connecting);
  else if (silentSince && Date.now() - silentSince > SILENT_S[soundedEver ? "before" : "never"] * 1000) say(words.silent, true);
  else if (lag) say(fill(words.lag, { s: lag }));
  else say(words.listening);
};

const nearEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 160;
const settled = part("settled");
const unsettled = part("unsettled");

const partial = ({ start, text, settled: sure }) => {
  const follow = nearEnd();
  part("partial").hidden = !text;
  part("partial-at").textContent = clock(start);
  settled.textContent = sure;
  unsettled.textContent = text.slice(sure.length);
  if (follow && text) scrollTo({ top: document.documentElement.scrollHeight });
};

/** Say who speaks where that changes: "Speaker 2", in the language of the page. */
const tellSpeaker = (row, speaker) => {
  const number = Number(speaker?.match(/\d+$/)?.[0]);
  if (!number) return;
  row.classList.add(`speaker-${(number - 1) % 8}`);
  const who = row.querySelector(".who");
  who.textContent = fill(words.speaker, { n: number });
  who.hidden = speaker === lastSpeaker;
  lastSpeaker = speaker;
};

const final = ({ start, text, doubtful, speaker, language: spoken }) => {
  const follow = nearEnd();
  const row = part("final").content.firstElementChild.cloneNode(true);
  row.querySelector(".at").textContent = clock(start);
  row.querySelector("[data-text]").textContent = text;
  row.querySelector("button").hidden = !stream.recording;
  correcting.offer(row, start);
  row.querySelector(".badge").hidden = !doubtful;
  tellSpeaker(row, speaker);
  if (doubtful) row.classList.add("doubtful");
  if (spoken) row.lang = spoken;
  part("said").append(row);
  part("nothing").hidden = true;
  partial({ start: 0, text: "", settled: "" });
  if (follow) scrollTo({ top: document.documentElement.scrollHeight });
};

// --- What the server says

const hear = (what, detail) => {
  line = what === "waiting" ? detail : null;
  if (what === "waiting" || what === "ready") { lostAt = 0; refusal = ""; }
  if (what === "ready") { part("engine").textContent = fill(words.engine, { engine: detail.engine }); }
  if (what === "partial") partial(detail);
  if (what === "final") final(detail);
  if (stream.waiting_s < LAG_S) lag = 0; // the server tells when it falls behind, not when it has caught up
  if (what === "lag") lag = Math.round(detail.seconds);
  if (what === "warning") warning = detail.message;
  if (what === "lost") {
    lostAt ||= Date.now();
    until = detail.until;
    refusal = detail.refusal?.retry_after_s ? detail.refusal.message : "";
    if (detail.refusal?.code === "too_long") {
      complain(detail.refusal.message);
      stop(); // what is not heard yet goes to the next connection
    }
  }
  if (what === "failed") fail(detail?.message ?? words.barred);
  if (what === "end") finished();
  report();
};

/** Give up, and say how much of what was said nobody has. */
const fail = (reason) => {
  const s = Math.round(stream.waiting_s);
  finished();
  complain(s ? `${reason} ${fill(words.unsent, { s })}` : reason);
};

const finished = () => {
  release();
  partial({ start: 0, text: "", settled: "" });
  const { recording } = stream;
  const kept = recording && stream.seconds > 0;
  if (kept) {
    for (const form of part("after").querySelectorAll("form")) form.action = form.dataset.action.replace("RECORDING", recording);
    for (const link of part("after").querySelectorAll("a[data-href]")) link.href = link.dataset.href.replace("RECORDING", recording);
    const when = new Date().toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
    part("name").value = fill(words.name, { when });
    part("spoken").value = part("language").value;
  }
  const anything = part("said").children.length > 0;
  part("nothing").hidden = anything;
  part("nothing-words").textContent = words.nothing;
  show(kept ? "done" : "idle");
  say(anything ? words.done : "");
  if (isLost) complain(isLost);
  else if (anything && !kept) complain(warning);
  if (kept) part("make").focus();
};

// --- Start and stop

const release = async () => {
  const open = microphone;
  microphone = null;
  maySleep();
  await open?.close();
  still(); // what came out last has moved it once more
};

const start = async () => {
  complain("");
  stream = null;
  lostAt = silentSince = lag = 0;
  packetAt = Date.now();
  isLost = "";
  refusal = warning = "";
  soundedEver = false;
  lastSpeaker = null;
  part("said").replaceChildren();
  show("starting");
  say(words.asking);
  const early = []; // what is said before the stream is there
  try {
    microphone = await Microphone.open(chosen(), words.worklet, (samples, loudness) => {
      packetAt = Date.now();
      if (stream) stream.add(samples); else early.push(samples);
      level(loudness);
      soundedEver ||= loudness > SILENT;
      silentSince = loudness > SILENT ? 0 : silentSince || Date.now();
      part("timer").textContent = clock(stream?.seconds ?? 0);
    }, away);
  } catch (error) {
    show("idle");
    say("");
    complain(words[reasonWithout(error)] ?? fill(words.broken, { error: error.message }));
    return;
  }
  const url = new URL(words.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  show("running");
  stream = new Stream(url, {
    sample_rate: microphone.sampleRate, channels: 1, format: "s16le", mode: "live", keep: true, language: part("language").value,
    speakers: part("speakers")?.checked ?? false,
  }, hear);
  early.forEach((samples) => stream.add(samples));
  part("nothing-words").textContent = words.speak;
  report();
  part("stop").focus();
  if (microphone) stayAwake();
};

/** A source has gone away by itself: with another left it goes on. */
const away = (name, left) => {
  if (page.dataset.state !== "running") return;
  if (left) {
    complain(name === "tab" ? words.unshared : words.onlyTab);
    return;
  }
  isLost = name === "tab" ? words.ended : words.unplugged;
  stop();
};

const stop = async () => {
  if (page.dataset.state !== "running") return;
  show("finishing");
  await release();
  stream.finish();
  report();
};

part("start").addEventListener("click", start);
part("after").addEventListener("submit", async (event) => { // minutes are made of what was corrected
  if (!correcting.unsent.size || !event.target.classList.contains("after-form")) return;
  event.preventDefault();
  if (await correcting.send()) event.target.submit();
  else complain(words.unsaved);
});
part("stop").addEventListener("click", stop);
part("give-up").addEventListener("click", () => { stream.end(); fail(""); });
setInterval(report, 500);
window.addEventListener("beforeunload", (event) => {
  if (["running", "finishing"].includes(page.dataset.state)) event.preventDefault();
});

show("idle");
const without = reasonWithout();
if (without) {
  complain(words[without]);
  part("start").disabled = true;
}
