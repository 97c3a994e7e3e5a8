// The pages by URL, with their parents and children: made once a build.
export class Tree {
  constructor(items) {
    this.nodes = new Map();
    for (const item of items) {
      const { title, description, date, mise_a_jour, organismes, mots_cles } = item.data;
      this.nodes.set(item.url, {
        url: item.url, title, description, updated: mise_a_jour, published: date, type: item.data.type || "page",
        organism: organismes?.[0], keywords: mots_cles, order: item.data.ordre ?? 0, children: [], parent: null, cache: {},
      });
    }
    for (const node of this.nodes.values()) {
      node.parent = this.nodes.get(node.url.replace(/[^/]+\/$/, "")) ?? null;
      if (node.parent === node) node.parent = null;
      node.parent?.children.push(node);
      node.responsible = node.organism ? this.nodes.get(`/organismes/${node.organism}/`) : null;
      if (node.responsible) (node.responsible.pages ??= []).push(node);
    }
    const collator = new Intl.Collator("fr");
    for (const node of this.nodes.values()) {
      node.children.sort((a, b) => a.order - b.order || collator.compare(a.title, b.title));
    }
    this.home = this.nodes.get("/");
    this.themes = this.home.children.filter((node) => node.type === "theme");
    for (const node of this.nodes.values()) node.tree = this;
  }

  node(url) {
    return this.nodes.get(url);
  }
}
