// The microphone as packets of samples, for the page /live.

/** Say in a word why there is no microphone: a name of the page's own texts. */
export const reasonWithout = (error) => {
  if (!window.isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return "unsupported";
  return { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", NotReadableError: "busy" }[error?.name];
};

export class Microphone {
  /** Ask for the microphone; rejects with the browser's own error. packet(samples, loudness) gets what it hears. */
  static async open(worklet, packet, lost) {
    const media = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: true },
    });
    const microphone = new Microphone();
    try {
      await microphone.listen(media, worklet, packet);
    } catch (error) {
      microphone.close();
      throw error;
    }
    media.getAudioTracks()[0].addEventListener("ended", lost);
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

  /** Hand on what is there, then let the microphone go. */
  async close() {
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
