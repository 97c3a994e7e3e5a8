// Answers queries as the worker of MkDocs' search does, by running that worker: node answer.cjs FOLDER QUERIES.json ANSWERS.json
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { runInThisContext } = require("node:vm");

const [folder, queries, answers] = process.argv.slice(2);
const run = (name) => runInThisContext(readFileSync(join(folder, name), "utf8"), name);
let results = null;
console.log = () => {};
globalThis.self = globalThis;
globalThis.importScripts = (...names) => names.forEach(run);
globalThis.postMessage = (message) => { if (message.results) results = message.results; };
globalThis.XMLHttpRequest = class {
  addEventListener(_, loaded) { this.loaded = loaded; }
  open(_, name) { this.name = name; }
  send() { this.responseText = readFileSync(join(folder, this.name), "utf8"); this.loaded(); }
};

const begun = performance.now();
run("worker.js");
onmessage({ data: { init: true } });
const ready = performance.now() - begun;
const found = JSON.parse(readFileSync(queries, "utf8")).map((query) => {
  results = [];
  onmessage({ data: { query } });
  // A result is a page or a section of one: a page stands where the first of its results does.
  return [...new Set(results.map(({ location }) => "/" + location.split("#")[0]))].slice(0, 10);
});
writeFileSync(answers, JSON.stringify({ ready, found, took: performance.now() - begun - ready }));
