// An upload: one file with its row, sent in pieces by tus, which goes on after a lost connection or a restart, or to the
// bucket where files stand in one (direct.js).

const form = document.getElementById("upload");
const input = document.getElementById("files");
const list = document.getElementById("uploads");
const words = form.dataset;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const language = document.documentElement.lang;

const size = (bytes) => {
  const units = words.units.split(" ");
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) { bytes /= 1000; unit += 1; }
  const digits = unit === 0 || bytes >= 100 ? 0 : 1;
  return `${bytes.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })}\u00a0${units[unit]}`;
};
const PIECE = 8 * 2 ** 20; // bytes; a proxy that takes less is met with an eighth of it, and an eighth of that
const SMALLEST = 2 ** 17;
const RETRIES_MS = [0, 1000, 3000, 5000, 10000, ...Array(40).fill(20000)]; // counted anew when a piece has arrived
const MOST_LOST = 200;
const JSON_ONLY = { Accept: "application/json" };
const token = () => ({ "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
/** What the server itself says; nothing, where somebody else has answered. */
const ours = (text) => { try { return JSON.parse(text).error.message; } catch { return undefined; } };
const message = async (answer) => ours(await answer.text());

/** Return how many seconds a file lasts, if the browser can tell. */
const durationOf = (file) => new Promise((resolve) => {
  const media = document.createElement(file.type.startsWith("audio/") ? "audio" : "video");
  const end = () => { URL.revokeObjectURL(media.src); media.removeAttribute("src"); };
  const tell = (seconds) => { resolve(Number.isFinite(seconds) ? seconds : 0); end(); };
  media.preload = "metadata";
  media.addEventListener("loadedmetadata", () => tell(media.duration), { once: true });
  media.addEventListener("error", () => resolve(0), { once: true });
  setTimeout(() => resolve(0), 3000);
  media.src = URL.createObjectURL(file);
});

const announce = (text) => { document.getElementById("announcer").textContent = text; };

/** Tell whether a file is as it was picked: browsers refuse to read one that was changed, moved or deleted since. */
const readable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);

/** One file on its way: the row that shows it, and the upload that carries it. */
class Upload {
  constructor(file) {
    this.file = file;
    this.row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
    this.part("name").textContent = file.name;
    this.part("size").textContent = size(file.size);
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.part("words").textContent = words.waiting;
    this.part("stop").addEventListener("click", () => this.stop());
    this.part("again").addEventListener("click", () => { this.show("sending"); enqueue(this); });
    list.append(this.row);
    this.done = 0;
    this.measured = durationOf(file).then((seconds) => {
      this.seconds = seconds;
      this.part("duration").hidden = !seconds;
      if (seconds) this.part("duration").textContent = clock(Math.round(seconds));
    });
  }

  part(name) { return this.row.querySelector(`[data-${name}]`); }

  show(state) {
    for (const element of this.row.querySelectorAll("[data-when]")) element.hidden = element.dataset.when !== state;
    this.row.classList.toggle("is-failed", state === "refused");
    this.part("again").hidden = state !== "refused" || this.hopeless;
    if (state === "refused") this.part("stop").querySelector("span").textContent = this.part("stop").dataset.dismiss;
  }

  refuse(error) {
    this.part("error").textContent = error;
    this.show("refused");
    announce(fill(words.failed, { name: this.file.name, error }));
  }

  /** Return why the file need not be sent at all, or "". */
  trouble() {
    this.hopeless = true;
    if (this.file.size > Number(words.maxBytes)) return words.tooLarge;
    if (this.file.size === 0) return words.empty;
    this.hopeless = false;
    return "";
  }

  /** The browser will never read this file again: it has to be picked anew. */
  refuseChanged() {
    this.hopeless = true;
    this.refuse(words.changed);
  }

  stop() {
    this.stopped = true;
    this.ended?.();
    this.upload?.abort(!this.sent).catch(() => {}); // what has arrived is forgotten, if the server hears it
    this.row.remove();
    showTotal();
  }

  /** Wait for room, send, and have a job made of it; resolves when that is done or given up. */
  async send() {
    try {
      await this.measured;
      if (this.stopped) return;
      if (this.seconds > Number(words.maxDurationS)) { this.hopeless = true; this.refuse(words.tooLong); return; }
      const room = await this.patiently(() => fetch(`${words.room}?bytes=${this.file.size}`, { headers: JSON_ONLY }));
      if (!room) return;
      if (!await readable(this.file)) { this.refuseChanged(); return; }
      const direct = words.direct ? await sendToBucket(this) : undefined;
      const address = direct === undefined ? await this.transfer() : direct;
      if (!address) return;
      this.part("words").textContent = words.checking;
      const body = new FormData(form);
      body.delete("files");
      const job = await this.patiently(() => fetch(`${address}/job`, { method: "POST", body, headers: { ...JSON_ONLY, ...token() } }));
      if (job) await this.taken();
    } catch {
      if (!this.stopped) this.refuse(words.connection);
    }
  }

  /** Ask until the queue has room and the connection is there. Nothing: it was refused or stopped. */
  async patiently(ask) {
    for (let lost = 0; !this.stopped;) {
      let answer = null;
      try { answer = await ask(); } catch { lost += 1; }
      if (this.stopped || answer?.ok) return this.stopped ? null : answer;
      const wait = Number(answer?.headers.get("Retry-After"));
      if (answer && !wait) {
        this.hopeless = answer.status === 422 || answer.status === 413;
        this.refuse(await message(answer) ?? words.connection);
        return null;
      }
      if (!answer && lost > MOST_LOST) throw new Error("lost");
      this.part("words").textContent = answer ? fill(words.full, { minutes: Math.max(1, Math.ceil(wait / 60)) }) : words.goesOn;
      await pause(answer ? Math.min(wait, 5) * 1000 : 3000); // whoever leaves the queue makes room before it was foreseen
    }
    return null;
  }

  /** Send the file piece by piece, from where it stopped the last time. Resolves to its address, or nothing. */
  async transfer(piece = PIECE) {
    this.part("words").textContent = words.sending;
    const [address, error] = await new Promise((resolve) => {
      const upload = this.upload = new tus.Upload(this.file, {
        endpoint: words.uploads,
        chunkSize: piece,
        retryDelays: RETRIES_MS,
        headers: { ...JSON_ONLY, ...token() },
        metadata: { filename: this.file.name, filetype: this.file.type },
        removeFingerprintOnSuccess: true,
        onProgress: (done, whole) => { this.part("words").textContent = words.sending; this.progress(done, whole); },
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          const passes = status === 0 || status >= 500 || [409, 423, 429].includes(status);
          if (passes) this.part("words").textContent = words.goesOn;
          if (status === 0) readable(this.file).then((still) => { if (!still) { upload.abort(true).catch(() => {}); resolve([null, error]); } });
          return passes;
        },
        onSuccess: () => resolve([upload.url, null]),
        onError: (error) => resolve([null, error]),
      });
      this.ended = () => resolve([null, null]);
      upload.findPreviousUploads().then(([before]) => {
        if (this.stopped) return;
        if (before) upload.resumeFromPreviousUpload(before);
        upload.start();
      });
    });
    if (this.stopped || !error) return this.stopped ? null : address;
    if (!await readable(this.file)) { this.refuseChanged(); return null; }
    const status = error.originalResponse?.getStatus() ?? 0;
    const said = ours(error.originalResponse?.getBody());
    if (status === 413 && !said && piece > SMALLEST) return this.transfer(piece / 8); // a proxy, not we
    this.hopeless = status === 422 || (status === 413 && Boolean(said));
    this.refuse(said ?? (status === 413 ? words.proxy : words.connection));
    return null;
  }

  progress(done, whole) {
    this.done = done;
    this.bar.value = Math.floor((1000 * done) / whole);
    this.part("percent").textContent = (Math.floor((100 * done) / whole) / 100).toLocaleString(language, { style: "percent" });
    this.part("amount").textContent = fill(words.progress, { done: size(done), whole: size(whole) });
    if (done === whole) this.part("words").textContent = words.checking;
    showTotal();
  }

  async taken() {
    this.sent = true;
    this.forget?.();
    announce(fill(words.sent, { name: this.file.name }));
    const shown = htmx.ajax("GET", document.getElementById("live").dataset.poll, { source: list, swap: "none" });
    await shown.catch(() => {}); // the recording is taken: where its row does not come now, the stream or the next poll brings it
    this.row.remove();
    showTotal();
  }
}
