// What /live may hear: the microphone, the sound of a tab or of the screen, or both together.

/** Say whether this browser can share the sound of a tab: phones cannot. */
export const canShare = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

const microphone = (besideOthers) => navigator.mediaDevices.getUserMedia({
  // Beside a shared tab the loudspeaker would be heard a second time, so the browser takes that out.
  audio: { channelCount: 1, echoCancellation: besideOthers, noiseSuppression: true, autoGainControl: true },
});

const stopAll = (streams) => streams.forEach((stream) => stream.getTracks().forEach((track) => track.stop()));

/** Ask for a tab or the screen, with its sound. The picture is thrown away, and is as small as it can be meanwhile. */
const shared = async () => {
  const media = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 1 }, width: { ideal: 16 }, height: { ideal: 16 } },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    systemAudio: "include", selfBrowserSurface: "exclude", surfaceSwitching: "include",
  });
  if (media.getAudioTracks().length) return media;
  stopAll([media]);
  throw Object.assign(new Error(), { name: "NoSound" });
};

/** Give what was chosen ("microphone", "both", "tab") as { name: MediaStream }; rejects with the browser's own error. */
export const openSources = async (chosen) => {
  if (chosen === "microphone") return { microphone: await microphone(false) };
  const tab = await shared(); // first: a browser asks for it only right after a click
  if (chosen === "tab") return { tab };
  try {
    return { tab, microphone: await microphone(true) };
  } catch (error) {
    stopAll([tab]);
    throw error;
  }
};

export const closeSources = (sources) => stopAll(Object.values(sources));
