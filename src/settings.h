/* settings.h - what the administrator says once: a file of YAML (read with libyaml), and the
 * environment, which wins over it. Options of the command line win over both; that is the commands'
 * business.
 *
 *     index: /var/lib/trouvaille        TROUVAILLE_INDEX=/var/lib/trouvaille
 *     facets: [audience, topic]         TROUVAILLE_FACETS=audience,topic
 *     lang-of: {docs/anglais: en}       TROUVAILLE_LANG_OF=docs/anglais=en
 *
 * A setting is a list of texts; most take but one. A pair "a: b" is the text "a=b". */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

#include "error.h"
#include "text.h"

enum setting {
	SETTING_INDEX,	    /* folder of the index */
	SETTING_CORPUS,	    /* folders of Markdown */
	SETTING_LANGUAGE,   /* of readers who do not say theirs, and of the site */
	SETTING_FACETS,	    /* keys of the front matter */
	SETTING_LANG_OF,    /* PATTERN=LANG, see layout_matches() */
	SETTING_URLS,	    /* see address.h */
	SETTING_URL_OF,	    /* FROM=TO, likewise */
	SETTING_ANCHORS,    /* see anchor.h */
	SETTING_SHARDS,	    /* files of the index, 0 for one that is no list */
	SETTING_BASE,	    /* put before links to documents */
	SETTING_URL,	    /* the search's own public address */
	SETTING_REPORT,	    /* where a problem is reported */
	SETTING_HEADER,	    /* file of HTML to put at the top of the page; {lang} is the language */
	SETTING_FOOTER,	    /* likewise at the end */
	SETTING_STYLESHEET, /* its address */
	SETTING_SANDBOX,    /* yes or no */
	SETTING_LOG,	    /* file to which questions are appended (log.h); none without it */
	SETTINGS,
};

enum { SETTINGS_MAX_BYTES = 64 * 1024 };

struct setting_values {
	char **list;
	size_t n;
};

struct settings {
	struct setting_values of[SETTINGS]; /* n == 0: not said */
	char *file;			    /* that was read; NULL for none */
	struct arena arena;
};

/* Reads the file (NULL: that of TROUVAILLE_CONF, else PATH_SETTINGS, /etc/trouvaille.conf unless
 * the build says another, if it is there; "" is none) and the environment. Names of files in it are
 * told from its folder. -1 with the line of the fault when the file cannot be read or says what is
 * no setting or no value of one; s->file then tells which. Free with settings_free in both cases.
 */
int settings_read(struct settings *s, const char *file, struct error *e);
void settings_free(struct settings *s);

/* The name of its variable in the environment. */
const char *settings_variable(enum setting which);

/* Is this the name of a variable of the environment that settings_read() heeds? */
bool settings_has_variable(const char *name);

/* Its name in the file. */
const char *settings_name(enum setting which);
/* The value, or "" when nothing is said. */
const char *settings_text(const struct settings *s, enum setting which);
/* Where the value stands in a list that NULL ends; 0 when nothing is said. */
int settings_choice(const struct settings *s, enum setting which, const char *const *values);

#endif
