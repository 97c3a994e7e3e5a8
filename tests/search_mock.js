// An engine of the search for the tests of its page: the protocol of js/recherche-moteur.js over two small files, donnees/essai-0.json and -1.json.
// Words are looked for as they are, without accents; a query that has a word of `suite` also needs the second file.
"use strict";
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const words = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const read = async (folder, name) => {
  const answer = await fetch(folder + name);
  if (!answer.ok) throw answer.status;
  return answer.json();
};
const mark = (text, wanted) => text.split(/([\p{L}\p{N}]+)/u).filter(Boolean).map((part) => [part, wanted.some((word) => fold(part).startsWith(word)) ? 1 : 0]);

addEventListener("message", async ({ data: asked }) => {
  if (asked.query === "panne") return setTimeout(() => { throw new Error("panne"); });
  let partial = false;
  const { pages, best, corrections, suite } = await read(asked.folder, "essai-0.json").catch(() => ((partial = true), { pages: [], best: [], corrections: {}, suite: [] }));
  const correction = (!asked.exact && corrections[asked.query]) || null;
  const wanted = words(correction?.applied ? correction.text : asked.query);
  let known = pages;
  if (wanted.some((word) => suite.includes(word))) {
    const more = await read(asked.folder, "essai-1.json").catch(() => ((partial = true), { pages: [] }));
    known = [...pages, ...more.pages];
  }
  const has = (page, facet, values) => !values?.length || values.some((value) => [page.facets[facet]].flat().includes(value));
  const said = known.filter((page) => wanted.every((word) => words(`${page.title} ${page.summary}`).some((other) => other.startsWith(word))));
  const dated = said.filter((page) => (!asked.from || page.date >= asked.from) && (!asked.to || (page.date && page.date <= asked.to)));
  const found = dated.filter((page) => Object.entries(asked.facets).every(([facet, values]) => has(page, facet, values)));
  if (asked.sort === "date") found.sort((one, other) => (one.date < other.date ? 1 : -1));
  const facets = {};
  for (const facet of ["theme", "organisme", "type", "public", "region", "langue"]) {
    const counts = new Map();
    for (const page of dated) for (const value of [page.facets[facet] ?? []].flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
    facets[facet] = [...counts];
  }
  const results = found.slice(asked.start, asked.start + asked.count).map((page) => ({
    url: page.url, title: mark(page.title, wanted), summary: mark(page.summary, wanted), section: page.section ? { text: mark(page.section, wanted), id: "titre" } : null,
    trail: page.trail ?? [], organism: page.organism ?? "", organismId: page.facets.organisme ?? "", date: page.date, type: page.facets.type, lang: page.facets.langue, retired: !!page.retired,
  }));
  const reply = () => postMessage({ id: asked.id, total: found.length, atLeast: found.length > 100, words: wanted, results, best: best.filter(({ queries }) => queries.includes(fold(asked.query))), correction, facets: asked.counts ? facets : null, partial });
  setTimeout(reply, wanted.includes("lent") ? 400 : 0);
});
