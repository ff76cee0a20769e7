// The service worker: an offline page where the server is not reached, and recordings that are shared to the app.
// No page of anybody's is kept, only the offline page and the files that it shows.

const SHELL = "konspekt-shell";
const SHARED = "konspekt-shared";
const root = new URL("./", self.location).pathname;
const offline = `${root}offline`;
const SHOWN = ["style", "script", "font", "image"]; // what the offline page needs of the server too
const FILES = /(?:src|href)="([^"]+\.(?:css|js|svg|woff2)(?:\?[^"]*)?)"/g;

const keep = async () => {
  const shell = await caches.open(SHELL);
  const page = await fetch(offline, { cache: "no-store" });
  if (!page.ok) return;
  const files = [...(await page.clone().text()).matchAll(FILES)].map(([, address]) => address);
  await shell.put(offline, page);
  await Promise.all(files.map((address) => shell.add(address).catch(() => {}))); // without one it is plainer
};

/** Keep the files that were shared for the start page, which sends them as any others. */
const take = async (request) => {
  const files = (await request.formData()).getAll("files").filter((file) => file.size);
  const shared = await caches.open(SHARED);
  await Promise.all(files.map((file, n) => shared.put(
    `${root}shared/${Date.now()}-${n}`,
    new Response(file, { headers: { "Content-Type": file.type, "X-Name": encodeURIComponent(file.name) } }),
  )));
  return Response.redirect(`${root}?shared`, 303);
};

const reach = async (request) => {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.mode === "navigate" ? offline : request, { cacheName: SHELL });
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("install", (event) => { event.waitUntil(keep().catch(() => {}).then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", ({ data }) => { if (data === "keep") keep().catch(() => {}); });
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === `${root}share`) event.respondWith(take(request));
  else if (request.mode === "navigate" && request.method === "GET") event.respondWith(reach(request));
  else if (request.method === "GET" && SHOWN.includes(request.destination)) event.respondWith(reach(request));
});
