// Links between pages are relative paths to .md files, resolved and checked as Fleuve does.
export function relativeLinks(md, tree) {
  const render = md.renderer.rules.link_open ?? ((tokens, index, options, env, self) => self.renderToken(tokens, index, options));
  md.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const href = tokens[index].attrGet("href");
    if (!href.includes(":") && !href.startsWith("#")) {
      const url = new URL(href, new URL(env.page.filePathStem, "http://x"));
      const path = url.pathname.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "/");
      if (!tree().node(path)) console.error(`${env.page.inputPath}: broken link ${href}`);
      tokens[index].attrSet("href", path + url.hash);
    }
    return render(tokens, index, options, env, self);
  };
}
