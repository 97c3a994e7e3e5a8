// Combined filters of the newsroom (docs/newsroom-filter.md). Nothing that is typed leaves the device, and no other page is told the address of
// this one (its referrer policy). Words for citizens are in the page.
"use strict";
for (const form of document.querySelectorAll("form[data-nouvelles]")) {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const make = (tag, values = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...inside);
    return element;
  };
  const { lang } = document.documentElement;
  const { dossier, ...numbers } = form.dataset;
  const [total, block, chunk, prefix, longest, perFile] = ["total", "bloc", "lot", "prefixe", "longueur", "mots"].map((name) => +numbers[name]);
  const starts = numbers.debuts.split(" ").filter(Boolean).map(Number);
  const empty = new Set(numbers.vides.split(" "));
  const texts = JSON.parse(numbers.textes);
  const MORE = 20;
  const MAX_WORDS = 8;
  const { format: number } = new Intl.NumberFormat(`${lang}-CA`);
  const { format: date } = new Intl.DateTimeFormat(`${lang}-CA`, { dateStyle: "long", timeZone: "UTC" });
  const longDate = (day) => date(new Date(day)).replace(/^1 /, "1er ");
  const write = (text, one, other) => text.replace("%s", () => one).replace("%n", () => other);
  const counted = (count) => (count ? write(count > 1 ? texts.plusieurs : texts.une, number(count)) : texts.aucune);

  // As fleuve/word.py has them.

  const words = (text) =>
    (text.normalize("NFKD").replace(/[\u0300-\u036f]+/g, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").match(/[\p{L}\p{N}]+/gu) ?? [])
      .map((word) => [...word].slice(0, longest).join(""));
  const start = (word) => [...word].slice(0, prefix).join("");
  const ENDINGS = [[/[sx]$/, ""], [/aux$/, "al"], [/aux$/, "ail"], [/ies$/, "y"]];
  const forms = (word) => (word.length > 3 ? ENDINGS.reduce((known, [end, other]) => [...known, word.replace(end, other)], [word]) : [word]);
  const matcher = (word, begun) => {
    const mine = forms(word);
    const first = start(word);
    const opening = begun && [...word].length >= prefix;
    return (written) => written.startsWith(first) && start(written) === first && ((opening && written.startsWith(word)) || forms(written).some((form) => mine.includes(form)));
  };

  // Files, each asked for once, again after a failure.

  const known = new Map();
  let failed = false; // what cannot be had is left out, and the answer says so
  const get = (path, read) => {
    if (!known.has(path)) {
      const answer = fetch(dossier + path).then((found) => (found.ok ? read(found) : Promise.reject(found.status)));
      answer.catch(() => known.delete(path));
      known.set(path, answer);
    }
    return known.get(path);
  };
  const integers = (bytes, from = 0, until = bytes.length) => {
    const found = [];
    for (let value = 0, shift = 0; from < until; from++) {
      value |= (bytes[from] & 127) << shift;
      shift += 7;
      if (bytes[from] < 128) {
        found.push(value);
        value = shift = 0;
      }
    }
    return found;
  };
  const bytesOf = async (answer) => new Uint8Array(await answer.arrayBuffer());
  const postings = async (answer) => {
    const bytes = await bytesOf(answer);
    const decoder = new TextDecoder();
    const heads = [];
    const name = new Uint8Array(1024);
    let at = 0;
    const integer = () => {
      const from = at;
      while (bytes[at++] > 127);
      return integers(bytes, from, at)[0];
    };
    for (let left = integer(); left; left--) {
      const shared = integer();
      const added = integer();
      name.set(bytes.subarray(at, (at += added)), shared);
      heads.push([decoder.decode(name.subarray(0, shared + added)), integer()]);
    }
    return new Map(heads.map(([key, head]) => [key, { bitmap: head & 1, bytes: bytes.subarray(at, (at += head >> 1)) }]));
  };
  const days = async (answer) => integers(await bytesOf(answer));
  const hash = (text) => new TextEncoder().encode(text).reduce((value, byte) => Math.imul(value ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  const fileCount = (at, family) => {
    const items = Math.min(block, total - at * block);
    const ofWords = 1 << (31 - Math.clz32(Math.max(1, items / perFile)));
    return family === "mots" ? ofWords : Math.max(1, ofWords / 4);
  };

  // A criterion is what an item must have: a value of a facet, or a word. Its set has one bit for each item.

  const add = (set, { bitmap, bytes }, offset) => {
    if (bitmap) bytes.forEach((byte, at) => (set[(offset >> 3) + at] |= byte));
    else for (const gap of integers(bytes)) set[(offset += gap) >> 3] |= 1 << (offset & 7);
  };
  const sets = new Map();
  const gather = async ({ family, place, wanted, id }, first, last) => {
    const key = `${id} ${first} ${last}`;
    if (sets.has(key)) return sets.get(key);
    const set = new Uint8Array((starts.length * block) / 8);
    const fill = async (at, file) => {
      for (const [name, posting] of await get(`${at}/${family}-${file}.bin`, postings)) if (wanted(name)) add(set, posting, at * block);
    };
    const asked = [];
    for (let at = first; at <= last; at++)
      for (const file of new Set(place.map((hashed) => hashed % fileCount(at, family)))) asked.push(fill(at, file));
    (await Promise.allSettled(asked)).every((one) => one.status === "fulfilled") ? sets.set(key, set) : (failed = true);
    return set;
  };
  const links = new Map(); // facet → value → link to its listing
  const title = (facet, value) => links.get(facet)?.get(value)?.textContent ?? value;
  const criteria = (params) => {
    const found = [];
    for (const facet of links.keys()) {
      const values = params.getAll(facet);
      if (!values.length) continue;
      const keys = new Set(values.map((value) => `${facet}:${value}`));
      found.push({
        family: "facettes", place: [...keys].map(hash), wanted: (key) => keys.has(key), id: [...keys].join(), drop: facet,
        label: values.map((value) => title(facet, value)).join(", "),
      });
    }
    const typed = words(params.get("mots") ?? "");
    const last = typed.at(-1);
    for (const word of [...new Set(typed)].filter((word) => !empty.has(word)).slice(0, MAX_WORDS))
      found.push({ family: "mots", place: [hash(start(word))], wanted: matcher(word, word === last), id: `${word} ${word === last}`, drop: "mots", label: params.get("mots") });
    return found;
  };

  // Periods: positions follow the days.

  const day = (text) => Date.parse(text) / 864e5;
  const before = async (limit) => {
    const at = starts.findLastIndex((first) => first < limit);
    let position = Math.max(at, 0) * block;
    if (at < 0) return position;
    const pairs = await get(`${at}/jours.bin`, days).catch(() => ((failed = true), []));
    for (let pair = 0, here = 0; pair < pairs.length && (here += pairs[pair]) < limit; pair += 2) position += pairs[pair + 1];
    return position;
  };

  const hits = (chosen, from, to) => {
    const kept = new Uint8Array((starts.length * block) / 8).fill(255);
    for (const set of chosen) for (let at = 0; at < kept.length; at++) kept[at] &= set[at];
    const found = [];
    for (let at = Math.min(to, total); at-- > from; ) if ((kept[at >> 3] >> (at & 7)) & 1) found.push(at);
    return found;
  };
  const answer = async (params) => {
    const asked = criteria(params);
    const [du, au] = [day(params.get("du")), day(params.get("au")) + 1];
    const first = Math.max(0, du ? starts.findLastIndex((start) => start < du) : 0);
    const last = au ? starts.findLastIndex((start) => start < au) : starts.length - 1;
    const [from, to, ...chosen] = await Promise.all([du ? before(du) : 0, au ? before(au) : total, ...asked.map((one) => gather(one, first, last))]);
    const found = hits(chosen, from, to);
    // What would be found without each criterion?
    const others = new Map();
    if (!found.length)
      for (const { drop, label } of asked) others.set(drop, { label, count: hits(chosen.filter((_, at) => asked[at].drop !== drop), from, to).length });
    return { found, others };
  };

  // Results.

  const results = one("[data-resultats]");
  const [heading, list, nothing, more, chosen] = ["h2", "[data-liste]", "[data-vide]", "[data-plus]", "[data-choisis]"].map((selector) => one(selector, results));
  const state = one("[role=status]", results);
  const model = one("template", results).content.firstElementChild;
  const say = (text) => {
    state.textContent = "";
    setTimeout(() => (state.textContent = text), 50); // the same text is announced again
  };
  let found = [];
  let count = 0;
  const card = async (position) => {
    const cards = await get(`fiches/${Math.floor(position / chunk)}.json`, (answer) => answer.json());
    const [url, name, type, when, organism, where, lead, what, other] = cards[position % chunk];
    const item = model.cloneNode(true);
    const put = (name, text) => {
      const place = one(`[data-champ=${name}]`, item);
      text ? (place.textContent = text) : place.remove();
      return place;
    };
    const link = put("titre", name);
    link.href = url;
    put("type", title("type", type));
    put("date", longDate(when)).dateTime = when;
    put("etat", texts.etats[what]).classList.toggle("etat-vif", /^en_/.test(what));
    put("qui", [title("organisme", organism), where].filter(Boolean).join(", "));
    const summary = put("chapeau", lead);
    put("langue", texts.langues[other] ?? other);
    if (other) link.parentNode.lang = link.hreflang = summary.lang = other;
    return item;
  };
  const cards = async (positions) => {
    const made = await Promise.allSettled(positions.map(card));
    failed ||= made.some((one) => !one.value);
    return made.map((one) => one.value).filter(Boolean);
  };
  const told = () => (failed ? write(texts.partielle, counted(found.length)) : counted(found.length));

  // The form and the address say the same thing.

  const button = (values, ...inside) => make("li", {}, make("button", { type: "button", ...values }, ...inside));
  const asked = () => {
    const params = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) params.append(name, value.trim());
    return params;
  };
  const box = (facet, value, title, count) => {
    const id = `${facet}-${value}`;
    const note = count ? [" ", make("span", { className: "note", textContent: count })] : [];
    return [make("input", { type: "checkbox", name: facet, value, id }), make("label", { htmlFor: id }, title, ...note)];
  };
  const tick = (facet, value) => {
    const found = all(`[name=${facet}]`, form).find((field) => field.value === value);
    // A value without news any more can be removed too.
    if (!found) one(`[data-facette=${facet}] ul`, form).append(make("li", { className: "option" }, ...box(facet, value, value)));
    (found ?? document.getElementById(`${facet}-${value}`)).checked = true;
  };
  const fill = (params) => {
    for (const field of [...form.elements])
      if (field.type === "hidden") field.remove();
      else if (field.type === "checkbox") field.checked = false;
      else if (field.name) field.value = params.get(field.name) ?? "";
    for (const facet of links.keys())
      for (const value of params.getAll(facet)) choices.has(facet) ? form.append(make("input", { type: "hidden", name: facet, value })) : tick(facet, value);
  };
  const without = (params, name, value) => new URLSearchParams([...params].filter((pair) => pair[0] !== name || (value && pair[1] !== value)));
  const choose = (params) => {
    fill(params);
    heading.focus();
    return update("push");
  };
  const showChosen = (params) => {
    const chips = [...params].map(([name, value]) => {
      const text = texts[name] ? write(texts[name], name === "mots" ? value : longDate(value)) : title(name, value);
      return button({ ariaLabel: write(texts.retirer, text), onclick: () => choose(without(params, name, value)) }, text, make("span", { ariaHidden: "true", textContent: "×" }));
    });
    chosen.replaceChildren(...chips);
    for (const details of all("[data-facette]", form)) {
      const facet = details.dataset.facette;
      const number = params.getAll(facet).length;
      one("[data-nombre]", details).textContent = number ? ` (${number})` : "";
    }
  };
  const showHelp = (params, others) => {
    const ways = [...others].filter(([, { count }]) => count).map(([name, { label, count }]) =>
      button({ className: "bouton bouton-second", onclick: () => choose(without(params, name)) }, write(texts.sans, label, counted(count))));
    const lists = [...params].map(([name, value]) => links.get(name)?.get(value)).filter(Boolean)
      .map(({ href, textContent }) => make("li", {}, make("a", { href, textContent: write(texts.tout, textContent) })));
    one("ul", nothing).replaceChildren(...ways, ...lists);
    nothing.hidden = found.length > 0;
  };

  let turn = 0;
  let address = "";
  const update = async (how, size = MORE, params = asked()) => {
    const mine = ++turn;
    address = params.toString();
    if (how) history[`${how}State`]({}, "", address ? `?${address}` : location.pathname);
    failed = false;
    const given = await answer(params);
    const made = await cards(given.found.slice(0, size));
    if (mine !== turn) return;
    ({ found } = given);
    count = Math.min(size, found.length);
    list.replaceChildren(...made);
    more.hidden = count >= found.length;
    showChosen(asked());
    showHelp(asked(), given.others);
    results.dataset.nombre = found.length;
    say(told());
  };

  more.addEventListener("click", async () => {
    const mine = turn;
    const made = await cards(found.slice(count, count + MORE));
    if (mine !== turn) return;
    count = Math.min(count + MORE, found.length);
    list.append(...made);
    more.hidden = count >= found.length;
    history.replaceState({ count }, "");
    if (made.length) one("a", made[0]).focus();
    say(failed ? told() : write(texts.montrees, number(count), number(found.length)));
  });

  // Lists of links become lists of choices when they are opened: there may be hundreds of organisms.

  const choices = new Set(); // facets of which the list is still links
  for (const details of all("[data-facette]", form)) {
    const { facette: facet, nom: name } = details.dataset;
    const items = all("li", details);
    links.set(facet, new Map(all("a", details).map((link) => [link.dataset.valeur, link])));
    const convert = () => {
      if (!choices.delete(facet)) return;
      for (const item of items) {
        const link = one("a", item);
        item.className = "option";
        item.replaceChildren(...box(facet, link.dataset.valeur, link.textContent, one(".note", item).textContent));
      }
      for (const hidden of all(`[type=hidden][name=${facet}]`, form)) {
        hidden.remove();
        tick(facet, hidden.value);
      }
      const body = one("div", details);
      body.role = "group";
      body.ariaLabel = name;
      if (items.length < 16) return;
      const search = make("input", { type: "search", className: "champ", id: `dans-${facet}` });
      const known = [...links.get(facet).values()].map((link) => ` ${words(link.textContent).join(" ")}`);
      search.addEventListener("input", (event) => {
        event.stopPropagation();
        const wanted = words(search.value);
        items.forEach((item, at) => (item.hidden = !wanted.every((word) => known[at].includes(` ${word}`))));
      });
      body.prepend(make("div", { className: "groupe-champ" }, make("label", { htmlFor: search.id, textContent: write(texts.dans, name) }), search));
    };
    choices.add(facet);
    details.addEventListener("toggle", convert);
  }
  for (const element of all("[data-script]")) element.hidden = element.dataset.script === "sans";

  let typing = 0;
  let typed = false;
  form.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (event.target.name !== "mots") {
      typed = false;
      return update("push");
    }
    // One step back leads to before the words, not to their last letter.
    typing = setTimeout(() => {
      update(typed ? "replace" : "push");
      typed = true;
    }, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    heading.focus();
    update(asked().toString() === address ? "" : "push");
  });
  one("[data-effacer]", form).addEventListener("click", () => choose(new URLSearchParams()));
  const read = () => {
    const params = new URLSearchParams(location.search);
    update("", Math.max(MORE, history.state?.count ?? 0), params); // files come while the form is filled
    fill(params);
    typed = false;
  };
  addEventListener("popstate", () => new URLSearchParams(location.search).toString() === address || read());
  read();
}
