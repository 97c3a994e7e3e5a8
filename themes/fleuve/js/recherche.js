// Suggestions under the boxes, and the page of results (docs/adr/0017-search-page.md). js/recherche-moteur.js answers; what is typed goes nowhere else.
"use strict";
{
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const make = (tag, values = {}, ...inside) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...inside);
    return element;
  };
  const { lang } = document.documentElement;
  const { moteur, style, page: home, ...said } = one("form[data-moteur]").dataset;
  const { format: number } = new Intl.NumberFormat(`${lang}-CA`);
  const { format: date } = new Intl.DateTimeFormat(`${lang}-CA`, { dateStyle: "long", timeZone: "UTC" });
  const longDate = (day) => date(new Date(day)).replace(/^1 /, "1er ");
  const write = (text, first, second) => text.replace(/%[sn]/g, (place) => (place === "%s" ? first : second));
  const marked = (parts) => parts.map(([text, found]) => (found ? make("mark", { textContent: text }) : text));
  const MAX = 200; // letters of a query
  const clean = (text) => [...text.replace(/\s+/g, " ").trim()].slice(0, MAX).join("").trim();
  const announcer = (region) => {
    let wait;
    return (text) => {
      clearTimeout(wait);
      region.textContent = "";
      wait = setTimeout(() => (region.textContent = text), 50); // the same text is announced again
    };
  };

  // The engine: one that fails is begun anew at the next question.

  const PATIENCE = 30000; // milliseconds
  const waiting = new Map();
  let asked = 0;
  let engine;
  const stop = () => {
    engine?.terminate();
    engine = null;
    for (const done of waiting.values()) done(null);
    waiting.clear();
  };
  const ask = (question) =>
    new Promise((done) => {
      const id = ++asked;
      waiting.set(id, done);
      setTimeout(() => waiting.has(id) && stop(), PATIENCE);
      try {
        if (!engine) {
          engine = new Worker(moteur);
          engine.onerror = stop;
          engine.onmessage = ({ data }) => {
            waiting.get(data.id)?.(data);
            waiting.delete(data.id);
          };
        }
        engine.postMessage({ id, folder: `${home}donnees/`, facets: {}, from: "", to: "", sort: "relevance", start: 0, counts: false, exact: false, ...question });
      } catch {
        stop();
      }
    });

  // Boxes: an editable combobox with a list, as the ARIA Authoring Practices have it.

  const WAIT = 110; // milliseconds without a key: those who type ten letters a second ask once
  const COUNT = 6;
  const styled = one(`link[href="${style}"]`) ? null : new Promise((done) => document.head.append(make("link", { rel: "stylesheet", href: style, onload: done, onerror: done })));
  for (const form of all("search form")) {
    const input = one("input", form);
    const list = make("ul", { className: "suggestions", id: `${input.id}-liste`, role: "listbox", ariaLabel: said.suggestions, hidden: true });
    const state = make("p", { className: "invisible", role: "status" });
    const say = announcer(state);
    one(".recherche-rang", form).append(list);
    form.append(state);
    input.setAttribute("aria-controls", list.id);
    let options = [];
    let at = -1;
    let turn = 0;
    let wait;
    const move = (to) => {
      at = to;
      options.forEach((option, place) => (option.ariaSelected = place === at));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest", behavior: "instant" });
    };
    const close = () => {
      clearTimeout(wait);
      turn++;
      list.hidden = true;
      input.ariaExpanded = "false";
      say("");
      move(-1);
    };
    const option = (act, ...inside) => {
      const element = make("li", { role: "option", ariaSelected: "false", onclick: act }, ...inside);
      element.act = act;
      return element;
    };
    const open = async () => {
      const mine = ++turn;
      const query = clean(input.value);
      if (query.length < 2) return close();
      const [answer] = await Promise.all([ask({ query, typing: !/\s$/.test(input.value), count: COUNT }), styled]);
      if (mine !== turn || document.activeElement !== input) return;
      const pages = new Map((answer?.best ?? []).map(({ url, title }) => [url, { title: [[title, 0]] }]));
      for (const found of answer?.results ?? []) pages.has(found.url) || pages.set(found.url, found);
      const shown = [...pages].slice(0, COUNT);
      options = shown.map(([url, { title, trail = [], lang: other }]) => {
        const name = make("span", {}, ...marked(title));
        if (other && other !== lang) name.lang = other;
        return option(() => (location.href = url), name, trail.length ? make("span", { className: "note", textContent: trail.join(" › ") }) : "");
      });
      options.push(option(() => form.requestSubmit(), write(said.tout, query)));
      options.at(-1).className = "suggestions-tout";
      options.forEach((element, place) => (element.id = `${list.id}-${place}`));
      list.replaceChildren(...options);
      list.hidden = false;
      list.scrollTop = 0;
      input.ariaExpanded = "true";
      move(-1);
      say(write(said.nombre, number(shown.length)));
    };
    const later = () => {
      clearTimeout(wait);
      // What a whole word needs can come, and the words that three letters begin.
      if (/\s$/.test(input.value)) ask({ query: clean(input.value), count: 0 });
      else if (/(?<![\p{L}\p{N}])[\p{L}\p{N}]{3}$/u.test(input.value)) ask({ query: input.value, begun: true });
      wait = setTimeout(open, WAIT);
    };
    const keys = {
      ArrowDown: async (event) => {
        if (list.hidden) await open();
        if (!event.altKey && !list.hidden) move((at + 1) % options.length);
      },
      ArrowUp: async (event) => {
        if (event.altKey) return close();
        if (list.hidden) await open();
        if (!list.hidden) move(at > 0 ? at - 1 : options.length - 1);
      },
      Enter: () => options[at].act(),
      Escape: () => {
        if (list.hidden) input.value = "";
        close();
      },
    };
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (/^(?:Home|End|ArrowLeft|ArrowRight)$/.test(event.key)) return move(-1);
      if (event.key === "Tab") return close();
      if (!(event.key in keys) || (event.key === "Enter" && at < 0)) return;
      event.preventDefault();
      keys[event.key](event);
    });
    input.addEventListener("input", (event) => (event.isComposing ? 0 : later()));
    input.addEventListener("compositionend", later);
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    form.addEventListener("submit", close);
    if (document.activeElement === input && input.value) later(); // typed while this script was on its way
  }

  // The page of results. The question is in its address, after « # »: hosts are not told.

  const FACETS = ["theme", "organisme", "type", "public", "region", "langue"];
  const SIZE = 10;
  const MAX_PAGE = 100;
  const day = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) && Date.parse(text) ? text : "");
  // The same question is always written the same way.
  const normal = (given) => {
    const kept = new URLSearchParams();
    const put = (name, value) => value && kept.append(name, value);
    put("q", clean(given.get("q") ?? ""));
    for (const facet of FACETS) for (const value of new Set(given.getAll(facet).slice(0, 50))) put(facet, clean(value));
    for (const limit of ["du", "au"]) put(limit, day(given.get(limit)));
    if (given.get("tri") === "date") put("tri", "date");
    if (given.get("exact") === "1") put("exact", "1");
    const page = Math.min(parseInt(given.get("page"), 10), MAX_PAGE);
    if (page > 1) put("page", page);
    return kept;
  };
  const filters = (question) => [...question].filter(([name]) => FACETS.includes(name) || name === "du" || name === "au");

  const page = (form) => {
    const [answers, start] = all("[data-reponse], [data-depart]");
    const texts = JSON.parse(answers.dataset.textes);
    const results = one("[data-resultats]", answers);
    const part = (name) => one(`[data-${name}]`, answers);
    const [list, correction, retry, chosen, order, best, pages, nothing, choices] =
      ["liste", "correction", "reessayer", "choisis", "tri", "suggere", "pages", "vide", "affiner"].map(part);
    const heading = one("h2", results);
    const state = one("[role=status]", results);
    const say = announcer(state);
    const model = one("template", results).content.firstElementChild;
    const box = one("input", form);
    const groups = new Map(all("[data-facette]", answers).map((details) => [details.dataset.facette, details]));
    const boxes = all("[type=checkbox]", choices);
    const facetOf = (field) => field.closest("[data-facette]").dataset.facette;
    const dates = all("[type=date]", choices);
    const title = document.title;
    const address = (question) => location.pathname + (String(question) ? `#${question}` : "");
    const changed = (question, changes) => {
      const other = new URLSearchParams(question);
      for (const name of ["page", ...Object.keys(changes)]) other.delete(name);
      for (const [name, value] of Object.entries(changes)) if (value) other.set(name, value);
      return normal(other);
    };
    const link = (question, text, values = {}) => make("a", { href: address(question), textContent: text, ...values });

    const read = () => {
      const given = new URLSearchParams({ q: box.value });
      for (const field of boxes) if (field.checked) given.append(facetOf(field), field.value);
      // Values that the page does not know of.
      for (const [name, value] of question) if (FACETS.includes(name) && !boxes.some((field) => facetOf(field) === name && field.value === value)) given.append(name, value);
      for (const field of dates) given.set(field.name, field.value);
      given.set("tri", question.get("tri") ?? "");
      return normal(given);
    };
    const fill = () => {
      box.value = question.get("q") ?? "";
      for (const field of boxes) field.checked = question.getAll(facetOf(field)).includes(field.value);
      for (const field of dates) field.value = question.get(field.name) ?? "";
    };

    const name = (facet, value) => one("label span", boxes.find((field) => facetOf(field) === facet && field.value === value)?.parentNode ?? document.createElement("p"))?.textContent ?? value;
    const label = ([facet, value]) => (texts[facet] ? write(texts[facet], longDate(value)) : name(facet, value));
    const item = (found) => {
      const shown = model.cloneNode(true);
      const put = (name, ...inside) => {
        const place = one(`[data-champ=${name}]`, shown);
        if (inside.some((text) => text)) place.replaceChildren(...inside);
        else place.remove();
        return place;
      };
      const main = put("title", ...marked(found.title));
      main.href = found.url;
      put("type", texts.types[found.type] ?? "");
      put("trail", found.trail.join(" › "));
      const summary = put("summary", ...marked(found.summary));
      const foreign = found.lang && found.lang !== lang;
      put("lang", foreign ? (texts.langues[found.lang] ?? found.lang) : "");
      if (foreign) main.lang = main.hreflang = summary.lang = found.lang;
      put("retired", found.retired ? texts.retiree : "");
      put("organism", found.organism);
      put("date", day(found.date) && longDate(found.date)).dateTime = found.date;
      const section = one("[data-champ=section]", shown);
      if (found.section) {
        const below = one("a", section);
        below.replaceChildren(...marked(found.section.text));
        below.href = `${found.url}#${found.section.id}`;
        if (foreign) below.lang = found.lang;
      } else section.remove();
      for (const line of all("p", shown)) if (!line.textContent.trim()) line.remove();
      return shown;
    };
    const showBest = (found) => {
      best.hidden = !found.length;
      one("ul", best).replaceChildren(...found.map(({ url, title, summary }) =>
        make("li", {}, make("a", { href: url, textContent: title }), summary ? make("p", { textContent: summary }) : "")));
    };
    const showCorrection = (found) => {
      correction.hidden = !found;
      if (!found) return;
      const typed = question.get("q") ?? "";
      correction.replaceChildren(...(found.applied
        ? [link(changed(question, { exact: "1" }), write(texts.plutot, typed))]
        : [`${texts.vouliez} `, link(changed(question, { q: found.text, exact: "" }), found.text)]));
    };
    const showChosen = () => {
      chosen.replaceChildren(...filters(question).map((pair) => {
        const text = label(pair);
        const without = normal(new URLSearchParams([...question].filter(([name, value]) => name !== "page" && (name !== pair[0] || value !== pair[1]))));
        return make("li", {}, make("button", { type: "button", ariaLabel: write(texts.retirer, text), onclick: () => go(without, true) }, text, make("span", { ariaHidden: "true", textContent: "×" })));
      }));
      const told = (element, count) => (one("summary [data-nombre]", element).textContent = count ? ` (${count})` : "");
      for (const [facet, details] of groups) told(details, question.getAll(facet).length);
      told(part("periode"), dates.filter((field) => field.value).length);
      told(choices, filters(question).length);
    };
    const showCounts = (facets) => {
      for (const [facet, details] of facets ? groups : []) {
        const counts = new Map(facets[facet]);
        for (const field of boxes.filter((field) => facetOf(field) === facet)) {
          const count = counts.get(field.value) ?? 0;
          field.parentNode.classList.toggle("option-vide", !count && !field.checked && field !== document.activeElement);
          one(".note", field.parentNode).textContent = count ? `(${number(count)})` : "";
        }
        details.hidden = !all("li:not(.option-vide)", details).length;
      }
    };
    const showPages = (now, total) => {
      const last = Math.min(Math.ceil(total / SIZE), MAX_PAGE);
      pages.hidden = last < 2;
      const to = (page, text, values) => make("li", {}, page === now && !values ? make("span", { ariaCurrent: "page", textContent: text }) : link(changed(question, { page: String(page) }), text, values));
      const shown = [1, now - 1, now, now + 1, last].filter((page, place, known) => page >= 1 && page <= last && known.indexOf(page) === place);
      const numbers = shown.flatMap((page, place) => [
        ...(place && page > shown[place - 1] + 1 ? [make("li", { ariaHidden: "true", textContent: "…" })] : []),
        page === now ? to(page, number(page)) : to(page, number(page), { ariaLabel: write(texts.page, number(page)) }),
      ]);
      one("ul", pages).replaceChildren(
        ...(now > 1 ? [to(now - 1, "←", { ariaLabel: texts.precedente, rel: "prev" })] : []), ...numbers, ...(now < last ? [to(now + 1, "→", { ariaLabel: texts.suivante, rel: "next" })] : []));
    };
    const counted = ({ total, atLeast, correction: other }, now) => {
      const count = total ? write(atLeast ? texts.plus_de : total > 1 ? texts.plusieurs : texts.un, number(total)) : texts.aucun;
      const words = other?.applied ? other.text : question.get("q");
      const whole = words ? write(texts.pour, count, words) : count;
      return now > 1 && total ? write(texts.page_de, whole, number(now)) : whole;
    };
    const show = (answer, now) => {
      const partial = answer.partial ? (navigator.onLine ? texts.partielle : texts.hors) : "";
      const first = (now - 1) * SIZE;
      list.start = first + 1;
      list.replaceChildren(...answer.results.map(item));
      for (const choice of all("a", order)) {
        choice.href = address(changed(question, { tri: choice.dataset.valeur }));
        choice.ariaCurrent = (question.get("tri") ?? "") === choice.dataset.valeur ? "true" : null;
      }
      order.hidden = answer.total < 2;
      showBest(now === 1 ? answer.best : []);
      showCorrection(answer.correction);
      showCounts(answer.facets);
      showPages(now, answer.total);
      nothing.hidden = answer.total > 0;
      one("[data-sans]", nothing).href = address(normal(new URLSearchParams({ q: question.get("q") ?? "" })));
      one("[data-sans]", nothing).hidden = !question.get("q") || !filters(question).length;
      retry.hidden = !partial;
      results.dataset.nombre = answer.total;
      say([counted(answer, now), partial].filter(Boolean).join(". "));
    };
    const showFailure = () => {
      for (const element of [correction, order, best, pages, nothing]) element.hidden = true;
      list.replaceChildren();
      retry.hidden = false;
      results.dataset.nombre = "";
      say(texts.panne);
    };

    let question = normal(new URLSearchParams());
    let turn = 0;
    const answer = async () => {
      const mine = ++turn;
      const words = question.get("q") ?? "";
      const wanted = words || filters(question).length > 0;
      document.title = words ? `${words} – ${title}` : title;
      answers.hidden = !wanted;
      start.hidden = wanted;
      const other = one(".bascule");
      if (other) other.hash = question;
      if (!wanted) return;
      const now = +(question.get("page") ?? 1);
      showChosen();
      results.ariaBusy = "true";
      const slow = setTimeout(() => say(texts.cours), 500);
      const found = await ask({
        query: words, typing: false, facets: Object.fromEntries(FACETS.map((facet) => [facet, question.getAll(facet)])), from: question.get("du") ?? "", to: question.get("au") ?? "",
        sort: question.get("tri") === "date" ? "date" : "relevance", start: (now - 1) * SIZE, count: SIZE, counts: true, exact: question.has("exact"),
      });
      clearTimeout(slow);
      if (mine !== turn) return;
      results.ariaBusy = null;
      // A page that is no more: the first one is.
      if (found?.total && !found.results.length && now > 1) return go(changed(question, {}), false, "replace");
      found ? show(found, now) : showFailure();
      start.hidden = found?.total > 0;
    };

    // From the form and the address to an answer, and back.

    let leap = false; // reading goes on from the heading
    const go = async (asked, jump, how = "push") => {
      question = asked;
      history[`${how}State`]({}, "", address(asked));
      fill();
      const shown = answer();
      if (jump) (String(asked) ? heading : box).focus();
      await shown;
    };
    const follow = async () => {
      const hash = location.hash.slice(1);
      // « Skip to the content » is no question.
      if (hash && !hash.includes("=")) return history.replaceState(history.state, "", address(question));
      const asked = normal(new URLSearchParams(hash));
      if (String(asked) === String(question)) return;
      question = asked;
      fill();
      const [to, jump] = [history.state?.y, leap];
      leap = false;
      await answer();
      if (jump) heading.focus();
      else if (to !== undefined) scrollTo({ top: to, behavior: "instant" });
    };
    let scrolled;
    addEventListener("scroll", () => {
      clearTimeout(scrolled);
      scrolled = setTimeout(() => history.replaceState({ y: scrollY }, ""), 200);
    });
    history.scrollRestoration = "manual";
    addEventListener("popstate", follow);
    answers.addEventListener("click", (event) => {
      leap = event.target.closest("a")?.pathname === location.pathname && !(event.ctrlKey || event.metaKey || event.shiftKey);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const asked = read();
      go(asked, true, String(asked) === String(question) ? "replace" : "push");
    });
    choices.addEventListener("change", (event) => event.target.matches("[type=checkbox], [type=date]") && go(read(), false));
    one("button", retry).addEventListener("click", () => (heading.focus(), answer()));
    addEventListener("online", () => setTimeout(() => retry.hidden || answer(), 1000)); // the line is there a little later

    // Long lists of choices are searched too.

    const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    for (const [facet, details] of groups) {
      const items = all("li", details);
      if (items.length < 20) continue;
      const search = make("input", { className: "champ", id: `dans-${facet}`, autocomplete: "off" });
      search.addEventListener("input", () => items.forEach((item) => (item.hidden = !fold(item.textContent).includes(fold(search.value.trim())))));
      one("div", details).prepend(make("div", { className: "groupe-champ" }, make("label", { htmlFor: search.id, textContent: write(texts.dans, one("summary", details).firstChild.textContent) }), search));
    }

    for (const element of all("[data-script]")) element.hidden = element.dataset.script === "sans";
    choices.open = matchMedia("(min-width: 62em)").matches;
    // « ?q= » is for links from elsewhere: once read, the words leave the address.
    const given = location.hash.includes("=") ? location.hash.slice(1) : location.search.slice(1);
    const y = history.state?.y;
    go(normal(new URLSearchParams(given)), false, "replace").then(() => y && scrollTo({ top: y, behavior: "instant" }));
  };
  all("form[data-dossier]").forEach(page);
}
