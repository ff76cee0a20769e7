// Recordings that were shared to the app: the service worker has kept them, and the start page sends them.

if (location.search === "?shared" && window.caches) {
  (async () => {
    const kept = await caches.open("konspekt-shared");
    const requests = await kept.keys();
    const files = await Promise.all(requests.map(async (request) => {
      const answer = await kept.match(request);
      const name = decodeURIComponent(answer.headers.get("X-Name"));
      return new File([await answer.blob()], name, { type: answer.headers.get("Content-Type") });
    }));
    history.replaceState(null, "", location.pathname);
    if (files.length) take(files);
    await Promise.all(requests.map((request) => kept.delete(request)));
  })();
}
