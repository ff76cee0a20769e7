// The microphone as packets of samples, for the page /live.

/** Say in a word why there is no microphone: a name of the page's own texts. */
export const reasonWithout = (error) => {
  if (!window.isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return "unsupported";
  return { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", NotReadableError: "busy", NotStarted: "asleep" }[error?.name];
};

const STARTS_MS = 15000; // a context that the system holds, or a worklet that never comes, says nothing

const withinTime = (work) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(Object.assign(new Error(), { name: "NotStarted" })), STARTS_MS); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

export class Microphone {
  /** Ask for the microphone; rejects with the browser's own error. packet(samples, loudness) gets what it hears. */
  static async open(worklet, packet, lost) {
    const media = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: true },
    });
    const microphone = new Microphone();
    try {
      await withinTime(microphone.listen(media, worklet, packet));
    } catch (error) {
      microphone.close();
      throw error;
    }
    media.getAudioTracks()[0].addEventListener("ended", lost);
    microphone.context.addEventListener("statechange", () => { if (microphone.context.state === "closed" && !microphone.closing) lost(); });
    return microphone;
  }

  async listen(media, worklet, packet) {
    this.media = media;
    this.context = new AudioContext({ sampleRate: 16000 });
    let source;
    try {
      source = this.context.createMediaStreamSource(media);
    } catch { // Firefox takes a microphone at its own rate only
      await this.context.close();
      this.context = new AudioContext();
      source = this.context.createMediaStreamSource(media);
    }
    await this.context.audioWorklet.addModule(worklet);
    this.node = new AudioWorkletNode(this.context, "packets", { numberOfOutputs: 0 });
    this.node.port.onmessage = ({ data }) => {
      if (data.last) this.drained();
      else packet(data.samples, data.loudness);
    };
    source.connect(this.node);
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
    for (const track of this.media.getTracks()) track.stop();
    if (this.context.state !== "closed") await this.context.close();
  }
}
