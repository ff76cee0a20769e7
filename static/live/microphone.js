// What is heard, from one source or several mixed together, as packets of samples for the page /live.

import { closeSources, openSources } from "./sources.js";

/** Say in a word why there is no microphone: a name of the page's own texts. */
export const reasonWithout = (error) => {
  if (!window.isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return "unsupported";
  return { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", NotReadableError: "busy", NotStarted: "asleep", NoSound: "soundless", InvalidStateError: "again" }[error?.name];
};

const STARTS_MS = 15000; // a context that the system holds, or a worklet that never comes, says nothing

const withinTime = (work) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(Object.assign(new Error(), { name: "NotStarted" })), STARTS_MS); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

export class Microphone {
  /**
   * Ask for what was chosen; rejects with the browser's own error. packet(samples, loudness) gets what is heard,
   * lost(name, left) that a source has gone away, and how many are left.
   */
  static async open(chosen, worklet, packet, lost) {
    const sources = await openSources(chosen);
    const microphone = new Microphone();
    try {
      await withinTime(microphone.listen(sources, worklet, packet));
    } catch (error) {
      microphone.close();
      throw error;
    }
    for (const [name, media] of Object.entries(sources)) {
      media.getAudioTracks()[0].addEventListener("ended", () => {
        delete sources[name];
        lost(name, Object.keys(sources).length);
      });
    }
    microphone.context.addEventListener("statechange", () => {
      if (microphone.context.state === "closed" && !microphone.closing) lost(Object.keys(sources)[0], 0);
    });
    return microphone;
  }

  async listen(sources, worklet, packet) {
    this.sources = sources;
    const connected = () => Object.values(sources).map((media) => this.context.createMediaStreamSource(new MediaStream(media.getAudioTracks())));
    this.context = new AudioContext({ sampleRate: 16000 });
    let heard;
    try {
      heard = connected();
    } catch { // Firefox takes a microphone at its own rate only
      await this.context.close();
      this.context = new AudioContext();
      heard = connected();
    }
    await this.context.audioWorklet.addModule(worklet);
    this.node = new AudioWorkletNode(this.context, "packets", { numberOfOutputs: 0 });
    this.node.port.onmessage = ({ data }) => {
      if (data.last) this.drained();
      else packet(data.samples, data.loudness);
    };
    for (const source of heard) source.connect(this.node); // an input adds up all that is connected to it
    await this.context.resume();
  }

  get sampleRate() { return this.context.sampleRate; }

  /** Ask a context that the system has put to sleep (a call, a closed lid) to go on. */
  wake() { if (this.context.state !== "closed") this.context.resume().catch(() => {}); }

  /** Hand on what is there, then let the microphone go. */
  async close() {
    this.closing = true;
    if (this.node) {
      await new Promise((resolve) => {
        this.drained = resolve;
        this.node.port.postMessage("last");
        setTimeout(resolve, 500); // a context that the system has put to sleep does not answer
      });
    }
    closeSources(this.sources);
    if (this.context.state !== "closed") await this.context.close();
  }
}
