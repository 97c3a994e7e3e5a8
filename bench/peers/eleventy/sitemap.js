// The sitemap, as Hugo and MkDocs write theirs; written after the pages because Eleventy has none of its own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export function writeSitemap(folder, tree) {
  const entries = [...tree.nodes.keys()].map((url) => `<url><loc>https://www.gouv.exemple.quebec${url}</loc></url>`);
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries.join("\n")}\n</urlset>\n`;
  writeFileSync(join(folder, "sitemap.xml"), text);
}
