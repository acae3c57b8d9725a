#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "highlight.h"

enum { RECORD_MAX = 64 * 1024 * 1024, NO_TWIN = -1 };

int analysers_open(struct analysers *a, struct error *e)
{
	*a = (struct analysers){0};
	for (size_t i = 0; i < language_count; i++) {
		a->of[i] = analyser_new(&languages[i], e);
		if (!a->of[i]) {
			analysers_close(a);
			return -1;
		}
	}
	return 0;
}

bool analysers_starved(const struct analysers *a)
{
	for (size_t i = 0; i < language_count; i++) {
		if (analyser_starved(a->of[i]))
			return true;
	}
	return false;
}

void analysers_close(struct analysers *a)
{
	for (size_t i = 0; i < language_count; i++)
		analyser_free(a->of[i]);
	*a = (struct analysers){0};
}

void analysers_print(struct analysers *a, char print[ANALYSERS_PRINT_SIZE])
{
	static const char words[] = "The librarians’ catalogues were catalogued; weeding, loans, "
				    "policies, children’s readings, happily "
				    "organized communities’ universities, running, generously, "
				    "national relational conditional. "
				    "L’usager d’aujourd’hui cherchait les bibliothèques publiques, "
				    "les journaux, l’élagage, cœurs, "
				    "compétences, développements, évaluations, nationaux, "
				    "généreusement, finissaient, vendue.";
	uint64_t hash = TEXT_HASH_START;
	for (size_t l = 0; l < language_count; l++) {
		struct token t;
		analyser_start(a->of[l], words, sizeof words - 1);
		while (analyser_next(a->of[l], &t)) {
			hash = text_hash(hash, t.word.s, t.word.n);
			hash = text_hash(hash, t.stop ? "-" : "+", 1);
			for (size_t i = 0; i < t.n_stems; i++)
				hash = text_hash(hash, t.stem[i].s, t.stem[i].n);
		}
	}
	snprintf(print, ANALYSERS_PRINT_SIZE, "%016llx", (unsigned long long)hash);
}

/* A document under construction: where the next section's positions begin, and a term's bytes. */
struct draft {
	struct xap_document *document;
	struct analyser *analyser;
	const struct language *language;
	struct tally *words;
	uint32_t position, ordinal;
	struct buf term;
	struct error *e;
};

static const char *term_of(struct draft *d, const char *prefix, struct span rest)
{
	buf_clear(&d->term);
	buf_puts(&d->term, prefix);
	buf_add(&d->term, rest.s, rest.n);
	return d->term.s;
}

static int put_boolean(struct draft *d, const char *prefix, struct span rest)
{
	term_of(d, prefix, rest);
	if (d->term.failed)
		return error_memory(d->e);
	if (d->term.n > XAP_TERM_MAX) /* a name that nobody will type in full */
		d->term.n = XAP_TERM_MAX;
	return xap_document_term(d->document, d->term.s, d->term.n, 0, d->e);
}

static int put_stems(struct draft *d, const struct token *t, const char *prefix, uint32_t weight)
{
	char full[3] = {prefix[0], 0, 0};
	full[strlen(full)] = d->language->stem_prefix;
	for (size_t i = 0; i < t->n_stems; i++) {
		term_of(d, full, t->stem[i]);
		if (d->term.failed)
			return error_memory(d->e);
		if (xap_document_term(d->document, d->term.s, d->term.n, weight, d->e) != 0)
			return -1;
	}
	return 0;
}

/* A word stands at its position; a content word also at its ordinal, where stop words do not count,
 * so that no stop word makes a phrase miss. */
static int put_places(struct draft *d, const struct token *t, struct span term, uint32_t weight)
{
	return xap_document_word(d->document, term.s, term.n, d->position + t->position,
				 t->stop ? 0 : d->ordinal + t->ordinal, weight, d->e);
}

