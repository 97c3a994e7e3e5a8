export default function layout(node, content) {
  return `<!doctype html><h1>${node.title}</h1>${content}`;
}
