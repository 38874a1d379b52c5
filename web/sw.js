// The service worker: keeps the app's files, so that it opens without a network. Answers of the
// API are never kept here; the app itself keeps the day it showed last.
importScripts("/web/sw_push.js");

/** Another name whenever files of two versions do not go together: all are then fetched anew. */
const CACHE = "habits-shell-v2";
const LIST = "/web/files.json";

/** @returns {Promise<void>} */
async function keepAllFiles() {
  const files = await (await fetch(LIST, { cache: "no-cache" })).json();
  const names = Object.keys(files).filter((name) => /^(src|vendor)\/|^(style\.css|app\.webmanifest)$|^icons\/icon/.test(name));
  const cache = await caches.open(CACHE);
  await cache.addAll(["/", ...names.map((name) => `/web/${name}`)].map((url) => new Request(url, { cache: "no-cache" })));
}

self.addEventListener("install", (event) => {
  event.waitUntil(keepAllFiles().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === location.origin && (url.pathname === "/" || url.pathname.startsWith("/web/"));
  if (event.request.method !== "GET" || !ours || url.pathname === LIST) return;
  event.respondWith(keptOrFresh(event.request, url.pathname));
});

/**
 * The kept file at once, while a newer one is fetched for the next time; from the network when none is kept.
 * @param {Request} request
 * @param {string} path
 */
async function keptOrFresh(request, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  const fresh = fetch(request).then((answer) => {
    if (answer.ok) void cache.put(path, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  fresh.catch(() => undefined);
  return kept;
}
