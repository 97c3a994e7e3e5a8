import { readFileSync } from "node:fs";

// The same HTML as Fleuve's theme. What does not change within a folder is made once and kept on its node.
const SITE = "Services du gouvernement";
const ROOT = "https://www.gouv.exemple.quebec";
const FEEDBACK = readFileSync(new URL("feedback.html", import.meta.url), "utf8");
const DATE = new Intl.DateTimeFormat("fr-CA", { dateStyle: "long", timeZone: "UTC" });

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const esc = (text) => String(text ?? "").replace(/[&<>"]/g, (character) => escapes[character]);
const link = (node) => `<li><a href="${node.url}">${esc(node.title)}</a></li>`;
const list = (nodes) => nodes.map((node) => "\n" + link(node)).join("");
const listing = (nodes) => `<ul class="liste">${nodes.map((node) => `
<li><a href="${node.url}">${esc(node.title)}</a> <span class="etiquette">Information</span><p>${esc(node.description)}</p></li>`).join("")}
</ul>`;

// Make a fragment once for a node of the tree.
const once = (node, name, make) => (node.cache[name] ??= make(node));

const header = ({ themes }) => `<header class="entete">
<div class="cadre entete-rang">
<a class="identite" href="/"><svg class="marque" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="19"/><path d="M25-2C25 10 11 10 12 19s17 8 14 24"/><path d="M36-1C36 13 18 11 19 18s16 7 14 24"/></svg><span>${SITE}</span></a>
<a class="bascule" href="/en/" lang="en" hreflang="en">English <small>(home page)</small></a>
</div>
<nav class="principale" id="zone-navigation" tabindex="-1" aria-label="Navigation principale">
<div class="cadre">
<details class="menu">
<summary><svg class="icone" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6h18M3 12h18M3 18h18"/></svg><span class="menu-court">Menu</span><span class="menu-long">Tous les thèmes</span></summary>
<div class="menu-panneau"><ul class="menu-themes">
${list(themes)}
</ul></div>
</details>
<ul class="menu-acces">
<li><a href="/services/">Services de A à Z</a></li>
<li><a href="/organismes/a-z/">Ministères et organismes</a></li>
</ul>
</div>
</nav>
</header>`;

const footer = ({ themes }) => `<footer class="pied">
<div class="cadre pied-grille">
<div class="pied-aide">
<h2>Besoin d’aide ?</h2>
<p>Une personne peut vous répondre.</p>
<div class="pied-telephone"><a href="tel:+18005550100"><svg class="icone" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 3.5h4l2 5-2.5 1.8a12 12 0 0 0 5.2 5.2l1.8-2.5 5 2v4c0 1-.8 1.8-1.8 1.7C10.5 20 4 13.5 3.3 5.3 3.2 4.3 4 3.5 5 3.5z"/></svg>1 800 555-0100</a></div>
<p>du lundi au vendredi, de 8 h 30 à 16 h 30</p>
</div>
<nav class="pied-nav" aria-label="Pied de page">
<div>
<h2>Trouver</h2>
<ul>
<li><a href="/services/">Services de A à Z</a></li>
<li><a href="/organismes/a-z/">Ministères et organismes</a></li>
<li><a href="/nouveautes/">Toutes les nouveautés</a></li>
<li><a href="/plan-du-site/">Plan du site</a></li>
</ul>
</div>
<div>
<h2>À propos du site</h2>
<ul>
<li><a href="/accessibilite/">Accessibilité</a></li>
</ul>
</div>
<div class="pied-themes">
<h2>Thèmes</h2>
<ul>
${list(themes)}
</ul>
</div>
</nav>
</div>
<div class="pied-base"><div class="cadre"><svg class="marque" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="19"/><path d="M25-2C25 10 11 10 12 19s17 8 14 24"/><path d="M36-1C36 13 18 11 19 18s16 7 14 24"/></svg><p>${SITE} <span>L’information et les services de tous les ministères et organismes, au même endroit</span></p></div></div>
</footer>`;

const trail = (node) => (node ? [...trail(node.parent), node] : []);

const breadcrumb = (parent) => `<nav class="fil" aria-label="Fil d’Ariane">
<ol>${list(trail(parent))}
</ol>
</nav>`;

const section = (parent) => `<nav class="section" aria-label="Dans cette section">
<p class="section-parent"><a href="${parent.url}">${esc(parent.title)}</a></p>
<ul>${list(parent.children)}
</ul>
</nav>`;

function contents(html) {
  const titles = [...html.matchAll(/<h2 id="([^"]*)"[^>]*>(.*?)<\/h2>/g)];
  if (titles.length <= 2) return "";
  return `
<nav class="sommaire" aria-label="Sur cette page">
<p class="sommaire-titre" aria-hidden="true">Sur cette page</p>
<details><summary>Sur cette page</summary>
<ol>${titles.map(([, id, title]) => `\n<li><a href="#${id}">${title}</a></li>`).join("")}
</ol></details>
</nav>`;
}

function jsonld(node) {
  const { title, description, responsible } = node;
  const url = ROOT + node.url;
  const items = trail(node).map((step, index) => ({ "@type": "ListItem", position: index + 1, name: step.title, item: ROOT + step.url }));
  const webpage = {
    "@type": "WebPage", "@id": url, url, name: title, inLanguage: "fr", isPartOf: { "@id": ROOT + "/#site" }, description,
    breadcrumb: { "@id": url + "#fil" }, mainEntity: { "@id": url + "#contenu" },
  };
  const article = { "@type": "Article", "@id": url + "#contenu", mainEntityOfPage: { "@id": url }, inLanguage: "fr", headline: title, description };
  if (responsible) {
    const organism = ROOT + responsible.url + "#organisme";
    const dates = { datePublished: day(node.published), dateModified: day(node.updated) };
    Object.assign(webpage, dates, { publisher: { "@type": "GovernmentOrganization", "@id": organism, name: responsible.title } });
    Object.assign(article, dates, { keywords: node.keywords.join(", "), author: { "@id": organism } });
  }
  const graph = [webpage, article, { "@type": "BreadcrumbList", itemListElement: items, "@id": url + "#fil" }];
  return JSON.stringify({ "@context": "https://schema.org", "@graph": graph }).replaceAll("<", "\\u003c");
}

const day = (date) => date?.toISOString().slice(0, 10);

function information(node) {
  if (!node.responsible) return "";
  return `
<footer class="renseignements">
<h2>Renseignements</h2>
<dl>
<div><dt>Dernière mise à jour</dt><dd><time datetime="${day(node.updated)}">${DATE.format(node.updated)}</time></dd></div>
<div><dt>Organisme responsable</dt><dd><a href="${node.responsible.url}">${esc(node.responsible.title)}</a></dd></div>
</dl>
</footer>`;
}

function children(node) {
  const pages = node.type === "organisme" ? (node.pages ?? []).slice(0, 30) : node === node.tree.home ? node.tree.themes : node.children;
  return pages.length ? `
<section class="enfants">
<h2>Pages de ce dossier</h2>
${listing(pages)}
</section>` : "";
}

export default function layout(node, content) {
  const { tree, parent } = node;
  const title = esc(node.title);
  const description = esc(node.description);
  const current = `<a href="${node.url}"`;
  return `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self' https://services.gouv.exemple.quebec; worker-src 'self'; form-action 'self' https://services.gouv.exemple.quebec; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | ${SITE}</title>
<meta name="description" content="${description}">
<link rel="canonical" href="${ROOT}${node.url}">
<meta property="og:title" content="${title}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="${SITE}">
<meta property="og:locale" content="fr_CA">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${ROOT}${node.url}">
<meta name="theme-color" content="#06343f">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/images/favicon.svg?v=6200d35b" type="image/svg+xml">
<link rel="stylesheet" href="/css/fleuve.css?v=0dbc7407">
<link rel="preload" href="/polices/atkinson-hyperlegible-next.woff2" as="font" type="font/woff2" crossorigin>
<script src="/js/fleuve.js?v=d1fcaaa7" defer data-hors-connexion="/sw.js"></script>
<script type="application/ld+json">${jsonld(node)}</script>
</head>
<body class="type-page">
<nav class="evitement" aria-label="Accès rapides">
<a href="#zone-contenu">Aller au contenu</a>
<a href="#zone-navigation">Aller à la navigation</a>
</nav>
<p class="copie" role="status" data-copie="Le site ne répond pas ou la connexion est lente : vous lisez la copie de cette page gardée dans votre appareil le %s."></p>
${once(tree.home, "header", () => header(tree))}
<div class="cadre zone">
${parent ? once(parent, "breadcrumb", breadcrumb) : ""}
<div class="grille grille-2">
<main id="zone-contenu" tabindex="-1">
<article>
<header class="tete-page">
<h1>${title}</h1>
<p class="chapeau">${description}</p>
</header>${contents(content)}
<div class="texte">
${content}
</div>${children(node)}${information(node)}
</article>
<div class="partage">
<ul>
<li><a href="mailto:?subject=${encodeURIComponent(node.title)}&amp;body=${encodeURIComponent(ROOT + node.url)}">Envoyer cette page par courriel</a></li>
<li hidden><button type="button" data-copier="L’adresse de la page est copiée.">Copier l’adresse</button></li>
<li hidden><button type="button" data-partager>Partager</button></li>
<li hidden><button type="button" data-imprimer>Imprimer</button></li>
</ul>
<p class="etat" role="status"></p>
</div>
<input type="hidden" form="retour" name="page" value="${node.url}">
${FEEDBACK}</main>
${parent ? once(parent, "section", section).replace(current, current + ' aria-current="page"') : ""}
</div>
</div>
${once(tree.home, "footer", () => footer(tree))}
</body>
</html>
`;
}
