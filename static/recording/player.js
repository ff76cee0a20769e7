// The player: plays, seeks, draws the waveform in the speakers' colours, obeys keys, the address and the system.

import { isMissing, lineAt, list, startAfter } from "./lines.js";

export const player = () => document.getElementById("player");
export const media = () => document.getElementById("media");
const part = (id) => document.getElementById(id);

export const clock = (s) => [Math.floor(s / 3600), Math.floor(s / 60) % 60, Math.floor(s) % 60]
  .filter((n, i) => i || n).map((n, i) => (i ? String(n).padStart(2, "0") : n)).join(":");
export const duration = () => Number(player()?.dataset.duration) || media()?.duration || 0;

/** Go to a moment in seconds; play: true to play from there, false to leave it as it is. */
export const seek = (seconds, play = false) => {
  const sound = media();
  if (!sound) return;
  sound.currentTime = Math.min(Math.max(0, seconds), Math.max(0, duration() - 0.05));
  if (play) sound.play().catch(() => {});
  else note();
  show();
};
export const toggle = () => (media().paused ? media().play().catch(() => {}) : media().pause());

/** Keep the place in the address, so that it can be sent and come back to. */
const note = () => {
  const at = Math.round(media().currentTime * 10) / 10;
  if (at > 0) history.replaceState(history.state, "", `#t=${at}`);
};

/** Seconds that an address names: #t=754, or #t12340 as plain links have it. */
export const placeIn = (hash) => {
  const found = /^#t(?:=(\d+(?:\.\d+)?)|(\d+))$/.exec(hash);
  return found && (found[1] ? Number(found[1]) : Number(found[2]) / 1000);
};

// --- What is shown

const PAUSE_S = 1.2; // a silence worth a jump
const LEAD_S = 0.25; // of it stays before the next word

export const show = () => {
  const sound = media();
  const now = sound.currentTime;
  const whole = duration();
  const wave = part("wave");
  // Every frame passes here while it plays: only what changed is written, and what moves is laid out no more.
  wave.querySelector(".cursor").style.translate = `${whole ? Math.min(100, (100 * now) / whole) : 0}%`;
  if (part("now").textContent !== clock(now)) {
    part("now").textContent = clock(now);
    wave.setAttribute("aria-valuenow", Math.floor(now));
    wave.setAttribute("aria-valuetext", clock(now));
  }
  document.dispatchEvent(new CustomEvent("player:moved", { detail: now }));
};

const skipSilence = () => {
  if (part("skip").getAttribute("aria-pressed") !== "true" || media().paused) return;
  const now = media().currentTime;
  const line = lineAt(now);
  const next = startAfter(now);
  if (next !== undefined && now > (line ? Number(line.dataset.end) : 0) && next - now > PAUSE_S) media().currentTime = next - LEAD_S;
};

let frame = 0;
const run = () => {
  frame = 0;
  if (!media() || media().paused) return;
  skipSilence();
  show();
  frame = requestAnimationFrame(run);
};

/** The colour of who speaks at a moment, "" for somebody, null for nobody; of lines that are not here the server has said it. */
const voiceAt = (moment) => {
  const line = lineAt(moment);
  if (isMissing(line)) {
    const voices = list().dataset.voices ?? "";
    const voice = voices[Math.floor((moment / duration()) * voices.length)] ?? " ";
    return voice === " " ? null : voice === "-" ? "" : `speaker-${voice}`;
  }
  return line && Number(line.dataset.end) + 0.3 >= moment ? line.className.match(/speaker-\d/)?.[0] ?? "" : null;
};

/** Draw one bar for about three pixels, each in the colour of who speaks there. */
export const draw = () => {
  const box = part("wave");
  const canvas = box?.querySelector("canvas");
  const peaks = player().dataset.peaks.split(" ").map(Number);
  if (!canvas || peaks.length < 2 || !canvas.clientWidth) return;
  const scale = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const style = getComputedStyle(box);
  const colour = new Map();
  const colourOf = (name) => {
    if (!colour.has(name)) colour.set(name, style.getPropertyValue(name ? `--${name}` : "--green").trim());
    return colour.get(name);
  };
  const loudest = Math.max(...peaks, 0.001);
  const bars = Math.max(1, Math.floor(width / 3));
  for (let bar = 0; bar < bars; bar += 1) {
    const first = Math.floor((bar * peaks.length) / bars);
    const last = Math.max(first + 1, Math.floor(((bar + 1) * peaks.length) / bars));
    const size = Math.max(1.5, (Math.max(...peaks.slice(first, last)) / loudest) * (height - 2));
    const moment = ((bar + 0.5) / bars) * duration();
    const voice = voiceAt(moment);
    pen.fillStyle = voice === null ? style.getPropertyValue("--line").trim() : colourOf(voice);
    pen.beginPath();
    pen.roundRect(bar * 3, (height - size) / 2, 2, size, 1);
    pen.fill();
  }
};

// --- What people do

const SPEEDS = () => [...part("speed").options].map((option) => option.value);
const setSpeed = (value) => {
  part("speed").value = value;
  media().playbackRate = Number(value);
};
const faster = (step) => {
  const speeds = SPEEDS();
  setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, speeds.indexOf(part("speed").value) + step))]);
};

