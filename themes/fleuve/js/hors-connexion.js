// Service worker: pages that were read can be read again without a connection. Loaded by /sw.js, which the site's build writes
// with `self.fleuve`: base path, version, offline pages, files of the theme. Nothing leaves the device but the requests of the reader.
"use strict";

const { base, version, pages, files } = self.fleuve;
const SITE = `fleuve:${base}:${version}`; // offline pages and theme: replaced as a whole by a new version
const READ = `fleuve:${base}:lues`; // pages read, the least recent first
const DATA = `fleuve:${base}:donnees`; // what the filters of the news and the search have read (docs/newsroom-filter.md, docs/search-index.md)
const MAX_DATA = 1000; // files, of some kilobytes each; they are counted once in a while
const SOME_DATA = 100;
const MAX_PAGES = 40;
const MAX_BYTES = 6e6;
const MAX_AGE = 30 * 864e5; // milliseconds: older copies would mislead
const PATIENCE = 4000; // milliseconds given to a slow line before a kept copy is shown
const served = new Map(); // client → when the copy that it shows was kept

addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(SITE).then((cache) => cache.addAll([...pages, ...files].map((url) => new Request(url, { cache: "reload" })))),
  );
  skipWaiting();
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith(`fleuve:${base}:`) && ![SITE, READ, DATA].includes(name)) await caches.delete(name);
      await trim(await caches.open(READ));
      await trimData();
      await clients.claim();
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith(base)) return;
  if (request.mode === "navigate") event.respondWith(page(event, keyOf(url)));
  else if (url.searchParams.has("v") && /^(?:style|script|worker|image|font)$/.test(request.destination)) event.respondWith(asset(request));
  else if (/\/recherche\/donnees\/|\/search\/donnees\//.test(url.pathname)) event.respondWith(data(event));
});

// A page asks whether it is a kept copy; or, the first time, to be kept itself: it was read before this worker was there.
addEventListener("message", (event) => {
  if (event.data === "copie" && served.has(event.source.id)) event.source.postMessage({ kept: served.get(event.source.id) });
  if (event.data === "garder") event.waitUntil(keepFirst(keyOf(new URL(event.source.url))));
});

// The words of a search are in the query: they are not kept.
function keyOf(url) {
  return url.origin + url.pathname;
}

async function page(event, key) {
  const cache = await caches.open(READ);
  const kept = await recent(cache, key);
  // Asked again even where the host says nothing of caching: else the browser may take an old page for a new one without asking.
  const fresh = fetch(event.request, { cache: "no-cache" }).then((answer) => {
    if (keepable(answer)) event.waitUntil(keep(cache, key, answer.clone()));
    return answer;
  });
  event.waitUntil(fresh.catch(() => {})); // an answer that comes too late is kept for the next time
  try {
    const answer = await (kept ? Promise.race([fresh, new Promise((done) => setTimeout(done, PATIENCE))]) : fresh);
    if (answer) return answer;
  } catch {
    if (!kept) return offlinePage(key);
  }
  served.set(event.resultingClientId, +kept.headers.get("x-fleuve-date"));
  return kept;
}

async function asset(request) {
  const cache = await caches.open(SITE);
  const known = await cache.match(request);
  if (known) return known;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    // A page kept before the theme changed asks for the old style sheet: the new one is better than none.
    return (await cache.match(request, { ignoreSearch: true })) || Response.error();
  }
}

async function data(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(keepData(event.request, answer.clone()));
    return answer;
  } catch {
    return (await caches.match(event.request, { cacheName: DATA })) || Response.error();
  }
}

let keptData = 0;
async function keepData(request, answer) {
  const cache = await caches.open(DATA);
  await cache.delete(request); // so that it comes last
  await cache.put(request, answer);
  if (++keptData % SOME_DATA === 0) await trimData();
}

async function trimData() {
  const cache = await caches.open(DATA);
  for (const key of (await cache.keys()).slice(0, -MAX_DATA)) await cache.delete(key);
}

async function offlinePage(key) {
  const cache = await caches.open(SITE);
  const english = new URL(key).pathname.startsWith(`${base}en/`);
  return (await cache.match(pages[english && pages[1] ? 1 : 0])) || Response.error();
}

// Errors, redirects, files, other origins and pages that their host wants unkept (`build.py serve`) are left out.
function keepable(answer) {
  return (
    answer.ok && answer.type === "basic" && !answer.redirected &&
    /^text\/html/.test(answer.headers.get("content-type")) && !/no-store|private/.test(answer.headers.get("cache-control"))
  );
}

async function keep(cache, key, answer) {
  const body = await answer.blob();
  const headers = { "content-type": "text/html; charset=utf-8", "content-length": body.size, "x-fleuve-date": Date.now() };
  await cache.delete(key); // so that it comes last: the order of a cache is that of what was put
  await cache.put(key, new Response(body, { headers }));
  await trim(cache);
}

async function keepFirst(key) {
  const cache = await caches.open(READ);
  if (await cache.match(key)) return;
  const answer = await fetch(key).catch(() => null);
  if (answer && keepable(answer)) await keep(cache, key, answer);
}

async function recent(cache, key) {
  const kept = await cache.match(key);
  return kept && Date.now() - kept.headers.get("x-fleuve-date") < MAX_AGE ? kept : undefined;
}

async function trim(cache) {
  const keys = (await cache.keys()).reverse();
  let bytes = 0;
  for (const [rank, key] of keys.entries()) {
    const kept = await cache.match(key);
    bytes += kept ? +kept.headers.get("content-length") : 0;
    if (rank >= MAX_PAGES || bytes > MAX_BYTES || !(await recent(cache, key))) await cache.delete(key);
  }
}
