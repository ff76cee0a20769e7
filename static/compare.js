// The sound before and after at the same position: one click switches, the waveforms show where we are.

const takes = () => [...document.querySelectorAll("[data-take]")].map((take) => ({
  key: take.dataset.take,
  audio: take.querySelector("audio"),
  button: take.querySelector("button"),
  box: take.querySelector(".wave-box"),
}));

let chosen = "";

/** Go on with one of the two where the other is; `at`: seconds to go to instead. */
const choose = (key, at) => {
  const all = takes();
  const from = all.find((take) => take.key === chosen);
  const to = all.find((take) => take.key === key);
  const playing = !from.audio.paused;
  const moment = at ?? from.audio.currentTime;
  if (from !== to) from.audio.pause();
  chosen = key;
  if (from !== to || at !== undefined) to.audio.currentTime = moment;
  if (playing) to.audio.play();
  for (const take of all) {
    take.button.setAttribute("aria-pressed", String(take.key === key));
    take.audio.hidden = take.key !== key;
  }
};

const show = () => {
  const { audio } = takes().find((take) => take.key === chosen);
  const share = audio.duration ? (100 * audio.currentTime) / audio.duration : 0;
  for (const { box } of takes()) box.querySelector(".cursor").style.left = `${share}%`;
};

document.addEventListener("click", (event) => {
  const take = event.target.closest?.("[data-take]");
  if (!take) return;
  const box = event.target.closest(".wave-box");
  if (box) {
    const { left, width } = box.getBoundingClientRect();
    const { audio } = takes().find(({ key }) => key === chosen);
    choose(take.dataset.take, ((event.clientX - left) / width) * (audio.duration || 0));
  } else if (event.target.closest("button")) choose(take.dataset.take);
  show();
});
document.addEventListener("timeupdate", (event) => { if (event.target.matches("audio")) show(); }, true);
document.addEventListener("play", (event) => {
  const key = event.target.id?.replace("audio-", "");
  if (key && key !== chosen && event.target.matches(".take audio")) choose(key, event.target.currentTime);
}, true);

const ready = () => {
  const all = takes();
  if (!all.length) return;
  if (!all.some(({ key }) => key === chosen)) chosen = all.at(-1).key;
  choose(chosen);
};
ready();
document.addEventListener("htmx:sseMessage", ready);