static int put_word(struct draft *d, const struct token *t, uint32_t weight, bool titled)
{
	if (put_places(d, t, t->word, weight) != 0 || put_stems(d, t, "", weight) != 0)
		return -1;
	if (!titled)
		return 0;
	const char title[2] = {TERM_TITLE, '\0'};
	term_of(d, title, t->word);
	if (d->term.failed)
		return error_memory(d->e);
	if (put_places(d, t, (struct span){d->term.s, d->term.n}, 1) != 0)
		return -1;
	return put_stems(d, t, title, 1);
}

static int put_section(struct draft *d, const char *text, size_t n, uint32_t weight, bool titled)
{
	uint32_t position = d->position, ordinal = d->ordinal;
	struct token t;
	analyser_start(d->analyser, text, n);
	while (analyser_next(d->analyser, &t)) {
		if (put_word(d, &t, weight, titled) != 0)
			return -1;
		if (weight != WEIGHT_BREADCRUMB) /* that was counted where it stands */
			spelling_count(d->words, d->language, &t, 1);
		position = d->position + t.position;
		ordinal = d->ordinal + t.ordinal;
	}
	d->position = position + ANALYSE_BLOCK_GAP;
	d->ordinal = ordinal + ANALYSE_BLOCK_GAP;
	return 0;
}

/* What a passage is called: its heading, or the page's title for the text before the first. */
static const char *title_of(const struct page *page, size_t i)
{
	const struct passage *p = &page->passages->list[i];
	return p->level ? p->heading : page->title;
}

/* The titles above a passage, outermost first, each ended by a line feed. A page whose first
 * heading repeats its title names it once. */
static void breadcrumb(struct buf *out, const struct page *page, size_t i)
{
	const struct passage *list = page->passages->list;
	int chain[8], n = 0;
	for (int p = list[i].parent; p != PASSAGE_NO_PARENT && n < 8; p = list[p].parent)
		chain[n++] = p;
	const char *outermost = n ? list[chain[n - 1]].heading : title_of(page, i);
	if (strcmp(outermost, page->title) != 0) {
		buf_puts(out, page->title);
		buf_putc(out, '\n');
	}
	while (n--) {
		buf_puts(out, list[chain[n]].heading);
		buf_putc(out, '\n');
	}
}

/* A heading as one term of no weight of its own. */
static int put_heading(struct draft *d, char kind, struct span title,
		       void write_key(struct buf *, struct span, struct analyser *))
{
	const char prefix[3] = {kind, d->language->stem_prefix, '\0'};
	struct buf key = buf_new(RECORD_MAX);
	int result = 0;
	write_key(&key, title, d->analyser);
	if (key.failed)
		result = error_memory(d->e);
	else if (key.n && key.n < XAP_TERM_MAX - 2)
		result = put_boolean(d, prefix, (struct span){key.s, key.n});
	buf_free(&key);
	return result;
}

/* For a query that is just these words: in any order, and in this one. */
static int put_about(struct draft *d, struct span title)
{
	return put_heading(d, TERM_ABOUT, title, heading_key) != 0 ||
			       put_heading(d, TERM_NAMED, title, heading_name) != 0
		       ? -1
		       : 0;
}

static int put_text(struct draft *d, const struct page *page, size_t i, struct span above)
{
	const struct passage *p = &page->passages->list[i];
	const char *title = title_of(page, i);
	while (above.n) {
		size_t n = (size_t)((const char *)memchr(above.s, '\n', above.n) - above.s);
		if (put_section(d, above.s, n, WEIGHT_BREADCRUMB, true) != 0)
			return -1;
		above.s += n + 1;
		above.n -= n + 1;
	}
	uint32_t weight = p->level > 1 ? WEIGHT_HEADING : WEIGHT_TITLE;
	if (put_section(d, title, strlen(title), weight, true) != 0 ||
	    put_about(d, span_of(title)) != 0)
		return -1;
	return put_section(d, p->text, p->text_n, WEIGHT_BODY, false);
}

/* prefix + each word of a folded text, cut at what is no letter or number. */
static int put_pieces(struct draft *d, const char *prefix, const char *s, size_t n)
{
	size_t start = 0;
	for (size_t i = 0; i <= n;) {
		uint32_t c = 0;
		size_t length = i < n ? utf8_decode(s + i, n - i, &c) : 1;
		bool word = i < n && text_is_alphanumeric(c);
		if (!word) {
			if (i > start &&
			    put_boolean(d, prefix, (struct span){s + start, i - start}) != 0)
				return -1;
			start = i + length;
		}
		i += length;
	}
	return 0;
}

