/* build.h - folders of Markdown -> an index, switched in whole or not at all.
 *
 *     walk -> survey (front matter: language, pair) -> passages of a page and its translation ->
 * documents
 *
 * The new database is built beside the old one, compacted to one file, synced and renamed over it:
 * readers see the old index or the new one, and a build that fails leaves the old one standing.
 *
 * The index remembers the files it was made of. When it was made by this program with the same
 * options, a run reads only those that changed, and writes the groups of translations that they
 * belong to on a copy of the index; the outcome answers as one built from nothing.
 *
 * An index in shards is one of several files, of which each holds whole groups of translations, so
 * that all which is counted once or shown together is in one place. It is left as it is when
 * nothing changed, and built anew when something did. */
#ifndef BUILD_H
#define BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "leaf.h"
#include "stub.h"
#include "survey.h"

struct build_options {
	const char *const *roots; /* corpus folders */
	size_t n_roots;
	const char *index; /* folder of the index, made when missing */
	bool dry_run;	   /* read everything, write nothing */
	bool full;	   /* from nothing, whatever there is to go by */
	unsigned shards; /* the index is so many files (at most SHARDS_MAX) and a list; 0 for one */
	struct leaf_options pages;
	int64_t now;			 /* as of struct survey_options */
	const struct survey_rule *rules; /* --lang-of */
	size_t n_rules;
	/* Told of each page of which the language is a guess, before any is indexed; NULL for
	 * silence. */
	void (*guessed)(void *data, const char *root, const char *path,
			const struct language *language);
	/* Told of each file passed over, or taken with a doubt: its root and path, and why. */
	void (*warn)(void *data, const char *root, const char *path, const struct error *e);
	/* Told why an index that is there cannot be gone by, so that all is built anew; NULL for
	 * silence. */
	void (*anew)(void *data, enum message why);
	/* Told after each file; NULL for silence. */
	void (*progress)(void *data, size_t done, size_t total);
	void *data;
};

struct build_report {
	size_t files, passages, warnings;
	size_t paired;	 /* files that have a translation */
	size_t concepts; /* of the lexique */
	bool incremental;
	size_t changed; /* then: files that were added, changed or dropped; a renamed one is two */
	bool lexique;	/* then: it changed */
};

/* Indexes. 0 when the index was switched in (or would have been, or has nothing to change),
 * report->warnings or not; -1 with
 * *e, and the old index as it was. STATUS_NOT_FOUND when there is not one Markdown file that can be
 * read, or not one below a root of which the index that is gone by has pages (below another it is
 * warned of, with the path ""); STATUS_LOCKED when another process is indexing to the same folder.
 */
int build_index(const struct build_options *options, struct build_report *report, struct error *e);

#endif
