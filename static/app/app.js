// Has the browser keep the offline page, in the language that the pages have now.

{
  const address = document.currentScript.dataset.worker;
  const language = document.documentElement.lang;
  const known = () => { try { return localStorage.getItem("offline"); } catch { return language; } };
  const note = () => { try { localStorage.setItem("offline", language); } catch { /* private mode */ } };
  navigator.serviceWorker?.register(address).then(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (known() !== language) active.postMessage("keep");
    note();
  }).catch(() => {}); // a browser that wants none does without
}