void document_facet_prefix(char *out, size_t facet)
{
	if (facet == FACET_AREA)
		strcpy(out, TERM_AREA);
	else
		sprintf(out, "%c%u", TERM_FACET, (unsigned)facet % 10);
}

static int put_facet_value(struct draft *d, size_t facet, struct span value)
{
	char prefix[4], whole[5];
	document_facet_prefix(prefix, facet);
	snprintf(whole, sizeof whole, "%s=", prefix);
	struct buf folded = buf_new(RECORD_MAX);
	text_fold(&folded, value.s, value.n);
	int result = folded.failed ? error_memory(d->e) : 0;
	if (result == 0 && folded.n)
		result = put_boolean(d, whole, (struct span){folded.s, folded.n});
	if (result == 0 && folded.n)
		result = put_pieces(d, prefix, folded.s, folded.n);
	buf_free(&folded);
	return result;
}

static int put_facet_terms(struct draft *d, size_t facet, const char *values)
{
	while (values && *values) {
		size_t n = strcspn(values, "\n");
		if (put_facet_value(d, facet, (struct span){values, n}) != 0)
			return -1;
		values += n + (values[n] == '\n');
	}
	return 0;
}

/* The path is found by each folder or file name in it, by each word of these, and by each of its
 * beginnings up to a slash. */
static int put_path(struct draft *d, const char *path)
{
	struct buf folded = buf_new(RECORD_MAX);
	text_fold(&folded, path, strlen(path));
	int result = folded.failed ? error_memory(d->e) : 0;
	size_t start = 0;
	for (size_t i = 0; result == 0 && folded.n && i <= folded.n; i++) {
		if (i < folded.n && folded.s[i] != '/')
			continue;
		result = put_boolean(d, "P", (struct span){folded.s, i});
		if (result == 0 && i > start)
			result = put_boolean(d, "P", (struct span){folded.s + start, i - start});
		start = i + 1;
	}
	char *dot = folded.n ? memrchr(folded.s, '.', folded.n) : NULL;
	if (result == 0 && dot) { /* people leave out the .md */
		const char *slash = memrchr(folded.s, '/', folded.n),
			   *name = slash ? slash + 1 : folded.s;
		result = put_boolean(d, "P", (struct span){folded.s, (size_t)(dot - folded.s)});
		if (result == 0 && dot > name)
			result = put_boolean(d, "P", (struct span){name, (size_t)(dot - name)});
	}
	if (result == 0 && folded.n)
		result = put_pieces(d, "P", folded.s, folded.n);
	buf_free(&folded);
	return result;
}

static int put_value(struct draft *d, unsigned slot, const char *value)
{
	return value && *value ? xap_document_value(d->document, slot, value, strlen(value), d->e)
			       : 0;
}

/* A page's facet in a language: that of the page or its translation in this language, or for want
 * of that the other's; so it is the same on both. */
static const char *facet_in(const struct language *l, const struct page *page,
			    const struct page *twin, size_t f)
{
	const struct page *first = page, *second = twin ? twin : page;
	bool earlier = language_index(second->language) < language_index(first->language);
	if (second->language == l || (first->language != l && earlier)) {
		first = second;
		second = page;
	}
	return first->facets[f] ? first->facets[f] : second->facets[f];
}

static int put_facet(struct draft *d, const struct page *page, const struct page *twin, size_t f)
{
	for (size_t l = 0; l < language_count; l++) {
		unsigned slot = (unsigned)(SLOT_FACET + f * LANGUAGE_MAX + l);
		if (put_value(d, slot, facet_in(&languages[l], page, twin, f)) != 0)
			return -1;
	}
	if (put_facet_terms(d, f, page->facets[f]) != 0)
		return -1;
	return twin ? put_facet_terms(d, f, twin->facets[f]) : 0;
}

