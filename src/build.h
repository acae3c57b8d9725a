/* build.h - folders of Markdown -> an index, switched in whole or not at all.
 *
 *     walk -> survey (front matter: language, pair) -> passages of a page and its translation ->
 * documents
 *
 * The new database is built beside the old one, compacted to one file, synced and renamed over it:
 * readers see the old index or the new one, and a build that fails leaves the old one standing. */
#ifndef BUILD_H
#define BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "anchor.h"
#include "survey.h"

struct build_options {
	const char *const *roots; /* corpus folders */
	size_t n_roots;
	const char *index; /* folder of the index, made when missing */
	bool dry_run;	   /* read everything, write nothing */
	/* Keys of the front matter by which hits are counted and filtered, beside the area; at most
	 * FACET_MAX - 1. */
	const char *const *facets;
	size_t n_facets;
	const struct survey_rule *rules; /* --lang-of */
	size_t n_rules;
	struct address_rules address; /* how paths become addresses, and headings anchors */
	enum anchor_style anchors;
	/* Told of each page of which the language is a guess, before any is indexed; NULL for
	 * silence. */
	void (*guessed)(void *data, const char *root, const char *path,
			const struct language *language);
	/* Told of each file passed over, or taken with a doubt: its root and path, and why. */
	void (*warn)(void *data, const char *root, const char *path, const struct error *e);
	/* Told after each file; NULL for silence. */
	void (*progress)(void *data, size_t done, size_t total);
	void *data;
};

struct build_report {
	size_t files, passages, warnings;
	size_t paired;	 /* files that have a translation */
	size_t concepts; /* of the lexique */
};

/* Indexes. 0 when the index was switched in (or would have been), report->warnings or not; -1 with
 * *e, and the old index as it was. STATUS_NOT_FOUND when there is not one Markdown file that can be
 * read, STATUS_LOCKED when another process is indexing to the same folder. */
int build_index(const struct build_options *options, struct build_report *report, struct error *e);

/* Is there in the folder what a killed build left? Removes it if told to. STATUS_LOCKED when a
 * build is running.
 */
int build_leavings(const char *index, bool remove, bool *left, struct error *e);

/* The database in an index folder; a new C string or NULL. */
char *build_database_path(const char *index);

#endif