const busy = (target) => target.closest?.("input, textarea, select, button, summary, a, dialog, [contenteditable]:not([contenteditable=false])");
const KEYS = {
  " ": toggle,
  ArrowLeft: () => seek(media().currentTime - 5),
  ArrowRight: () => seek(media().currentTime + 5),
  "[": () => faster(-1),
  "]": () => faster(1),
};
document.addEventListener("keydown", (event) => {
  if (!media() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const act = KEYS[event.key];
  if (!act || (busy(event.target) && event.target.id !== "wave")) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button || !player()?.contains(button)) return;
  if (button.id === "play") toggle();
  else if (button.id === "back") seek(media().currentTime - 5);
  else if (button.id === "forth") seek(media().currentTime + 5);
  else if (button.id === "whole-picture") (media().requestFullscreen ?? media().webkitEnterFullscreen)?.call(media());
  else if (button.ariaPressed) button.ariaPressed = String(button.ariaPressed !== "true");
});
document.addEventListener("change", (event) => { if (event.target.id === "speed") setSpeed(event.target.value); });

const pointed = (event) => {
  const { left, width } = part("wave").getBoundingClientRect();
  seek(((event.clientX - left) / width) * duration());
};
document.addEventListener("pointerdown", (event) => {
  const wave = event.target.closest?.("#wave");
  if (!wave || event.button) return;
  wave.setPointerCapture(event.pointerId);
  pointed(event);
});
document.addEventListener("pointermove", (event) => {
  if (event.target.closest?.("#wave")?.hasPointerCapture(event.pointerId)) pointed(event);
});

// Links to a moment play it, and show its line also where there is no sound: those of the minutes, of a topic, of a line.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#t"]');
  const moment = link && placeIn(link.getAttribute("href"));
  if (moment === null || moment === undefined || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  seek(moment, true);
  history.replaceState(history.state, "", `#t=${moment}`);
  document.dispatchEvent(new CustomEvent("player:jumped", { detail: moment }));
});
/** Go to the moment that the address names. */
export const obeyAddress = () => {
  const moment = placeIn(location.hash);
  if (moment === null) return;
  seek(moment);
  document.dispatchEvent(new CustomEvent("player:jumped", { detail: moment }));
};
addEventListener("hashchange", obeyAddress);

// --- The system's own keys and its card on the lock screen

const announce = () => {
  if (!navigator.mediaSession || !player()) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: player().dataset.title, artist: "Konspekt" });
  const acts = {
    play: toggle, pause: toggle,
    seekbackward: ({ seekOffset }) => seek(media().currentTime - (seekOffset ?? 5)),
    seekforward: ({ seekOffset }) => seek(media().currentTime + (seekOffset ?? 5)),
    seekto: ({ seekTime }) => seek(seekTime),
  };
  for (const [name, act] of Object.entries(acts)) {
    try { navigator.mediaSession.setActionHandler(name, act); } catch { /* not every browser has every one */ }
  }
};
const tellPlace = () => {
  const sound = media();
  if (!navigator.mediaSession?.setPositionState || !sound.duration) return;
  navigator.mediaSession.setPositionState({ duration: sound.duration, playbackRate: sound.playbackRate, position: Math.min(sound.currentTime, sound.duration) });
};

const attached = new WeakSet();
/** Follow a media element; called again where the page was renewed with another. */
export const attach = () => {
  const sound = media();
  if (!sound) return;
  // The browser's own buttons would hide a small picture; over the whole screen they are there. A renewed page has them again.
  if (sound.nodeName === "VIDEO") sound.controls = document.fullscreenElement === sound;
  if (attached.has(sound)) return;
  attached.add(sound);
  if (sound.nodeName === "VIDEO") {
    sound.addEventListener("click", () => { if (!sound.controls) toggle(); });
    sound.addEventListener("fullscreenchange", () => { sound.controls = document.fullscreenElement === sound; });
  }
  const button = part("play");
  const onState = () => {
    player().classList.toggle("plays", !sound.paused);
    button.setAttribute("aria-label", sound.paused ? button.dataset.play : button.dataset.pause);
    if (!frame) run();
    tellPlace();
  };
  sound.addEventListener("play", () => { announce(); onState(); });
  sound.addEventListener("pause", () => { onState(); note(); });
  sound.addEventListener("ended", onState);
  sound.addEventListener("seeked", () => { if (sound.paused) show(); tellPlace(); });
  sound.addEventListener("timeupdate", () => { if (document.hidden) show(); });
  sound.addEventListener("ratechange", () => { part("speed").value = String(sound.playbackRate); });
  // A video that this browser cannot play after all: its sound, at the same place.
  sound.addEventListener("error", () => {
    if (!sound.dataset.sound) return;
    const at = sound.currentTime || placeIn(location.hash) || 0;
    sound.src = sound.dataset.sound;
    delete sound.dataset.sound;
    player().classList.add("without-picture");
    sound.addEventListener("loadedmetadata", () => { sound.currentTime = at; }, { once: true });
  });
  if (sound.readyState) obeyAddress();
  else sound.addEventListener("loadedmetadata", obeyAddress, { once: true });
  show();
};
addEventListener("resize", () => { if (player()) draw(); });
