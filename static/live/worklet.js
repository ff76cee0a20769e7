// Hands on what the microphone hears: packets of 16-bit samples of one channel, each with its loudness.

const PACKETS_PER_S = 16;

class Packets extends AudioWorkletProcessor {
  constructor() {
    super();
    this.begin();
    this.port.onmessage = () => { this.hand(); this.port.postMessage({ last: true }); };
  }

  begin() {
    this.samples = new Int16Array(Math.round(sampleRate / PACKETS_PER_S));
    this.n = 0;
    this.power = 0;
  }

  hand() {
    if (!this.n) return;
    const samples = this.samples.slice(0, this.n);
    this.port.postMessage({ samples, loudness: Math.sqrt(this.power / this.n) }, [samples.buffer]);
    this.begin();
  }

  process([channels]) {
    const frames = channels.length ? channels[0].length : 0;
    for (let i = 0; i < frames; i += 1) {
      let sample = 0;
      for (const channel of channels) sample += channel[i] / channels.length;
      this.power += sample * sample;
      this.samples[this.n] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.n += 1;
      if (this.n === this.samples.length) this.hand();
    }
    return true;
  }
}

registerProcessor("packets", Packets);
