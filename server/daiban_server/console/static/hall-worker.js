// The notice screen (公示屏): keeps the last page of the screen with its style and script, and gives them while the server is away.

const KEPT = "hall-1";
const ours = (url) => url.pathname.startsWith("/hall") || url.pathname.startsWith("/static/");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !ours(url)) return;
  event.respondWith(answer(event.request, url));
});

async function answer(request, url) {
  const kept = await caches.open(KEPT);
  const key = url.pathname.startsWith("/hall") ? url.pathname : request.url;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await kept.put(key, fresh.clone());
    else if (fresh.status >= 500) throw new Error(String(fresh.status));
    return fresh;
  } catch (error) {
    const last = await kept.match(key, { ignoreVary: true });
    if (!last) throw error;
    const headers = new Headers(last.headers);
    headers.set("X-Kept", "yes");
    return new Response(last.body, { status: last.status, headers });
  }
}
