// Eleventy's site of the benchmark. The content folder is Fleuve's; JavaScript layouts, because they are Eleventy's fastest,
// and one tree of pages made once, from which navigation, breadcrumbs and links between pages are taken.
import anchor from "markdown-it-anchor";
import layout from "./layout.js";
import { relativeLinks } from "./links.js";
import { Tree } from "./tree.js";

export default function (config) {
  let tree = null;

  config.addCollection("tree", (api) => (tree = new Tree(api.getAll().filter((item) => item.page.inputPath.endsWith(".md")))));
  config.addGlobalData("eleventyComputed.permalink", () => (data) => {
    const path = data.page.filePathStem.replace(/\/index$/, "/");
    return data.page.inputPath.endsWith(".md") ? `${path.endsWith("/") ? path : path + "/"}index.html` : data.permalink;
  });
  config.amendLibrary("md", (md) => md.use(anchor).use(relativeLinks, () => tree));
  config.addTransform("layout", function (content) {
    return this.page.inputPath.endsWith(".md") ? layout(tree.node(this.page.url), content) : content;
  });

  return {
    markdownTemplateEngine: false,
    htmlTemplateEngine: false,
    templateFormats: ["md", "11ty.js"],
  };
}