static int put_facets(struct draft *d, const struct page *page, const struct page *twin)
{
	for (size_t f = 0; f < FACET_MAX; f++) {
		if (put_facet(d, page, twin, f) != 0)
			return -1;
	}
	return 0;
}

static int put_file(struct draft *d, const char *path)
{
	buf_clear(&d->term);
	document_file_term(&d->term, path);
	if (d->term.failed)
		return error_memory(d->e);
	return xap_document_value(d->document, SLOT_FILE, d->term.s + 1, d->term.n - 1, d->e);
}

/* See SLOT_ORDER. */
static int put_order(struct draft *d, const char *date, const char *path)
{
	struct buf order = buf_new(RECORD_MAX);
	for (const char *c = date ? date : ""; *c; c++)
		buf_putc(&order, *c >= '0' && *c <= '9' ? (char)('0' + '9' - *c) : *c);
	buf_putc(&order, ':'); /* behind all digits: what has no date comes last */
	buf_puts(&order, path);
	int result = order.failed
			     ? error_memory(d->e)
			     : xap_document_value(d->document, SLOT_ORDER, order.s, order.n, d->e);
	buf_free(&order);
	return result;
}

static void id_of(char id[17], const struct page *page, size_t i)
{
	const struct passage *list = page->passages->list;
	unsigned number = 0; /* passages of one heading, cut where the language changes */
	while (i > number && strcmp(list[i - number - 1].anchor, list[i].anchor) == 0)
		number++;
	record_id(id, page->path, list[i].anchor, number);
}

static const struct language *language_of(const struct page *page, size_t i)
{
	const struct language *own = page->passages->list[i].language;
	return own ? own : page->language;
}

static void url_of(struct buf *out, const struct page *page, int i)
{
	buf_puts(out, page->address);
	if (i != NO_TWIN)
		address_put_anchor(out, page->passages->list[i].anchor);
}

static struct span span_or_empty(const char *s)
{
	return span_of(s ? s : "");
}

/* Fills in the record but for the translation. */
static void describe(struct record *r, const struct page *page, size_t i, const char *id,
		     const struct buf *url, const struct buf *above, const char *line)
{
	const struct passage *p = &page->passages->list[i];
	r->field[RECORD_ID] = span_of(id);
	r->field[RECORD_PATH] = span_of(page->path);
	r->field[RECORD_URL] = (struct span){url->s, url->n};
	r->field[RECORD_ANCHOR] = span_of(p->anchor);
	r->field[RECORD_LANG] = span_of(language_of(page, i)->code);
	r->field[RECORD_TITLE] = span_of(title_of(page, i));
	r->field[RECORD_BREADCRUMB] = (struct span){above->s, above->n};
	r->field[RECORD_DATE] = span_or_empty(page->date);
	r->field[RECORD_AREA] = span_or_empty(page->facets[FACET_AREA]);
	r->field[RECORD_LINE] = span_of(line);
	r->field[RECORD_TEXT] = (struct span){p->text, p->text_n};
	r->field[RECORD_SOURCE] = (struct span){page->body + p->source, p->source_n};
}

static void describe_twin(struct record *r, const struct page *twin, int twin_i,
			  const char *twin_id, const struct buf *url)
{
	for (int f = RECORD_TWIN_ID; f <= RECORD_TWIN_LANG; f++)
		r->field[f] = span_of("");
	if (!twin)
		return;
	bool paired = twin_i != NO_TWIN;
	r->field[RECORD_TWIN_ID] = span_of(twin_id);
	r->field[RECORD_TWIN_PATH] = span_of(twin->path);
	r->field[RECORD_TWIN_URL] = (struct span){url->s, url->n};
	r->field[RECORD_TWIN_ANCHOR] = span_of(paired ? twin->passages->list[twin_i].anchor : "");
	r->field[RECORD_TWIN_TITLE] =
		span_of(paired ? title_of(twin, (size_t)twin_i) : twin->title);
	r->field[RECORD_TWIN_LANG] = span_of(twin->language->code);
}

