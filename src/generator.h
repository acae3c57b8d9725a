/* generator.h - what the configuration of a site's generator says of its pages and their addresses.
 *
 *     Hugo        hugo.toml .yaml .json, config.* of the same kinds, config/_default/
 *     MkDocs      mkdocs.yml
 *     Docusaurus  docusaurus.config.js .ts .mjs .cjs
 *     VitePress   .vitepress/config.js .ts .mjs .mts, also in docs/
 *     Jekyll      _config.yml
 *
 * YAML and JSON are read with libyaml; of TOML and of JavaScript, plain keys with plain values. */
#ifndef GENERATOR_H
#define GENERATOR_H

#include "address.h"
#include "anchor.h"
#include "error.h"

enum generator_kind {
	GENERATOR_NONE,
	GENERATOR_HUGO,
	GENERATOR_MKDOCS,
	GENERATOR_DOCUSAURUS,
	GENERATOR_VITEPRESS,
	GENERATOR_JEKYLL,
	GENERATOR_KINDS,
};

/* People's names for them; "" for none. */
extern const char *const generator_names[GENERATOR_KINDS];

enum { GENERATOR_PAIRS = 16 };

struct generator_pair {
	const char *from, *to;
};

struct generator {
	enum generator_kind kind;
	const char *file;    /* its configuration, below the folder */
	const char *content; /* where the Markdown is, below the folder; "" for itself */
	const struct language *language; /* the site's first; NULL when it is not said */
	enum address_form form;
	enum anchor_style anchors;
	/* beginnings of paths below the content: as in addresses, and their languages' codes */
	struct generator_pair moves[GENERATOR_PAIRS], rules[GENERATOR_PAIRS];
	size_t n_moves, n_rules;
	const char *address; /* of the whole site, as it is said; NULL when it is not */
	struct arena arena;  /* all of this */
};

/* Looks into a folder. No configuration, or one that cannot be read, gives GENERATOR_NONE; -1 only
 * when memory is out. Free with generator_free. */
int generator_find(struct generator *g, const char *folder, struct error *e);
void generator_free(struct generator *g);

#endif
