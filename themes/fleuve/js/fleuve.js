// What scripts add to pages that work without them. One file, no dependency, no words of its own: what citizens read is in the page,
// in its language. Nothing is stored but by the service worker (js/hors-connexion.js), nothing is sent but a form that someone submits.
"use strict";
{
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const lang = document.documentElement.lang;
  const worker = document.currentScript.dataset.horsConnexion;
  const longDate = (date) => new Intl.DateTimeFormat(`${lang}-CA`, { dateStyle: "long" }).format(date).replace(/^1 /, "1er ");
  const show = (...elements) => elements.forEach((element) => element && (element.hidden = false));
  // A text that is the same twice is not announced twice: the region is emptied first.
  const say = (region, text) => {
    region.textContent = "";
    setTimeout(() => (region.textContent = text), 50);
  };

  // Menus: one open at a time; Escape closes and gives the focus back; so does a click elsewhere, without the focus.

  const menus = all("nav.principale details");
  for (const menu of menus)
    menu.addEventListener("toggle", () => menu.open && menus.forEach((other) => other !== menu && !other.contains(menu) && (other.open = false)));
  addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && menus.findLast((menu) => menu.open);
    if (!menu) return;
    if (menu.contains(document.activeElement)) one("summary", menu).focus();
    menu.open = false;
  });
  addEventListener("click", (event) => menus.forEach((menu) => !menu.contains(event.target) && (menu.open = false)));

  // Sharing: buttons that need a script are hidden until there is one.

  for (const list of all(".partage")) {
    const address = one("link[rel=canonical]")?.href ?? location.href;
    const state = one("[role=status]", list);
    const button = (name, works, act) => {
      const element = one(`[data-${name}]`, list);
      if (!element || !works) return;
      show(element.closest("[hidden]"));
      element.addEventListener("click", () => act(element));
    };
    button("copier", navigator.clipboard, (element) =>
      navigator.clipboard.writeText(address).then(() => say(state, element.dataset.copier), () => say(state, address)),
    );
    button("partager", navigator.share, () => navigator.share({ title: document.title, url: address }).catch(() => {}));
    button("imprimer", true, () => print());
  }

  // Errors of a form: a summary that has the focus, with a link to each field, and the message beside the field.

  const fields = (form) => [...form.elements].filter((field) => field.willValidate && (field.type !== "radio" || field === form.elements[field.name][0]));
  const place = (field) => field.closest("fieldset.choix, .groupe-champ");
  const clear = (form) => {
    one(".resume-erreurs", form).hidden = true;
    all(".erreur", form).forEach((message) => message.remove());
    for (const field of all("[aria-invalid]", form)) {
      field.removeAttribute("aria-invalid");
      const described = field.getAttribute("aria-describedby")?.replace(/\s*\S+-erreur/, "");
      described ? field.setAttribute("aria-describedby", described) : field.removeAttribute("aria-describedby");
    }
  };
  const isValid = (form) => {
    clear(form);
    const wrong = fields(form).filter((field) => !field.validity.valid);
    if (!wrong.length) return true;
    const summary = one(".resume-erreurs", form);
    const links = wrong.map((field) => {
      const { erreur, forme } = field.dataset;
      const text = field.validity.typeMismatch && forme ? forme : erreur;
      const message = Object.assign(document.createElement("p"), { className: "erreur", id: `${field.id}-erreur`, textContent: text });
      one("legend, label", place(field)).after(message);
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${message.id}`.trim());
      const link = Object.assign(document.createElement("a"), { href: `#${field.id}`, textContent: text });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        field.focus();
      });
      const item = document.createElement("li");
      item.append(link);
      return item;
    });
    one("ul", summary).replaceChildren(...links);
    show(summary);
    summary.focus();
    return false;
  };

  // What must not be sent: e-mails, health insurance numbers, telephones, social insurance and card numbers. tests/masking.yml is the
  // table of what is and is not masked. A doubt masks: an amount or a date must not look like a number of a person.

  const GAP = "[ \\t\\u00a0\\u202f().\\u2010-\\u2013-]";
  const EMAIL = /[^\s@<>()[\]",;:«»]+@[^\s@<>()[\]",;:«»]+\.[^\s@<>()[\]",;:«».!?]+/gu;
  const HEALTH = new RegExp(`(^|[^\\p{L}\\p{N}])\\p{L}{4}${GAP}{0,2}\\d{4}${GAP}{0,2}\\d{4}(?!\\d)`, "gu");
  const DIGITS = new RegExp(`\\+?\\(?\\d(?:${GAP}{0,3}\\d){6,}`, "g");
  const mask = (text, [email, telephone, number]) =>
    text
      .replace(EMAIL, email)
      .replace(HEALTH, `$1${number}`)
      .replace(DIGITS, (found, at, whole) => {
        const count = found.replace(/\D/g, "").length;
        if (/^\s?[$€%]/.test(whole.slice(at + found.length))) return found;
        if (count === 9) return /^\D*\d{3}\D*\d{3}\D*\d{3}$/.test(found) ? number : found;
        if (count === 10 || count === 11 || (found[0] === "+" && count < 16)) return telephone;
        if (count > 11) return number;
        return /(^|\D)\d{3}[-\u2010-\u2013.]\d{4}$/.test(found) ? telephone : found;
      });

  // “Was this page useful?”: what is sent is masked, shown before, and kept when it could not be sent.

  for (const form of all("form[data-retour]")) {
    const { masques, masque, attente, merci, echec, courriel } = form.dataset;
    const text = one("textarea", form);
    const preview = one(".apercu", form);
    const state = one("[role=status]", form);
    const masked = () => mask(text.value, masques.split("|"));
    let told = false;
    form.noValidate = true;
    text.addEventListener("input", () => {
      const sent = masked();
      const changed = sent !== text.value;
      preview.hidden = !text.value.trim();
      one("blockquote", preview).textContent = sent;
      if (changed && !told) say(state, masque);
      told = changed;
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!isValid(form)) return;
      const data = new URLSearchParams(new FormData(form));
      const useful = data.get("utile");
      data.set(text.name, useful === "non" ? masked() : "");
      if (form.action.startsWith("mailto:")) {
        location.href = `${form.action}${form.action.includes("?") ? "&" : "?"}body=${encodeURIComponent([...data].map((pair) => pair.join(" : ")).join("\n"))}`;
        return say(state, courriel);
      }
      const button = one("button", form);
      if (button.ariaDisabled === "true") return;
      button.ariaDisabled = "true"; // it keeps the focus, which `disabled` would lose
      say(state, attente);
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, credentials: "omit", signal: AbortSignal.timeout(15000) });
        if (!answer.ok) throw answer.status;
        const thanks = Object.assign(document.createElement("p"), { className: "retour-merci", tabIndex: -1, textContent: merci });
        form.replaceChildren(thanks);
        thanks.focus();
      } catch {
        button.ariaDisabled = null;
        say(state, echec);
      }
    });
  }

  // Search: its own script comes when a box is first used. What is typed goes after « # », where hosts do not see it.

  const search = one("form[data-moteur]")?.dataset;
  for (const form of search ? all("search form") : []) {
    const input = one("input", form);
    Object.assign(input, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
    input.addEventListener("focus", () => one(`[src="${search.recherche}"]`) || document.head.append(Object.assign(document.createElement("script"), { src: search.recherche })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.dataset.dossier) location.href = `${search.page}#${new URLSearchParams({ q: input.value })}`;
    });
  }

  // Lists that are filtered as one types. Accents, capitals, apostrophes and plurals do not count; small words neither.

  const SMALL = /^(?:..?|les|des|une|mon|mes|vos|votre|pour|sur|dans|avec|est|the|and|for|you|your|how|comment)$/;
  const words = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae")
      .split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => (word.length > 3 ? word.replace(/[sx]$/, "") : word));

  for (const form of all("form[data-filtre]")) {
    const { aucun, un, plusieurs } = form.dataset;
    const input = one("input", form);
    const state = one("[role=status]", form);
    const empty = one("[data-vide]");
    const letters = one(".lettres")?.parentNode;
    const groups = all("section.lettre").map((section) => ({
      section, items: all("li", section).map((item) => ({ item, text: ` ${words(item.textContent).join(" ")}` })),
    }));
    const filter = () => {
      const asked = words(input.value);
      const telling = asked.filter((word) => !SMALL.test(word));
      const wanted = telling.length ? telling : asked;
      let count = 0;
      for (const { section, items } of groups) {
        let here = 0;
        for (const { item, text } of items) here += !(item.hidden = !wanted.every((word) => text.includes(` ${word}`)));
        section.hidden = !here;
        count += here;
      }
      empty.hidden = count > 0;
      if (letters) letters.hidden = wanted.length > 0;
      return wanted.length ? (count ? (count > 1 ? plusieurs : un) : aucun).replace("%s", count || input.value.trim()) : "";
    };
    const read = () => {
      input.value = new URLSearchParams(location.search).get("q") ?? "";
      state.textContent = filter();
    };
    let wait;
    input.addEventListener("input", () => {
      const told = filter();
      clearTimeout(wait); // neither the address nor what is announced follows each key
      wait = setTimeout(() => {
        const url = new URL(location);
        input.value.trim() ? url.searchParams.set("q", input.value.trim()) : url.searchParams.delete("q");
        history.replaceState(history.state, "", url);
        say(state, told);
      }, 400);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("popstate", read);
    show(form);
    read();
  }

  // Request for access to documents: the letter is written as one types. It stays on the device.

  for (const form of all("form[data-lettre]")) {
    const letter = document.getElementById(form.dataset.lettre);
    const state = one("[role=status]", form);
    const { organisme, adresse, courriel } = form.elements;
    const blanks = new Map(all("[data-champ]", letter).map((blank) => [blank, blank.textContent]));
    const address = () => organisme.selectedOptions[0].dataset;
    const write = () => {
      const values = {
        date: longDate(new Date()), destinataire: address().responsable, organisme: organisme.value && organisme.selectedOptions[0].text,
        adresse_organisme: address().adresse,
      };
      for (const [blank, nothing] of blanks) {
        const name = blank.dataset.champ;
        const value = (values[name] ?? form.elements[name]?.value ?? "").trim();
        blank.textContent = value || nothing;
        blank.classList.toggle("rempli", blank.textContent[0] !== "[");
        const part = blank.closest("[data-si]");
        if (part) part.hidden = !value;
      }
      // An answer needs one address at least; the law does not say which.
      courriel.required = !adresse.value.trim();
    };
    const text = () => letter.innerText.replace(/\n{3,}/g, "\n\n").trim();
    const acts = {
      copier: (told) => navigator.clipboard.writeText(text()).then(() => say(state, told)),
      telecharger: (told) => {
        const link = Object.assign(document.createElement("a"), { download: form.dataset.fichier, href: URL.createObjectURL(new Blob([text()], { type: "text/plain;charset=utf-8" })) });
        link.click();
        URL.revokeObjectURL(link.href);
        say(state, told);
      },
      imprimer: () => {
        document.body.classList.add("courrier-seul");
        addEventListener("afterprint", () => document.body.classList.remove("courrier-seul"), { once: true });
        print();
      },
      courriel: (told) => {
        if (!address().courriel) return say(state, form.dataset.sansCourriel);
        location.href = `mailto:${address().courriel}?subject=${encodeURIComponent(form.dataset.objet)}&body=${encodeURIComponent(text())}`;
        say(state, told);
      },
    };
    const asked = new URLSearchParams(location.search).get("organisme");
    if (asked && [...organisme.options].some((option) => option.value === asked)) organisme.value = asked;
    form.noValidate = true;
    form.addEventListener("input", write);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isValid(form)) acts[event.submitter.value](event.submitter.dataset.dit);
    });
    show(form);
    write();
  }

  // Without a connection: pages that were read, and what a kept copy must say of itself.

  for (const list of all("[data-gardees]")) {
    (async () => {
      const found = [];
      for (const name of (await caches.keys()).filter((name) => name === `fleuve:${list.dataset.gardees}:lues`)) {
        const cache = await caches.open(name);
        for (const key of (await cache.keys()).reverse()) {
          const kept = new DOMParser().parseFromString(await (await cache.match(key)).text(), "text/html");
          if (kept.documentElement.lang === lang) found.push([key.url, one("h1", kept)?.textContent || kept.title]);
        }
      }
      if (!found.length) return;
      for (const [url, title] of found) {
        const item = document.createElement("li");
        item.append(Object.assign(document.createElement("a"), { href: url, textContent: title }));
        list.append(item);
      }
      show(list.closest("[hidden]"));
    })();
  }

  const container = isSecureContext && navigator.serviceWorker;
  if (worker && container) {
    const controlled = container.controller;
    container.addEventListener("message", ({ data }) => {
      const notice = one("[data-copie]");
      if (data.kept && notice) say(notice, notice.dataset.copie.replace("%s", longDate(data.kept)));
    });
    container.startMessages();
    controlled?.postMessage("copie");
    addEventListener("load", async () => {
      try {
        await container.register(worker);
        const { active } = await container.ready;
        if (!controlled) active.postMessage("garder");
      } catch {} // the site does without
    });
  }
}