/* Filters, values and record. `above` is the breadcrumb. */
static int put_facts(struct draft *d, const struct page *page, size_t i, const struct page *twin,
		     int twin_i, const struct buf *above)
{
	char id[17], twin_id[17] = "", line[24];
	id_of(id, page, i);
	if (twin && twin_i != NO_TWIN)
		id_of(twin_id, twin, (size_t)twin_i);
	snprintf(line, sizeof line, "%ld", page->passages->list[i].line);
	/* both sides of a pair must collapse to the same value */
	const char *pair = *twin_id && strcmp(twin_id, id) < 0 ? twin_id : id;

	if (put_boolean(d, "I", span_of(id)) != 0 ||
	    put_boolean(d, "L", span_of(d->language->code)) != 0 ||
	    put_boolean(d, "V", span_of(d->language->code)) != 0 ||
	    (*twin_id &&
	     put_boolean(d, "V", span_of(language_of(twin, (size_t)twin_i)->code)) != 0) ||
	    put_value(d, SLOT_PAIR, pair) != 0 || put_value(d, SLOT_DATE, page->date) != 0 ||
	    put_facets(d, page, twin) != 0 || put_path(d, page->path) != 0 ||
	    put_file(d, page->path) != 0 || put_order(d, page->date, page->path) != 0)
		return -1;

	struct buf url = buf_new(RECORD_MAX), twin_url = url, data = url;
	url_of(&url, page, (int)i);
	struct record r;
	describe(&r, page, i, id, &url, above, line);
	/* a French passage of an English page is not translated by the French page as a whole */
	bool translates = twin && (twin_i != NO_TWIN || twin->language != d->language);
	if (translates)
		url_of(&twin_url, twin, twin_i);
	describe_twin(&r, translates ? twin : NULL, twin_i, twin_id, &twin_url);
	record_write(&data, &r);
	int result = url.failed || twin_url.failed || data.failed
			     ? error_memory(d->e)
			     : xap_document_data(d->document, data.s, data.n, d->e);
	buf_free(&url);
	buf_free(&twin_url);
	buf_free(&data);
	return result;
}

struct xap_document *document_new(const struct page *page, size_t i, const struct page *twin,
				  int twin_i, struct analysers *analysers, struct tally *words,
				  struct error *e)
{
	const struct language *language = language_of(page, i);
	struct draft d = {.document = xap_document_new(e),
			  .analyser = analysers->of[language_index(language)],
			  .language = language,
			  .words = words,
			  .term = buf_new(RECORD_MAX),
			  .e = e};
	if (!d.document)
		return NULL;
	struct buf above = buf_new(RECORD_MAX);
	breadcrumb(&above, page, i);
	int result = above.failed ? error_memory(e)
				  : put_text(&d, page, i, (struct span){above.s, above.n});
	if (result == 0)
		result = put_facts(&d, page, i, twin, twin_i, &above);
	buf_free(&above);
	buf_free(&d.term);
	if (result != 0) {
		xap_document_free(d.document);
		return NULL;
	}
	return d.document;
}

static void forget_text(struct tally *words, const struct language *l, struct analyser *a,
			struct span text)
{
	struct token t;
	analyser_start(a, text.s, text.n);
	while (analyser_next(a, &t))
		spelling_count(words, l, &t, -1);
}

/* What put_text() counted: the title and the text, of the breadcrumb nothing. */
bool document_forget(const char *data, size_t n, struct analysers *analysers, struct tally *words)
{
	struct record r;
	if (!record_read(&r, data, n))
		return false;
	const struct language *l = language_find(r.field[RECORD_LANG].s, r.field[RECORD_LANG].n);
	if (!l)
		return false;
	struct analyser *a = analysers->of[language_index(l)];
	forget_text(words, l, a, r.field[RECORD_TITLE]);
	forget_text(words, l, a, r.field[RECORD_TEXT]);
	return true;
}

void document_file_term(struct buf *out, const char *path)
{
	char id[17];
	record_id(id, path, "", 0);
	buf_putc(out, TERM_FILE);
	buf_puts(out, id);
}
