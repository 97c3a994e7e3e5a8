// Eleventy's site of the benchmark. The content folder is Fleuve's; JavaScript layouts, because they are Eleventy's fastest,
// and one tree of pages made once, from which navigation, breadcrumbs and links between pages are taken.
import anchor from "markdown-it-anchor";
import layout from "./layout.js";
import { relativeLinks } from "./links.js";
import { writeSitemap } from "./sitemap.js";
import { Tree } from "./tree.js";

const slugify = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

export default function (config) {
  let tree = null;

  config.addCollection("tree", (api) => {
    tree = new Tree(api.getAll());
    return [];
  });
  config.amendLibrary("md", (md) => md.use(anchor, { tabIndex: false, slugify }).use(relativeLinks, () => tree));
  config.addTransform("layout", function (content) {
    return layout(tree.node(this.page.url), content);
  });
  config.on("eleventy.after", ({ directories }) => writeSitemap(directories.output, tree));

  return {
    markdownTemplateEngine: false,
    htmlTemplateEngine: false,
    templateFormats: ["md"],
  };
}
