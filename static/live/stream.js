// A stream of sound that survives its connections: what is not heard yet is kept, and sent again to the next one.
// The protocol is docs/live.md.

const RETRY_S = [0.5, 1, 2, 4, 8];
const HOPELESS = ["bad_hello", "unsupported_language", "unavailable"]; // another try would end alike, unless it is told when
const NOT_ALLOWED = 1008; // by the server's rules: another try would end alike, but after these
const MAY_GO_ON = ["idle", "too_long"];
const MOST_FAILURES = 3; // of the model, with no word between them
const IN_FLIGHT_BYTES = 2 ** 18;
const STALLED_MS = 20000; // without a byte going out, with some waiting: the connection is lost though it has not been closed
const TICK_MS = 200;

/** tell(what, detail) hears every message of the server by its type, and "lost", "failed". */
export class Stream {
  constructor(url, hello, tell) {
    Object.assign(this, { url, hello, tell });
    this.packets = []; // not heard yet: { at: frames before it, samples }
    this.frames = 0;
    this.heard_s = 0;
    this.recording = null;
    this.failures = 0;
    this.broken = 0;
    this.finishing = this.over = false;
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.online = () => { if (!this.over && !this.ready) this.connect(); };
    this.offline = () => { if (!this.over) this.reconnect(); };
    addEventListener("online", this.online);
    addEventListener("offline", this.offline);
    this.connect();
  }

  get seconds() { return this.frames / this.hello.sample_rate; }
  get waiting_s() { return this.seconds - this.heard_s; }

  add(samples) {
    this.packets.push({ at: this.frames, samples });
    this.frames += samples.length;
    this.pump();
  }

  finish() {
    this.finishing = true;
    this.pump();
  }

  end() {
    this.over = true;
    clearInterval(this.ticking);
    clearTimeout(this.retrying);
    removeEventListener("online", this.online);
    removeEventListener("offline", this.offline);
    this.socket?.close();
  }

  connect() {
    clearTimeout(this.retrying);
    this.ready = this.saidEnd = false;
    this.refusal = null;
    this.from_s = this.heard_s;
    const old = this.socket;
    const socket = this.socket = new WebSocket(this.other ?? this.url);
    const moved = Boolean(this.other);
    this.other = null; // the next try is the proxy's choice again
    old?.close();
    socket.addEventListener("open", () => socket.send(JSON.stringify(
      { ...this.hello, moved, ...(this.recording && { recording: this.recording }), from: this.from_s })));
    socket.addEventListener("message", (event) => { if (socket === this.socket) this.hear(JSON.parse(event.data)); });
    socket.addEventListener("close", ({ code }) => { if (socket === this.socket && !this.over) this.closed(code); });
  }

  /** Do not wait for a connection that is known to be gone: closing it in order could take minutes. */
  reconnect() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.closed();
  }

  hear(message) {
    if (message.type === "ready") {
      this.recording = message.recording ?? this.recording;
      this.ready = true;
      this.failures = 0;
      this.sendFrom(this.from_s);
    } else if (message.type === "error") {
      this.refusal = message;
      return;
    } else {
      this.broken = 0;
    }
    if (message.heard > this.heard_s) this.forget(message.heard);
    if (message.type === "end") this.end();
    this.tell(message.type, message);
  }

  closed(code = 0) {
    clearTimeout(this.retrying);
    const refusal = this.refusal;
    this.ready = false;
    if (refusal?.code === "engine_failed") this.broken += 1;
    const isBarred = code === NOT_ALLOWED && !MAY_GO_ON.includes(refusal?.code);
    const isHopeless = (isBarred || HOPELESS.includes(refusal?.code)) && !refusal?.retry_after_s;
    if (isHopeless || this.broken >= MOST_FAILURES) {
      this.end();
      this.tell("failed", refusal);
      return;
    }
    this.other = refusal?.elsewhere?.find((url) => new URL(url).host === location.host); // others may not be asked
    if (this.other) {
      this.connect();
      return;
    }
    const wait_s = refusal?.retry_after_s ?? RETRY_S[Math.min(this.failures, RETRY_S.length - 1)];
    this.failures += 1;
    this.retrying = setTimeout(() => this.connect(), wait_s * 1000);
    this.tell("lost", { refusal, until: Date.now() + wait_s * 1000 });
  }

  /** Send again, to a new connection, all that comes after a time. */
  sendFrom(from_s) {
    const place = Math.round(from_s * this.hello.sample_rate);
    this.next = this.packets.findIndex(({ at, samples }) => at + samples.length > place);
    if (this.next < 0) this.next = this.packets.length;
    const first = this.packets[this.next];
    if (first && first.at < place) {
      this.socket.send(first.samples.subarray(place - first.at));
      this.next += 1;
    }
    this.pump();
  }

  forget(heard_s) {
    this.heard_s = heard_s;
    const place = Math.floor(heard_s * this.hello.sample_rate);
    let n = 0;
    while (n < this.packets.length && this.packets[n].at + this.packets[n].samples.length <= place) n += 1;
    this.packets.splice(0, n);
    this.next = Math.max(0, this.next - n);
  }

  pump() {
    if (!this.ready) return;
    while (this.next < this.packets.length && this.socket.bufferedAmount < IN_FLIGHT_BYTES) {
      this.socket.send(this.packets[this.next].samples);
      this.next += 1;
    }
    if (this.finishing && !this.saidEnd && this.next === this.packets.length) {
      this.saidEnd = true;
      this.socket.send('{"type": "end"}');
    }
  }

  tick() {
    this.pump();
    const buffered = this.ready ? this.socket.bufferedAmount : 0;
    if (!buffered || buffered < this.buffered) this.movedAt = Date.now();
    this.buffered = buffered;
    if (Date.now() - this.movedAt > STALLED_MS) {
      this.movedAt = Date.now();
      this.reconnect();
    }
  }
}
