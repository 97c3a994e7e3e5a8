// Answers questions from the index of the search, in a Web Worker: fleuve/search/reader.py in JavaScript. Format and messages: docs/search-index.md.
"use strict";
const [LONGEST_QUESTION, MOST_WORDS, LONGEST_WORD] = [200, 12, 40];
const [FULL, SYNONYM, NEAR, BEGUN, PAIR] = [16, 13, 12, 13, 100];
const [RARE, LEVELS, COMPLETIONS, CORRECTIONS] = [3, 5, 4, 3];
const [SLOT_BITS, PAIR_BITS, IN_CHUNK, PREFIX] = [14, 8, 8, 3];
const FACETS = ["theme", "organisme", "type", "public", "region", "annee", "jour"];
const SLOTS = 1 << SLOT_BITS;
const VERSION = 1;
const KEPT = 400;
const KEPT_TERMS = 40;

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const last = (list) => list[list.length - 1];
const by = (...keys) => (one, other) => {
  for (const key of keys) {
    const found = compare(key(one), key(other));
    if (found) return found;
  }
  return 0;
};

// Words and terms: fleuve/search/term.py.

const WORD = /[\p{L}\p{N}]+/gu;
const words = (text) => (text.normalize("NFC").replaceAll("\u00ad", "").toLowerCase().match(WORD) ?? []).map((word) => [...word].slice(0, LONGEST_WORD).join(""));
const fold = (word) => word.normalize("NFKD").replace(/[\u0300-\u036f]+/g, "").replaceAll("œ", "oe").replaceAll("æ", "ae");
const utf8 = new TextEncoder();
const utf16 = new TextDecoder();
const fnv = (text) => utf8.encode(text).reduce((value, byte) => Math.imul(value ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
const mix = (value) => {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};
const keyOf = (term) => mix(fnv(term)) || 1;
const pairKey = (one, other) => mix((Math.imul(one, 0x9e3779b1) + other) >>> 0);

class Cursor {
  constructor(data) {
    this.data = data;
    this.at = 0;
  }
  get more() {
    return this.at < this.data.length;
  }
  number() {
    for (let number = 0, factor = 1; ; factor *= 128) {
      const byte = this.data[this.at++];
      number += (byte & 127) * factor;
      if (!(byte >= 128)) return number;
    }
  }
  bytes(size) {
    return this.data.subarray(this.at, (this.at += size));
  }
}

// Pages with a number each. `places`: where each is in the list that is being made, from 1. Quicker than maps.
class Tally {
  constructor(places) {
    Object.assign(this, { places, pages: [], values: [] });
  }
  at(page) {
    if (!this.places[page]) {
      this.places[page] = this.pages.push(page);
      this.values.push(0);
    }
    return this.places[page] - 1;
  }
  most(page, value) {
    const at = this.at(page);
    if (value > this.values[at]) this.values[at] = value;
  }
  done() {
    for (const page of this.pages) this.places[page] = 0;
    return this;
  }
}

class Index {
  constructor(folder) {
    this.folder = folder;
    this.files = new Map();
    this.terms = new Map();
    this.postings = new Map();
    this.ready = this.open();
  }

  async open() {
    const asked = [this.fetch("index.json"), this.fetch("consignes.json")];
    importScripts(`${this.folder}racines.js`);
    const [head, advice] = await Promise.all(asked);
    const read = (data) => JSON.parse(utf16.decode(data));
    if (!head || read(head).version !== VERSION) throw new Error("index");
    Object.assign(this, read(head), { advice: advice ? read(advice) : { synonyms: {}, best: [] } });
    this.bits = 33 - (32 - Math.clz32(this.fichiers));
    this.places = new Int32Array(this.blocs * SLOTS);
    ({ stem: this.stem, stops: this.stops } = racines[this.langue]);
  }

  // A file that is not there has nothing of what is looked for.
  fetch(name) {
    let file = this.files.get(name);
    if (!file) {
      file = fetch(this.folder + name).then(async (answer) => {
        if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
        if (answer.status !== 404) throw new Error(name);
        return null;
      });
      file.catch(() => this.files.delete(name));
      if (this.files.size > KEPT) this.files.delete(this.files.keys().next().value);
    }
    this.files.delete(name);
    this.files.set(name, file);
    return file;
  }

  term(word) {
    if (!this.terms.has(word)) {
      const [plain, accented] = [this.stem(fold(word)), fold(this.stem(word))];
      this.terms.set(word, this.stops.has(word) ? [0, 0] : [keyOf(plain), plain === accented ? 0 : keyOf(accented)]);
    }
    return this.terms.get(word);
  }
}

class Search {
  constructor(index, question) {
    Object.assign(this, { index, question, partial: false, postings: new Map(), text: question.query.slice(0, LONGEST_QUESTION) });
  }

  async read(name) {
    const data = await this.index.fetch(name).catch(() => (this.partial = true) && null);
    return data ?? new Uint8Array();
  }

  async fragments(name) {
    const cursor = new Cursor(await this.read(name));
    const found = [];
    while (cursor.more) {
      const block = cursor.number();
      found.push([block, cursor.bytes(cursor.number())]);
    }
    return found;
  }

  async load(keys) {
    await Promise.all([...new Set(keys)].filter((key) => key && !this.postings.has(key)).map(async (key) => this.postings.set(key, await this.posting(key))));
  }

  async posting(key) {
    const { bits, gardees, postings } = this.index;
    if (postings.has(key)) return postings.get(key);
    const found = { count: 0, pages: [], impacts: [] };
    for (const [block, data] of await this.fragments(`termes/${key >>> bits}.bin`)) addTerm(data, key & ((1 << bits) - 1), gardees, block * SLOTS, found);
    if (postings.size > KEPT_TERMS) postings.clear();
    if (!this.partial) postings.set(key, found);
    return found;
  }

  async pair(one, other) {
    const { bits } = this.index;
    const key = pairKey(one, other);
    const rest = (key & ((1 << bits) - 1)) >>> (bits - PAIR_BITS);
    const found = new Set();
    for (const [block, data] of await this.fragments(`paires/${key >>> bits}.bin`)) {
      const cursor = new Cursor(data);
      let number = 0;
      while (cursor.more) {
        number += cursor.number();
        if (number >>> SLOT_BITS === rest) found.add(block * SLOTS + (number & (SLOTS - 1)));
      }
    }
    return found;
  }

  async column(facet) {
    const found = new Map();
    for (const [block, data] of await this.fragments(`facettes/${facet}.bin`)) {
      const cursor = new Cursor(data);
      const size = cursor.number();
      const values = Array.from({ length: cursor.number() }, () => utf16.decode(cursor.bytes(cursor.number())).split(" ").filter(Boolean));
      const bits = Math.max(1, 32 - Math.clz32(values.length - 1));
      const flags = data.subarray(cursor.at);
      for (let slot = 0; slot < size; slot++) {
        let number = 0;
        for (let bit = 0; bit < bits; bit++) number |= ((flags[(slot * bits + bit) >> 3] >> (slot * bits + bit & 7)) & 1) << bit;
        if (number) found.set(block * SLOTS + slot, values[number]);
      }
    }
    return found;
  }

  async shown(page) {
    const slot = page % SLOTS;
    const data = await this.read(`pages/${Math.floor(page / SLOTS)}-${Math.floor(slot / IN_CHUNK)}.json`);
    return data.length ? JSON.parse(utf16.decode(data))[slot % IN_CHUNK] : null;
  }

  async answer() {
    const { question } = this;
    const [groups, pairs] = await this.groups();
    const asked = pairs.map(async ([one, other]) => [groups[one], groups[other], await this.pair(this.main(groups[one]), this.main(groups[other]))]);
    const values = groups.map((group) => this.values(group));
    const found = this.ranked(groups, values, await Promise.all(asked));
    this.columns = new Map();
    await this.loadColumns(found.length);
    const kept = this.filtered(found, "");
    if (question.sort === "date") {
      const days = this.columns.get("jour") ?? new Map();
      const day = (hit) => -Number(days.get(hit[1])?.[0] ?? 0);
      kept.sort(by(day, (hit) => hit[0], (hit) => hit[1]));
    }
    const keys = groups.map((group) => new Set(keysOf(group).filter(Boolean)));
    const shown = await Promise.all(kept.slice(question.start, question.start + question.count).map((hit) => this.shown(hit[1])));
    return {
      total: kept.length, atLeast: this.cut(groups), words: groups.map((group) => group.word), results: shown.filter(Boolean).map((fields) => this.result(fields, keys)),
      best: this.bestBets(), correction: this.correction(groups), facets: question.counts ? this.counts(found) : null, partial: this.partial,
    };
  }

  idf(key) {
    const pages = this.postings.get(key)?.count;
    return pages ? Math.round(16 * Math.log2(1 + this.index.pages / pages)) : 0;
  }

  async groups() {
    const [groups, pairs] = parse(this.text, this.index);
    this.addSynonyms(groups);
    const { typing, exact } = this.question;
    const begun = (group) => typing && group === last(groups) && /\S$/.test(this.text) && !group.quoted;
    await Promise.all(groups.map(async (group) => {
      if (begun(group)) return this.complete(group);
      await this.load(keysOf(group));
      if (!exact) await this.correct(group);
    }));
    await this.load(groups.flatMap(keysOf));
    return [groups, pairs];
  }

  frequency(term) {
    return Math.max(...term.map((key) => this.postings.get(key)?.count ?? 0));
  }

  async complete(group) {
    const begun = fold(group.word);
    if (begun.length < PREFIX) return;
    const known = lexicon(await this.read(beginFile(begun, this.index.lexique))).filter(([word]) => fold(word).startsWith(begun));
    if (!known.some(([word]) => word === group.word || String(this.index.term(word)) === String(group.term))) group.alternatives.length = 0;
    known.sort(by(([, level]) => -level, ([word]) => word.length, ([word]) => word));
    this.standFor(group, known.slice(0, COMPLETIONS).map(([word]) => word), BEGUN);
  }

  standFor(group, candidates, weight) {
    const seen = new Set(group.alternatives.length ? [String(group.term)] : []);
    for (const word of candidates) {
      const term = this.index.term(word);
      if (term[0] && !seen.has(String(term))) {
        seen.add(String(term));
        group.alternatives.push({ terms: [term], weight });
      }
    }
  }

  async correct(group) {
    const pages = this.frequency(group.term);
    if (pages > RARE || group.word.length < PREFIX || (group.alternatives.length > 1 && pages)) return;
    let candidates = await this.near(group.word);
    if (pages) candidates = candidates.filter(([errors, level]) => errors === 1 && level >= bitLength(pages) + LEVELS);
    if (!candidates.length) return;
    const [best] = candidates;
    group.corrected = best[3];
    this.standFor(group, candidates.slice(0, CORRECTIONS).filter(([, , cost]) => cost <= best[2] + 8).map((one) => one[3]), pages ? NEAR : FULL);
  }

  async near(word) {
    const folded = fold(word);
    const most = folded.length < 6 ? 1 : 2;
    const names = nearFiles(folded, this.index.lexique);
    const known = new Map((await Promise.all(names.map((name) => this.read(name)))).flatMap(lexicon));
    const found = [];
    for (const [other, level] of known) {
      const there = fold(other);
      if (there === folded) continue;
      const begun = folded.length > PREFIX && there.startsWith(folded);
      let errors = typingErrors(folded, there, most);
      if (errors > most && begun) errors = 2;
      if (errors <= most || begun) found.push([errors, level, 12 * errors - 2 * level + (there[0] === folded[0] ? 0 : 3), other]);
    }
    return found.sort(by((one) => one[2], (one) => one[3]));
  }

  addSynonyms(groups) {
    const { synonyms } = this.index.advice;
    const typed = words(this.text).map(fold);
    for (let first = 0; first < typed.length; first++)
      for (let end = first + 1; end < Math.min(first + 5, typed.length + 1); end++) {
        const expressions = synonyms[typed.slice(first, end).join(" ")];
        for (const expression of Array.isArray(expressions) ? expressions : []) {
          const terms = words(expression).map((word) => this.index.term(word)).filter(([key]) => key);
          for (const group of groups) if (terms.length && typed.slice(first, end).includes(fold(group.word))) group.alternatives.push({ terms, weight: SYNONYM });
        }
      }
  }

  values(group) {
    const several = group.alternatives.filter(({ terms }) => terms.length > 1).flatMap(({ terms, weight }) => this.least(terms, weight));
    const tally = new Tally(this.index.places);
    for (const [page, value] of several) if (value) tally.most(page, value);
    for (const { terms, weight } of group.alternatives) {
      for (const key of terms.length > 1 ? [] : terms[0].filter(Boolean)) {
        const each = weight * this.idf(key);
        const { pages, impacts } = this.postings.get(key);
        for (let at = 0; at < pages.length; at++) tally.most(pages[at], each * impacts[at]);
      }
    }
    return tally.done();
  }

  least(terms, weight) {
    const each = terms.map((term) => {
      const { pages, values } = this.values({ alternatives: [{ terms: [term], weight: 1 }] });
      return new Map(pages.map((page, at) => [page, values[at]]));
    });
    return [...each[0].keys()].map((page) => [page, weight * Math.min(...each.map((found) => found.get(page) ?? 0))]);
  }

  weight(group) {
    return Math.max(0, ...group.alternatives.map(({ terms }) => this.idf(terms[0][0])));
  }

  ranked(groups, values, followed) {
    const { places } = this.index;
    const tally = new Tally(places);
    const mass = [];
    groups.forEach((group, number) => {
      const weight = this.weight(group);
      const { pages, values: each } = values[number];
      for (let at = 0; at < pages.length; at++) {
        const place = tally.at(pages[at]);
        tally.values[place] += each[at];
        mass[place] = (mass[place] ?? 0) + weight;
      }
    });
    for (const [one, other, pages] of followed) {
      const value = FULL * PAIR * Math.min(this.weight(one), this.weight(other));
      for (const page of pages) if (places[page]) tally.values[places[page] - 1] += value;
    }
    tally.done();
    if (groups.some((group) => group.quoted)) this.keepExpressions(tally.pages, mass, groups, followed);
    let most = 0;
    for (const had of mass) if (had > most) most = had;
    const share = groups.length > 2 ? 2 : 1;
    const found = [];
    mass.forEach((had, at) => had && share * had >= most && found.push([-tally.values[at] * had, tally.pages[at]]));
    return found.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  }

  cut(groups) {
    const keys = groups.flatMap(keysOf);
    return keys.some((key) => key && this.postings.get(key).count > this.postings.get(key).pages.length);
  }

  main(group) {
    const own = ({ terms }) => String(terms[0]) === String(group.term);
    const stand = group.alternatives.find((one) => !own(one));
    return stand && !(group.alternatives.some((one) => one.terms.length === 1 && own(one)) && this.postings.get(group.term[0])?.count) ? stand.terms[0][0] : group.term[0];
  }

  keepExpressions(pages, mass, groups, followed) {
    const wanted = groups.filter((group) => group.quoted).map((group) => new Set(this.postings.get(this.main(group))?.pages));
    for (const [one, , there] of followed) if (one.quoted) wanted.push(there);
    pages.forEach((page, at) => wanted.every((there) => there.has(page)) || (mass[at] = 0));
  }

  async loadColumns(any) {
    const { facets = {}, from, to, sort, counts } = this.question;
    const wanted = FACETS.filter((facet) => facets[facet]?.length || (facet === "jour" ? from || to || sort === "date" : counts));
    if (any) await Promise.all(wanted.map(async (facet) => this.columns.set(facet, await this.column(facet))));
  }

  filtered(found, leftOut) {
    const { facets = {}, from, to } = this.question;
    for (const facet of FACETS) {
      const chosen = facets[facet];
      const column = this.columns.get(facet);
      if (chosen?.length && facet !== leftOut) found = found.filter(([, page]) => column.get(page)?.some((value) => chosen.includes(value)));
    }
    if ((from || to) && leftOut !== "jour" && found.length) {
      const column = this.columns.get("jour");
      const [first, end] = [day(from, 0), day(to, 2 ** 30)];
      found = found.filter(([, page]) => column.has(page) && first <= Number(column.get(page)[0]) && Number(column.get(page)[0]) <= end);
    }
    return found === arguments[0] ? [...found] : found;
  }

  counts(found) {
    const counts = {};
    for (const facet of FACETS.slice(0, -1)) {
      const tally = new Map();
      const column = this.columns.get(facet) ?? new Map();
      for (const [, page] of this.filtered(found, facet === "annee" ? "jour" : facet)) for (const value of column.get(page) ?? []) tally.set(value, (tally.get(value) ?? 0) + 1);
      counts[facet] = ordered(facet, tally);
    }
    return counts;
  }

  result([url, title, summary, trail, organism, organismId, date, type, retired, headings], keys) {
    const every = new Set(keys.flatMap((group) => [...group]));
    const mark = (text) => this.marked(text, every);
    return {
      url, title: mark(title), summary: mark(summary), section: this.section(title, headings, keys, mark), trail, organism, organismId, date, type, lang: this.index.langue, retired: Boolean(retired),
    };
  }

  section(title, headings, keys, mark) {
    const there = this.has(title, keys);
    const missing = keys.filter((_, at) => !there[at]);
    let best = null;
    let most = 0;
    for (let at = 0; at < headings.length; at += 2) {
      const count = this.has(headings[at], missing).filter(Boolean).length;
      if (count > most) [best, most] = [at, count];
    }
    return best === null ? null : { text: mark(headings[best]), id: headings[best + 1] };
  }

  has(text, keys) {
    const there = words(text).flatMap((word) => this.index.term(word)).filter(Boolean);
    return keys.map((group) => there.some((key) => group.has(key)));
  }

  marked(text, keys) {
    const pieces = [];
    const add = (piece, sought) => {
      if (!piece) return;
      if (last(pieces)?.[1] === sought) last(pieces)[0] += piece;
      else pieces.push([piece, sought]);
    };
    let at = 0;
    for (const found of text.matchAll(WORD)) {
      if (!this.index.term(found[0].toLowerCase()).some((key) => key && keys.has(key))) continue;
      add(text.slice(at, found.index), 0);
      add(found[0], 1);
      at = found.index + found[0].length;
    }
    add(text.slice(at), 0);
    return pieces;
  }

  bestBets() {
    const signature = (text) => String(words(text).map((word) => this.index.term(word)[0]).filter(Boolean).sort((one, other) => one - other));
    const asked = signature(this.question.query);
    return this.index.advice.best.filter(({ queries }) => asked && queries.some((query) => signature(query) === asked)).map(({ url, title, summary }) => ({ url, title, summary }));
  }

  correction(groups) {
    const changed = new Map(groups.filter((group) => group.corrected).map((group) => [group.word, group.corrected]));
    if (!changed.size) return null;
    const applied = groups.some((group) => group.corrected && !this.frequency(group.term));
    return { text: this.text.replace(WORD, (word) => changed.get(word.toLowerCase()) ?? word), applied };
  }
}

const parse = (text, index) => {
  const groups = [];
  const known = new Map();
  const pairs = new Map();
  text.split(/[«"“”»]/).forEach((piece, number) => {
    const quoted = number % 2 ? number : 0;
    let before = -1;
    for (const word of words(piece)) {
      const term = index.term(word);
      if (!term[0]) continue;
      const name = `${term} ${quoted}`;
      if (!known.has(name)) {
        if (groups.length === MOST_WORDS) break;
        known.set(name, groups.length);
        groups.push({ word, term, quoted, alternatives: [{ terms: [term], weight: FULL }] });
      }
      const at = known.get(name);
      if (before >= 0 && before !== at) pairs.set(`${before} ${at}`, [before, at]);
      before = at;
    }
  });
  return [groups, [...pairs.values()]];
};

const keysOf = (group) => group.alternatives.flatMap(({ terms }) => terms.flat());
const bitLength = (number) => 32 - Math.clz32(number);
const day = (text, otherwise) => (text && Date.parse(text) / 864e5) || otherwise;
const beginFile = (folded, count) => `lexique/debuts-${mix(fnv([...folded].slice(0, PREFIX).join(""))) % count}.bin`;
const nearFiles = (word, count) => {
  const tails = [word.slice(PREFIX - 1), word.slice(PREFIX), word.slice(PREFIX + 1), word.slice(PREFIX - 1, PREFIX) + word.slice(PREFIX + 1)];
  return [...new Set([beginFile(word, count), ...tails.filter((tail) => tail.length >= 2).map((tail) => `lexique/fins-${mix(fnv(tail)) % count}.bin`)])];
};

const addTerm = (data, wanted, most, base, found) => {
  const cursor = new Cursor(data);
  for (let rest = 0; cursor.more; ) {
    rest += cursor.number();
    const pages = cursor.number();
    const kept = Math.min(pages, most);
    if (rest > wanted) return;
    if (rest < wanted) {
      for (let left = kept; left; ) if (data[cursor.at++] < 128) left--;
      cursor.at += kept;
      continue;
    }
    found.count += pages;
    for (let left = kept, slot = base; left; left--) found.pages.push((slot += cursor.number()));
    found.impacts.push(...cursor.bytes(kept));
    return;
  }
};

const lexicon = (data) => {
  const cursor = new Cursor(data);
  const found = [];
  let name = new Uint8Array();
  while (cursor.more) {
    const shared = cursor.number();
    const added = cursor.bytes(cursor.number());
    const whole = new Uint8Array(shared + added.length);
    whole.set(name.subarray(0, shared));
    whole.set(added, shared);
    name = whole;
    found.push([utf16.decode(name), cursor.number()]);
  }
  return found;
};

const typingErrors = (one, other, most) => {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = [];
  let previous = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      let value = Math.min(previous[column] + 1, line[column - 1] + 1, previous[column - 1] + (one[row - 1] === other[column - 1] ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) value = Math.min(value, before[column - 2] + 1);
      line.push(value);
    }
    if (Math.min(...line) > most) return most + 1;
    [before, previous] = [previous, line];
  }
  return Math.min(last(previous), most + 1);
};

const indexes = new Map();
const indexOf = (folder) => {
  if (!indexes.has(folder)) {
    const index = new Index(folder);
    index.ready.catch(() => indexes.delete(folder));
    indexes.set(folder, index);
  }
  return indexes.get(folder);
};

const ordered = (facet, tally) => [...tally].sort(facet === "annee" ? by(([year]) => -year) : by(([, pages]) => -pages, ([value]) => value));

const merge = (first, other) => {
  first.total += other.total;
  first.atLeast ||= other.atLeast;
  first.partial ||= other.partial;
  first.results.push(...other.results);
  for (const [facet, counts] of Object.entries(other.facets ?? {})) {
    const tally = new Map(first.facets[facet]);
    for (const [value, pages] of counts) tally.set(value, (tally.get(value) ?? 0) + pages);
    first.facets[facet] = ordered(facet, tally);
  }
  return first;
};

// Pages of other languages come after those of this one.
const answer = async (question) => {
  const own = indexOf(question.folder);
  await own.ready;
  if (question.begun) return void own.fetch(beginFile(fold(words(question.query).pop()), own.lexique));
  const wanted = question.facets?.langue?.length ? question.facets.langue : [own.langue];
  const known = Object.keys(own.langues).sort(by((lang) => lang !== own.langue, (lang) => lang));
  const chosen = known.filter((lang) => wanted.includes(lang));
  const answers = new Map();
  let { start, count } = question;
  for (const lang of question.counts ? known : chosen) {
    const index = indexOf(new URL(question.folder + own.langues[lang], location).pathname);
    await index.ready;
    const mine = chosen.includes(lang);
    const found = await new Search(index, mine ? { ...question, start, count } : { ...question, count: 0, counts: false }).answer();
    answers.set(lang, found);
    if (mine) [start, count] = [Math.max(0, start - found.total), count - found.results.length];
  }
  const parts = chosen.map((lang) => answers.get(lang));
  if (!parts.length) parts.push(await new Search(own, { ...question, query: "" }).answer());
  const totals = known.map((lang) => [lang, answers.get(lang)?.total]).filter(([, total]) => total);
  const merged = parts.reduce(merge);
  if (merged.facets) merged.facets.langue = totals;
  return merged;
};

self.onmessage = async ({ data: question }) => {
  const nothing = { total: 0, atLeast: false, words: [], results: [], best: [], correction: null, facets: null, partial: true };
  try {
    self.postMessage({ id: question.id, ...(await answer({ start: 0, count: 10, ...question })) });
  } catch {
    self.postMessage({ id: question.id, ...nothing });
  }
};
