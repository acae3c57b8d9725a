/* survey.h - what must be known of every file before the first is indexed: its language, and with
 * which other files it is a translation. */
#ifndef SURVEY_H
#define SURVEY_H

#include "error.h"
#include "language.h"
#include "text.h"
#include "walk.h"

/* --lang-of PATTERN=LANG: see layout_matches. */
struct survey_rule {
	char *pattern;
	const struct language *language;
};

struct front;
struct survey_entry;

struct survey_options {
	const char *const *roots; /* corpus folders */
	size_t n_roots;
	const struct survey_rule *rules; /* the first that matches wins over all that pages say */
	size_t n_rules;
	/* What survey_recall() gave, with the same roots and rules, or NULL: files that are as they
	 * were are not read. */
	const struct survey *known;
	int64_t now; /* nanoseconds of the epoch; 0: as the clock says */
	/* Told of each file passed over, or taken with a doubt: its root and path, and why. */
	void (*warn)(void *data, const char *root, const char *path, const struct error *e);
	/* Told of each page that was read, with its front matter and its bytes, before languages
	 * are settled; NULL for silence. */
	void (*seen)(void *data, const struct survey_entry *entry, const struct front *front,
		     struct span text);
	/* Told of each root, by its number, without a page that can be read; NULL for silence. */
	void (*empty)(void *data, size_t root);
	void *data;
};

struct survey_entry {
	const char *root;  /* borrowed from the options */
	const char *path;  /* below the root; no other entry has the same */
	const char *group; /* the same for a page and its translation; begins with 'k' if by
			      translationKey */
	const struct language *language;
	/* as it was before the others of the group were heard; NULL: nothing to tell by */
	const struct language *heard;
	struct stamp stamp;   /* 0: to be read again next time, since it was warned of or is new */
	uint64_t hash;	      /* of its bytes; 0: of no use, since it was not indexed */
	uint32_t passages;    /* this, indexed and paired are the builder's to fill in */
	bool guess;	      /* by a vote of words, or for want of anything to tell by */
	bool voted;	      /* the same, before the others of the group were heard */
	bool indexed, paired; /* not indexed, with a hash: these very bytes make no page */
};

struct survey {
	struct survey_entry *list; /* sorted by group, then path, then root */
	size_t n, cap;
	size_t read;	      /* files that were read, not just recognised */
	struct arena strings; /* paths and groups */
};

/* Finds every file and reads its front matter. A file that cannot be read is warned of and left
 * out; so is one whose path another root has, and a second page of one language and key is warned
 * of. The language: a rule, else `lang` of the front matter, else the path (layout_read), else a
 * vote of stop words that does not give what other pages of the group are told to be, else the
 * first that these leave; the only one that these leave is no guess. A rule that covers no page is
 * warned of. text: a buffer to read files into. -1 when a root cannot be read or memory is out.
 * Free with survey_free. */
int survey_read(struct survey *s, const struct survey_options *options, struct buf *text,
		struct error *e);
void survey_free(struct survey *s);

/* Where the group that begins at list[i] ends. */
size_t survey_group_end(const struct survey *s, size_t i);
/* Of a group, the page that is the translation of its first: n when there is none. */
size_t survey_twin(const struct survey_entry *group, size_t n);

/* Forgets a file's stamp and hash: the next run reads and indexes it again. */
void survey_distrust(struct survey_entry *entry);
/* What is to be known of the files by the next run goes to `put`, in pieces (without a NUL byte) of
 * about so many bytes; it returns 0, or -1 with *e. */
int survey_remember(const struct survey *s, const struct survey_options *options, size_t piece,
		    int put(void *data, const char *bytes, size_t n, struct error *e), void *data,
		    struct error *e);
/* One entry of a piece; and back, with its strings in the arena (NULL when memory is out). False
 * when the bytes are none. Its language and whether that is a guess: survey_settle(). */
void survey_put_entry(struct buf *out, const struct survey_entry *entry,
		      const struct survey_options *options);
bool survey_take_entry(struct span *from, const struct survey_options *options,
		       struct arena *strings, struct survey_entry *entry);
/* Settles the languages of a group by what each page was heard to be. */
void survey_settle(struct survey_entry *group, size_t n);
/* Reads a piece again, and adds what it says to *s, which is zero at first; survey_recalled() when
 * that was the last. -1 with STATUS_CORRUPT when it makes no sense. */
int survey_recall(struct survey *s, const struct survey_options *options, struct span piece,
		  struct error *e);
void survey_recalled(struct survey *s);

#endif
