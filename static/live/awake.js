// Keeps the screen on while somebody speaks: a phone that sleeps hears nothing.

let lock = null;
let wanted = false;

const take = async () => {
  if (!wanted || document.visibilityState !== "visible") return;
  lock = await navigator.wakeLock?.request("screen").catch(() => null);
  if (!wanted) lock?.release();
};

export const stayAwake = () => {
  wanted = true;
  take();
};

export const maySleep = () => {
  wanted = false;
  lock?.release();
  lock = null;
};

document.addEventListener("visibilitychange", take); // a lock ends whenever the page is out of sight
