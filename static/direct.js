// An upload straight into the bucket, where files stand in one: the server says which parts are missing and where each
// is to be put, so a lost connection, a closed browser or another server only costs the parts that were on their way.

const PARALLEL = 3;
const MOST_FAILED = 3; // rounds before any part has arrived: then the bucket is not open to this page
const PREFIX = "konspekt-direct ";
const LASTS_MS = 6 * 3600 * 1000;
const fingerprint = (file) => `${PREFIX}${file.name} ${file.size} ${file.lastModified}`;

/** Return what a closed browser has left, newest or not: {name, address, at}. */
const leftInBucket = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
  .map((key) => JSON.parse(localStorage.getItem(key))).filter((one) => Date.now() - one.at < LASTS_MS);

/** Put one part; resolves to whether it has arrived. */
const putPart = (open, url, part, onProgress) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  open.add(request);
  request.open("PUT", url);
  request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
  request.addEventListener("loadend", () => { open.delete(request); resolve(request.status >= 200 && request.status < 300); });
  request.send(part);
});

/** Put several parts, some at once, until one fails; resolves to how many have arrived, and whether all have. */
const putParts = async (upload, open, parts, arrived) => {
  const queue = [...parts];
  const loaded = new Map();
  let done = 0;
  let well = true;
  const turn = async () => {
    while (well && queue.length && !upload.stopped) {
      const [begin, end, url] = queue.shift();
      const tell = (bytes) => {
        loaded.set(begin, Math.min(bytes, end - begin));
        upload.progress(Math.min(upload.file.size - 1, [...loaded.values()].reduce((sum, one) => sum + one, arrived)), upload.file.size);
      };
      if (await putPart(open, url, upload.file.slice(begin, end), tell)) { done += 1; tell(end - begin); } else well = false;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, turn));
  return [done, well];
};

/** Send a file. Resolves to its address; null: it was stopped or refused; undefined: this page cannot reach the bucket. */
const sendToBucket = async (upload) => {
  const { file } = upload;
  const key = fingerprint(file);
  const open = new Set();
  let { address = "" } = JSON.parse(localStorage.getItem(key) ?? "{}");
  const forget = () => localStorage.removeItem(key);
  const giveUp = () => { forget(); return fetch(address, { method: "DELETE", headers: { ...JSON_ONLY, ...token() } }); };
  upload.forget = forget;
  upload.upload = {
    abort: async (forGood) => { for (const request of open) request.abort(); if (forGood && address) await giveUp(); },
    start: () => {}, // the loop below goes on by itself
  };
  let sent = 0;
  for (let failed = 0; !upload.stopped;) {
    upload.part("words").textContent = failed ? words.goesOn : words.sending;
    if (!address) {
      const body = new URLSearchParams({ name: file.name, bytes: file.size });
      const begun = await upload.patiently(() => fetch(words.direct, { method: "POST", body, headers: { ...JSON_ONLY, ...token() } }));
      if (!begun) return null;
      ({ address } = await begun.json());
      localStorage.setItem(key, JSON.stringify({ name: file.name, address, at: Date.now() }));
    }
    const answer = await upload.patiently(async () => {
      const asked = await fetch(address, { headers: JSON_ONLY });
      if (asked.status >= 500 && !asked.headers.has("Retry-After")) throw new Error("the bucket is away: asked again");
      return asked.status === 404 ? new Response("null") : asked; // it was given up meanwhile
    });
    if (!answer) return null;
    const state = await answer.json();
    if (!state) { address = ""; continue; }
    upload.progress(state.arrived, file.size);
    if (!state.parts.length) return address;
    const [done, well] = await putParts(upload, open, state.parts, state.arrived);
    sent += done;
    failed = well || done ? 0 : failed + 1;
    if (well || upload.stopped) continue;
    if (!await readable(file)) { upload.refuseChanged(); return null; }
    if (!sent && !state.arrived && failed >= MOST_FAILED && navigator.onLine) { await giveUp(); return undefined; }
    if (failed > MOST_LOST) throw new Error("lost");
    upload.part("words").textContent = words.goesOn;
    await pause(3000);
  }
  return null;
};
