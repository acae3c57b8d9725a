/* inspect.h - what a folder of Markdown is like, and which settings follow from that. Reads, and
 * writes nothing. */
#ifndef INSPECT_H
#define INSPECT_H

#include "generator.h"
#include "survey.h"

enum {
	INSPECT_KEYS = 64,   /* of front matter that are told apart */
	INSPECT_VALUES = 20, /* of a key; one that has more is no facet */
	INSPECT_SOME = 5,    /* pages that are named */
	INSPECT_FACETS = 3,
	INSPECT_RULES = 8,
	INSPECT_WORD = 64, /* bytes */
};

/* How the language of a page was told. */
enum inspect_told {
	TOLD_RULE,
	TOLD_FRONT,
	TOLD_FOLDER,
	TOLD_SUFFIX,
	TOLD_TWIN, /* its translation is in the other */
	TOLD_VOTE,
	TOLD_WAYS,
};

struct inspect_value {
	char *text;
	size_t pages;
};

struct inspect_key {
	char *name;
	bool known;	     /* one that every index makes use of */
	size_t pages, dates; /* that have it, and whose value is a date */
	size_t plain;	     /* values that are words, not numbers or switches */
	struct inspect_value values[INSPECT_VALUES];
	size_t n_values;
	bool many;	       /* more values than are kept */
	const char *last_page; /* a list counts its page once */
};

struct inspection {
	struct generator generator;
	char *corpus; /* the folder with the Markdown */
	size_t files, languages[LANGUAGE_MAX], told[TOLD_WAYS];
	size_t paired;
	char *alone[INSPECT_SOME];	       /* pages without a translation, the first of them */
	size_t n_alone;			       /* all of them */
	struct inspect_key keys[INSPECT_KEYS]; /* most pages first */
	size_t n_keys;
	size_t toml; /* files with +++, which is not read */
	/* what follows */
	const struct language *language;    /* of the site */
	const char *facets[INSPECT_FACETS]; /* in keys */
	size_t n_facets;
	struct survey_rule rules[INSPECT_RULES]; /* patterns owned */
	size_t n_rules;
	char word[INSPECT_WORD]; /* of a title, which a search will find; "" for none */
};

/* Looks at a folder. warn is told of each file that would be passed over or doubted, as in a
 * survey. messages: the language of the person, who gets a word in it where there is one. -1 when
 * the folder cannot be read or memory is out. Free with inspect_free. */
int inspect_folder(struct inspection *i, const char *folder, const struct language *messages,
		   void (*warn)(void *data, const char *root, const char *path,
				const struct error *e),
		   void *data, struct error *e);
void inspect_free(struct inspection *i);

#endif
