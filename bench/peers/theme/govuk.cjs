// Renders govuk.njk: node govuk.cjs PACKAGES TEMPLATES < data.json > page.html
const fs = require("fs"), path = require("path");
const [packages, templates] = process.argv.slice(2);
const nunjucks = require(path.join(packages, "nunjucks"));
const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([templates, path.join(packages, "govuk-frontend/dist")]), { autoescape: true, trimBlocks: true, lstripBlocks: true });
process.stdout.write(environment.render("govuk.njk", JSON.parse(fs.readFileSync(0, "utf8"))));
