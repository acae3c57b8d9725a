/* xap.cc - the door to Xapian. See xap.h for what each function promises.
 *
 * Everything that can throw runs inside guard(), which turns any exception into a status. */
extern "C" { /* plain C, and says nothing of C++ */
#include "bulk.h"
#include "columns.h"
#include "error.h"
#include "posting.h"
#include "ranks.h"
#include "stub.h"
#include "tables.h"
#include "tokens.h"
}
#include "xap.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <string>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xapian.h>

struct xap_stemmer {
	Xapian::Stem stem;
	bool starved = false;
};

struct xap_writer {
	std::string path;
	struct bulk *bulk = nullptr; /* new databases; else there is `database` */
	Xapian::WritableDatabase database;
	bool sync = true;
	bool broken = false;	/* a change was half made: commit no more */
	size_t uncommitted = 0; /* documents since the last commit */
	struct tokens_pen *tokens = nullptr;
	/* Of these: each term's number, and how often it stands there. */
	std::unordered_map<std::string, std::pair<uint32_t, uint32_t>> numbers;
	Xapian::docid last = 0; /* document of the database, the last one of which has tokens */
	bool complete = false;	/* the tokens: no more documents */
};

namespace
{

using counts = std::map<std::string, size_t>;
using count_list = std::vector<std::pair<std::string, size_t>>;
using moment = std::chrono::steady_clock::time_point;

moment now()
{
	return std::chrono::steady_clock::now();
}

const std::chrono::milliseconds PATIENCE{XAP_PATIENCE_MS}, SLOW{200};

/* A part of a stub. */
struct part {
	std::string name, host; /* host: "" for a local one */
	unsigned port = 0;
	Xapian::Database database;
	bool up = false;
	bool failed = false;			    /* once since xap_begin */
	std::chrono::steady_clock::duration took{}; /* to reach it */
	moment again{};				    /* not asked before */
};

} // namespace

struct xap {
	std::string path;
	unsigned format = 0;
	struct columns *columns = nullptr; /* of a database of one file */
	bool one_file = false;		   /* which never changes */
	bool has_tokens = false;	   /* positions are there, and not in the database */
	struct tokens tokens;
	const uint32_t *lengths = nullptr; /* of documents 0, 1 and on, in occurrences */
	Xapian::Database database, notes; /* notes: the first part, for what is read from it only */
	std::vector<part> parts;	  /* of a stub */
	bool unsure = false;		  /* whether others still have to answer */
	size_t losses = 0;		  /* of connections, since xap_begin */
	bool hurried = false;		  /* the slowest part was left out since */
	bool remote = false;		  /* one of them is on another machine */
	moment until{};			  /* then the patience with these is over */
	std::vector<const char *> missing;
	std::string missing_names;
	/* What was fetched from other machines, until they are joined anew. */
	std::unordered_map<Xapian::docid, std::string> data;
	std::map<std::string, count_list> expansions;
};

namespace
{

const char STAMP[] = "format";
const char TOKENS[] = "tokens"; /* the column that they are, and the note that there is one */
const char LENGTHS[] = "lengths";

/* Bulk writing flushes this often: faster than Xapian's 10,000, with a fifth of the memory. */
const size_t BULK_DOCUMENTS = 1000;

const unsigned QUERY_DEPTH = 64;
const unsigned REOPENS = 3;
const unsigned EDITS = 2;

/* Ranking: Xapian's own defaults, until measured otherwise. */
const double BM25_K1 = 1, BM25_K2 = 0, BM25_K3 = 1, BM25_B = 0.5, BM25_MIN_LENGTH = 0.5;

/* ---- errors -------------------------------------------------------------------------------- */

/* A refusal of our own, carried to the guard as Xapian's errors are. */
struct refusal {
	enum status status;
	enum message what;
	const char *detail;
};

int set(struct error *e, enum status status, enum message what, const char *path, const char *text)
{
	char detail[sizeof e->detail];
	snprintf(detail, sizeof detail, "%s%s%s", path, *path && *text ? ": " : "", text);
	return error_set(e, status, what, detail);
}

bool missing(const char *path)
{
	struct stat st;
	return *path && stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* Did the system refuse, rather than the bytes make no sense? A part that is not there, or is a
 * directory, is damage. */
bool refused_by_system(const char *reason)
{
	if (!reason || !*reason)
		return false;
	for (int number : {ENOENT, ENOTDIR, EISDIR, EINVAL})
		if (!strcmp(reason, strerror(number)))
			return false;
	return true;
}

int database_error(struct error *e, const char *path, const Xapian::Error &x)
{
	const char *reason = x.get_error_string();
	if (missing(path))
		return set(e, STATUS_NOT_FOUND, MSG_XAP_MISSING, path, "");
	if (refused_by_system(reason))
		return set(e, STATUS_IO, MSG_XAP_IO, path, reason);
	return set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path, x.get_msg().c_str());
}

/* Names the exception in flight. Derived classes stand before their bases. */
int name_exception(struct error *e, const char *path)
{
	try {
		throw;
	} catch (const struct error &told) { /* by a function in C */
		if (e)
			*e = told;
		return -1;
	} catch (const refusal &r) {
		return set(e, r.status, r.what, r.detail ? r.detail : path, "");
	} catch (const Xapian::DatabaseLockError &x) {
		if (x.get_msg().find("already locked") != std::string::npos)
			return set(e, STATUS_LOCKED, MSG_XAP_LOCKED, path, "");
		return set(e, STATUS_IO, MSG_XAP_IO, path, x.get_msg().c_str());
	} catch (const Xapian::DatabaseModifiedError &) {
		return set(e, STATUS_CHANGED, MSG_XAP_CHANGED, path, "");
	} catch (const Xapian::DatabaseVersionError &x) {
		return set(e, STATUS_FORMAT, MSG_XAP_FORMAT, path, x.get_msg().c_str());
	} catch (const Xapian::DatabaseCreateError &x) {
		const char *reason = x.get_error_string();
		return set(e, STATUS_IO, MSG_XAP_IO, path, reason ? reason : x.get_msg().c_str());
	} catch (const Xapian::DatabaseError &x) { /* corrupt, opening, not found ... */
		return database_error(e, path, x);
	} catch (const Xapian::NetworkError &x) {
		return set(e, STATUS_AWAY, MSG_PARTS_AWAY, path, x.get_msg().c_str());
	} catch (const Xapian::InvalidArgumentError &x) {
		return set(e, STATUS_INPUT, MSG_XAP_INPUT, "", x.get_msg().c_str());
	} catch (const Xapian::RuntimeError &x) { /* what was read makes no sense */
		return set(e, STATUS_CORRUPT, MSG_XAP_CORRUPT, path, x.get_msg().c_str());
	} catch (const Xapian::Error &x) {
		return set(e, STATUS_BUG, MSG_BUG, path, x.get_msg().c_str());
	} catch (const std::bad_alloc &) {
		return error_memory(e);
	} catch (const std::exception &x) {
		return set(e, STATUS_BUG, MSG_BUG, path, x.what());
	} catch (...) {
		return set(e, STATUS_BUG, MSG_BUG, path, "exception");
	}
}

/* Runs body(); 0, or -1 with *e filled in for whatever it threw. */
template <class Body> int guard(struct error *e, const char *path, Body body)
{
	try {
		body();
		return 0;
	} catch (...) {
		try {
			return name_exception(e, path);
		} catch (...) { /* no memory to say more */
			return error_memory(e);
		}
	}
}

/* Xapian writes to a machine that has gone like to any file, and the system sends SIGPIPE for that:
 * it is held back from the thread meanwhile. */
class hush
{
      public:
	explicit hush(bool needed)
	{
		sigset_t before;
		sigemptyset(&pipe);
		sigaddset(&pipe, SIGPIPE);
		mine = needed && pthread_sigmask(SIG_BLOCK, &pipe, &before) == 0 &&
		       !sigismember(&before, SIGPIPE);
	}

	~hush()
	{
		const struct timespec at_once = {0, 0};
		if (!mine)
			return;
		while (sigtimedwait(&pipe, nullptr, &at_once) == SIGPIPE)
			;
		pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
	}

	hush(const hush &) = delete;
	hush &operator=(const hush &) = delete;

      private:
	sigset_t pipe;
	bool mine;
};

void connect_anew(struct xap *x);
bool lose(struct xap *x, const Xapian::NetworkError &why);

bool leave_slowest(struct xap *x);

struct impatience {
};

void check_patience(const struct xap *x)
{
	if (x->remote && now() > x->until)
		throw impatience{};
}

/* Another look at the database as it is now. */
void look_again(struct xap *x)
{
	if (x->remote)
		return connect_anew(x);
	x->database.reopen();
}

/* Runs body() on what the database is now. Blocks that a writer has used again may look like
 * damage; that it is when the database has not moved. */
template <class Body> void read_reopening(struct xap *x, Body body)
{
	for (unsigned reopens = 0;; reopens++) {
		try {
			return body();
		} catch (const Xapian::DatabaseModifiedError &) {
			if (x->one_file) /* it only looks so: damage */
				throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, nullptr};
			if (reopens == REOPENS)
				throw;
		} catch (const Xapian::DatabaseCorruptError &) {
			if (reopens == REOPENS || x->remote || !x->database.reopen())
				throw;
			continue;
		}
		look_again(x);
	}
}

/* Does it until no part on another machine gets lost meanwhile. */
template <class Body> void read_losing(struct xap *x, Body body)
{
	for (;;) {
		try {
			check_patience(x);
			if (x->unsure)
				connect_anew(x);
			return read_reopening(x, body);
		} catch (const Xapian::NetworkError &why) {
			x->unsure = true;
			if (!lose(x, why))
				throw;
		} catch (const impatience &) {
			if (!leave_slowest(x))
				throw refusal{STATUS_AWAY, MSG_PARTS_SLOW, nullptr};
		} catch (const refusal &) { /* of ours, when nothing was under way */
			throw;
		} catch (...) {
			x->unsure = x->remote;
			throw;
		}
	}
}

/* As guard(), for a reader: when the database moved on, or a part on another machine is lost,
 * body() runs again on what there is. */
template <class Body> int guard_reading(struct xap *x, struct error *e, Body body)
{
	hush pipe(x->remote);
	return guard(e, x->path.c_str(), [&] { read_losing(x, body); });
}

/* ---- small things -------------------------------------------------------------------------- */

/* A copy by malloc, with a NUL after it. */
char *copy(const std::string &s)
{
	char *c = static_cast<char *>(malloc(s.size() + 1));
	if (!c)
		throw std::bad_alloc();
	memcpy(c, s.data(), s.size());
	c[s.size()] = '\0';
	return c;
}

/* Throws what a function that fills in an error said. */
void must(int result, const struct error &e)
{
	if (result != 0)
		throw e;
}

/* Throws what the system said. */
[[noreturn]] void fail(const char *path)
{
	struct error e;
	error_system(&e, path);
	throw e;
}

/* A zeroed array by malloc, never NULL. */
template <class T> T *array(size_t n)
{
	T *a = static_cast<T *>(calloc(n ? n : 1, sizeof(T)));
	if (!a)
		throw std::bad_alloc();
	return a;
}

/* std::string(NULL, 0) is not allowed, but (NULL, 0) is a fine empty string to us. */
std::string text(const char *s, size_t n)
{
	return n ? std::string(s, n) : std::string();
}

/* Xapian finds a bad term only in add_document, and then forgets every uncommitted change: so no
 * term gets into a document unchecked. */
std::string term_of(const char *term, size_t n)
{
	if (!n)
		throw refusal{STATUS_INPUT, MSG_XAP_EMPTY, ""};
	if (!posting_fits(term, n))
		throw refusal{STATUS_INPUT, MSG_XAP_LONG, "(term)"};
	return std::string(term, n);
}

std::string data_of(const char *data, size_t n)
{
	if (n > POSTING_DATA_MAX)
		throw refusal{STATUS_INPUT, MSG_XAP_LONG, "(data)"};
	return text(data, n);
}

} // namespace

/* ---- stemming ------------------------------------------------------------------------------ */

struct xap_stemmer *xap_stemmer_open(const char *name, struct error *e)
{
	struct xap_stemmer *s = nullptr;
	guard(e, "", [&] {
		try {
			Xapian::Stem stem{std::string(name)};
			if (stem.is_none()) /* "none": no stemmer, says Xapian, and so do we */
				throw refusal{STATUS_INPUT, MSG_XAP_STEMMER, name};
			s = new xap_stemmer;
			s->stem = std::move(stem);
		} catch (const Xapian::InvalidArgumentError &) {
			throw refusal{STATUS_INPUT, MSG_XAP_STEMMER, name};
		}
	});
	return s;
}

bool xap_stemmer_starved(const struct xap_stemmer *s)
{
	return s->starved;
}

void xap_stemmer_close(struct xap_stemmer *s)
{
	delete s;
}

size_t xap_stem(struct xap_stemmer *s, const char *word, size_t n, char *out, size_t cap)
{
	size_t length = 0;
	struct error why;
	int failed = guard(&why, "", [&] {
		std::string stem = s->stem(text(word, n));
		if (stem.size() > cap)
			throw refusal{STATUS_LIMIT, MSG_XAP_LONG, ""};
		stem.copy(out, stem.size());
		length = stem.size();
	});
	if (!failed)
		return length;
	s->starved = s->starved || why.status == STATUS_NO_MEMORY;
	length = std::min(n, cap);
	if (length)
		memcpy(out, word, length);
	return length;
}

/* ---- writing ------------------------------------------------------------------------------- */

namespace
{

/* Xapian would make its files between those of others: only a directory that is missing, empty or
 * Xapian's own will do. Is there a database in it? */
bool has_database(const char *dir)
{
	struct stat st;
	if (stat(dir, &st) != 0)
		return false; /* to be made; or Xapian says what is wrong */
	if (!S_ISDIR(st.st_mode))
		throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, nullptr};
	DIR *d = opendir(dir);
	if (!d)
		fail(dir);
	bool glass = false, old = false, other = false;
	while (const struct dirent *entry = readdir(d)) {
		const char *name = entry->d_name;
		if (!strcmp(name, "iamglass") && fstatat(dirfd(d), name, &st, 0) == 0 && st.st_size)
			glass = true; /* over an empty one Xapian would begin afresh */
		else if (!strcmp(name, "iamchert") || !strcmp(name, "iamflint"))
			old = true;
		else if (strcmp(name, ".") && strcmp(name, "..") && strcmp(name, "flintlock"))
			other = true; /* a lock alone is what an interrupted start leaves */
	}
	closedir(d);
	if (!glass && old)
		throw refusal{STATUS_FORMAT, MSG_XAP_FORMAT, nullptr};
	if (!glass && other)
		throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, nullptr};
	return glass;
}

bool empty(const Xapian::Database &database)
{
	return database.get_lastdocid() == 0 &&
	       database.metadata_keys_begin() == database.metadata_keys_end();
}

void check_stamp(const Xapian::Database &database, unsigned format)
{
	if (database.get_metadata(STAMP) != std::to_string(format))
		throw refusal{STATUS_FORMAT, MSG_XAP_FORMAT, nullptr};
}

/* A synced database has readers, so nothing may show before a commit: inside a transaction Xapian
 * does not flush on its own. Bulk writing has none and must not fill the memory: no transaction. */
void begin(struct xap_writer *w)
{
	w->uncommitted = 0;
	if (w->sync)
		w->database.begin_transaction(true);
}

void commit(struct xap_writer *w)
{
	if (w->sync)
		w->database.commit_transaction();
	else
		w->database.commit();
	begin(w);
}

/* Makes a change. When one fails half-way Xapian may have dropped all that was not committed, so a
 * later commit would quietly publish less than was put: from then on, every change is refused. */
template <class Body> int change(struct xap_writer *w, struct error *e, Body body)
{
	if (w->broken)
		return set(e, STATUS_IO, MSG_XAP_IO, w->path.c_str(), "");
	int failed = guard(e, w->path.c_str(), body);
	w->broken = failed;
	return failed;
}

/* Drops what was not committed: closing alone would commit it. A failed commit has ended its
 * transaction but kept the changes, so a fresh one is cancelled too. */
void forget(struct xap_writer *w)
{
	if (w->sync)
		guard(nullptr, "", [&] { w->database.cancel_transaction(); });
	guard(nullptr, "", [&] {
		w->database.begin_transaction(false);
		w->database.cancel_transaction();
	});
}

} // namespace

struct xap_writer *xap_writer_open(const char *dir, unsigned format, bool sync, struct error *e)
{
	struct xap_writer *w = nullptr;
	int failed = guard(e, dir, [&] {
		w = new xap_writer;
		w->path = dir;
		w->sync = sync;
		/* told to create, Xapian would begin afresh where a table is missing */
		int flags = has_database(dir) ? Xapian::DB_OPEN : Xapian::DB_CREATE;
		flags |= Xapian::DB_BACKEND_GLASS | (sync ? 0 : Xapian::DB_NO_SYNC);
		w->database = Xapian::WritableDatabase(dir, flags);
		if (empty(w->database)) {
			w->database.set_metadata(STAMP, std::to_string(format));
			w->database.commit();
		}
		check_stamp(w->database, format);
		begin(w);
	});
	if (!failed)
		return w;
	delete w;
	return nullptr;
}

struct xap_writer *xap_writer_bulk(const char *dir, unsigned format, size_t memory, bool tokens,
				   struct error *e)
{
	struct xap_writer *w = nullptr;
	int failed = guard(e, dir, [&] {
		w = new xap_writer;
		w->path = dir;
	});
	if (failed)
		return nullptr;
	std::string stamp = std::to_string(format);
	w->bulk = bulk_open(dir, memory, tokens, e);
	if (w->bulk && bulk_note(w->bulk, STAMP, stamp.data(), stamp.size(), e) == 0 &&
	    (!tokens || bulk_note(w->bulk, TOKENS, "1", 1, e) == 0))
		return w;
	bulk_close(w->bulk);
	delete w;
	return nullptr;
}

const char *const *xap_writer_parts(const struct xap_writer *w, size_t *n)
{
	return bulk_parts(w->bulk, n);
}

static int put_in_bulk(struct xap_writer *w, const char *file_term, size_t file_term_n,
		       struct xap_document *const *put, size_t n, struct error *e)
{
	for (size_t i = 0; i < n; i++)
		if (bulk_add(w->bulk, file_term, file_term_n, put[i], e) != 0)
			return -1;
	return 0;
}

int xap_writer_tokens(struct xap_writer *w, struct error *e)
{
	return guard(e, w->path.c_str(), [&] {
		struct error why;
		w->tokens = tokens_pen_file((w->path + "/" TOKENS_FILE).c_str(), &why);
		must(w->tokens ? 0 : -1, why);
		w->last = w->database.get_lastdocid();
	});
}

/* The words of a document that was just added. */
static void put_tokens(struct xap_writer *w, const struct xap_document *d, Xapian::docid number)
{
	struct error e;
	std::vector<uint32_t> numbers(d->n_terms);
	if (number != ++w->last)
		throw refusal{STATUS_BUG, MSG_BUG, "tokens"};
	for (size_t i = 0; i < d->n_terms; i++) {
		const struct posting_term *t = &d->terms[i];
		if (!t->n_words)
			continue;
		auto next = static_cast<uint32_t>(w->numbers.size());
		auto &[known, count] =
			w->numbers.try_emplace(std::string(posting_bytes(d, t), t->n), next, 0)
				.first->second;
		numbers[i] = known;
		count += t->n_words;
	}
	must(tokens_add(w->tokens, d, numbers.data(), &e), e);
}

/* Ends the tokens: there will be no more documents. */
static void finish_tokens(struct xap_writer *w)
{
	struct error e;
	std::map<std::string, std::pair<uint32_t, uint32_t>> sorted(w->numbers.begin(),
								    w->numbers.end());
	for (const auto &[term, what] : sorted)
		must(tokens_term(w->tokens, term.data(), term.size(), what.first, what.second, &e),
		     e);
	must(tokens_finish(w->tokens, &e), e);
	tokens_pen_free(w->tokens);
	w->tokens = nullptr;
	w->numbers.clear();
	w->complete = true;
}

static Xapian::Document document_of(const struct xap_document *d, const std::string &file_term,
				    bool positions)
{
	Xapian::Document document;
	std::vector<uint32_t> places;
	document.set_data(text(d->data, d->data_n));
	for (size_t i = 0; i < d->n_values; i++)
		document.add_value(d->values[i].slot, text(d->values[i].bytes, d->values[i].n));
	for (size_t i = 0; i < d->n_terms; i++) {
		const struct posting_term *t = &d->terms[i];
		std::string term(posting_bytes(d, t), t->n);
		document.add_term(term, t->wdf);
		if (!positions)
			continue;
		places.resize(t->n_places);
		size_t k = posting_positions(d, t, places.data());
		for (size_t p = 0; p < k; p++)
			document.add_posting(term, places[p], 0);
	}
	document.add_boolean_term(file_term);
	return document;
}

static int put_documents(struct xap_writer *w, const char *file_term, size_t file_term_n,
			 struct xap_document *const *put, size_t n, bool replace, struct error *e)
{
	std::string term;
	std::vector<Xapian::Document> documents;
	if (w->bulk)
		return put_in_bulk(w, file_term, file_term_n, put, n, e);
	/* All that can be wrong with the input is found here, before anything is touched. */
	int failed = guard(e, w->path.c_str(), [&] {
		if (n && w->complete)
			throw refusal{STATUS_BUG, MSG_BUG, "tokens"};
		term = term_of(file_term, file_term_n);
		for (size_t i = 0; i < n; i++)
			documents.push_back(document_of(put[i], term, !w->tokens));
	});
	if (failed)
		return -1;
	return change(w, e, [&] {
		if (replace)
			w->database.delete_document(term);
		for (size_t i = 0; i < n; i++) {
			Xapian::docid number = w->database.add_document(documents[i]);
			if (w->tokens)
				put_tokens(w, put[i], number);
		}
		w->uncommitted += n;
		if (!w->sync && w->uncommitted >= BULK_DOCUMENTS)
			commit(w);
	});
}

int xap_put_file(struct xap_writer *w, const char *file_term, size_t file_term_n,
		 struct xap_document *const *documents, size_t n, struct error *e)
{
	return put_documents(w, file_term, file_term_n, documents, n, true, e);
}

int xap_add_to_file(struct xap_writer *w, const char *file_term, size_t file_term_n,
		    struct xap_document *document, struct error *e)
{
	return put_documents(w, file_term, file_term_n, &document, 1, false, e);
}

int xap_put_word(struct xap_writer *w, const char *word, size_t n, int64_t occurrences,
		 struct error *e)
{
	if (w->bulk && occurrences > 0)
		return bulk_word(w->bulk, word, n,
				 static_cast<uint32_t>(std::min<int64_t>(occurrences, UINT32_MAX)),
				 e);
	std::string checked;
	if (guard(e, w->path.c_str(), [&] { checked = term_of(word, n); }))
		return -1;
	auto count = static_cast<Xapian::termcount>(
		std::min<int64_t>(std::llabs(occurrences), UINT32_MAX));
	return change(w, e, [&] {
		if (occurrences < 0)
			w->database.remove_spelling(checked, count);
		else
			w->database.add_spelling(checked, count);
	});
}

int xap_put_note(struct xap_writer *w, const char *name, const char *value, size_t n,
		 struct error *e)
{
	std::string key, data;
	int failed = guard(e, w->path.c_str(), [&] {
		key = term_of(name, strlen(name));
		data = data_of(value, n);
		if (key == STAMP || key == TOKENS) /* ours */
			throw refusal{STATUS_INPUT, MSG_XAP_INPUT, name};
	});
	if (failed)
		return -1;
	if (w->bulk)
		return bulk_note(w->bulk, key.c_str(), data.data(), data.size(), e);
	return change(w, e, [&] { w->database.set_metadata(key, data); });
}

int xap_drop_notes(struct xap_writer *w, const char *prefix, struct error *e)
{
	if (w->bulk)
		return 0; /* there are none yet */
	return change(w, e, [&] {
		std::vector<std::string> names(w->database.metadata_keys_begin(prefix),
					       w->database.metadata_keys_end(prefix));
		for (const std::string &name : names)
			w->database.set_metadata(name, std::string());
	});
}

int xap_commit(struct xap_writer *w, struct error *e)
{
	return w->bulk ? bulk_finish(w->bulk, e) : change(w, e, [&] {
		if (w->tokens)
			finish_tokens(w);
		commit(w);
	});
}

void xap_writer_close(struct xap_writer *w)
{
	if (!w)
		return;
	bulk_close(w->bulk);
	tokens_pen_free(w->tokens);
	if (!w->bulk) {
		forget(w);
		guard(nullptr, "", [&] { w->database.close(); });
	}
	delete w;
}

namespace
{

struct tables tables_of(const char *path)
{
	struct error e;
	struct tables tables;
	must(tables_read(&tables, path, &e), e);
	return tables;
}

/* Of a file that Xapian itself cannot open, it thinks that it is a list. */
Xapian::Database open_database(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || S_ISDIR(st.st_mode))
		return Xapian::Database{std::string(path)};
	int fd = open(path, O_RDONLY | O_CLOEXEC); /* Xapian closes it */
	if (fd < 0)
		fail(path);
	return Xapian::Database(fd);
}

/* One of those to be merged. Of a table that Xapian could not open, it thinks there is none
 * (tables.h); most show afterwards, but of words that several have, the numbers tell nothing. */
Xapian::Database open_source(const char *dir, const struct tables &tables)
{
	Xapian::Database source = open_database(dir);
	bool words = source.spellings_begin() != source.spellings_end(),
	     synonyms = source.synonym_keys_begin() != source.synonym_keys_end();
	if (words != !!tables.entries[TABLE_SPELLING] ||
	    synonyms != !!tables.entries[TABLE_SYNONYM])
		throw refusal{STATUS_IO, MSG_XAP_LOST, dir};
	return source;
}

/* What all sources have is to be in what was made of them. */
void compact(const char *const *dirs, size_t n, const char *file)
{
	struct tables all = {};
	Xapian::Database database;
	for (size_t i = 0; i < n; i++) {
		struct tables tables = tables_of(dirs[i]);
		database.add_database(open_source(dirs[i], tables));
		tables_add(&all, &tables);
	}
	int fd = open(file, O_RDWR | O_CLOEXEC); /* Xapian closes it */
	if (fd < 0)
		fail(file);
	database.compact(fd, Xapian::DBCOMPACT_SINGLE_FILE | Xapian::Compactor::FULL);
	struct tables made = tables_of(file);
	if (!tables_whole(&made, &all))
		throw refusal{STATUS_IO, MSG_XAP_LOST, dirs[0]};
}

} // namespace

int xap_compact(const char *const *dirs, size_t n, const char *file, struct error *e)
{
	/* Xapian syncs but does not ask how that went, and the system tells of a failure once to
	 * each who opened the file: so this is opened before, and asks for itself. */
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return error_set(e, STATUS_INPUT, MSG_XAP_EXISTS, file);
	if (fd < 0)
		return error_system(e, file);
	int failed = guard(e, n ? dirs[0] : "", [&] { compact(dirs, n, file); });
	if (!failed && fsync(fd) != 0)
		failed = error_system(e, file);
	if (close(fd) != 0 && !failed)
		failed = error_system(e, file);
	if (failed)
		unlink(file); /* it was not there before */
	return failed;
}

namespace
{

std::string column_of_slot(unsigned slot)
{
	return "slot " + std::to_string(slot);
}

std::string order_of_slot(unsigned slot)
{
	return "order " + std::to_string(slot);
}

std::string column_of_term(const std::string &term)
{
	return "term " + term;
}

void put_slot(struct columns_pen *pen, const Xapian::Database &database, unsigned slot, bool texts)
{
	struct error e;
	auto i = database.valuestream_begin(slot), end = database.valuestream_end(slot);
	must(columns_begin(pen, column_of_slot(slot).c_str(), texts, &e), e);
	for (; i != end; ++i) {
		std::string value = *i;
		must(columns_put(pen, i.get_docid(), value.data(), value.size(), &e), e);
	}
}

void put_term(struct columns_pen *pen, const Xapian::Database &database, const std::string &term)
{
	struct error e;
	auto i = database.postlist_begin(term), end = database.postlist_end(term);
	must(columns_begin(pen, column_of_term(term).c_str(), false, &e), e);
	for (; i != end; ++i)
		must(columns_put(pen, *i, "1", 1, &e), e);
}

void put_numbers(struct columns_pen *pen, const char *name, const std::vector<uint32_t> &numbers)
{
	struct error e;
	must(columns_begin_bytes(pen, name, &e), e);
	must(columns_put_bytes(pen, reinterpret_cast<const char *>(numbers.data()),
			       numbers.size() * sizeof numbers[0], &e),
	     e);
}

void put_lengths(struct columns_pen *pen, const Xapian::Database &database)
{
	std::vector<uint32_t> lengths(database.get_lastdocid() + 1);
	auto i = database.postlist_begin(std::string()), end = database.postlist_end(std::string());
	for (; i != end; ++i)
		lengths[*i] = i.get_doclength();
	put_numbers(pen, LENGTHS, lengths);
}

void take_rank(void *ranks, uint32_t number, uint32_t rank)
{
	(*static_cast<std::vector<uint32_t> *>(ranks))[number] = rank;
}

/* In place of the values of a slot their ranks. Of documents one behind the other that have the
 * same value, as those of a page have, only the first is sorted. */
void put_order(struct columns_pen *pen, const Xapian::Database &database, unsigned slot,
	       const char *scratch)
{
	struct error e;
	std::vector<uint32_t> ranks(database.get_lastdocid() + 1);
	std::vector<bool> repeats(ranks.size());
	std::unique_ptr<struct ranks, void (*)(struct ranks *)> sorter(ranks_new(scratch, &e),
								       ranks_free);
	must(sorter ? 0 : -1, e);
	std::string before;
	Xapian::docid last = 0;
	auto i = database.valuestream_begin(slot), end = database.valuestream_end(slot);
	for (; i != end; ++i) {
		std::string value = *i;
		Xapian::docid number = i.get_docid();
		repeats[number] = last && last + 1 == number && value == before;
		if (!repeats[number])
			must(ranks_add(sorter.get(), value.data(), value.size(), number, &e), e);
		before = std::move(value);
		last = number;
	}
	must(ranks_tell(sorter.get(), take_rank, &ranks, &e), e);
	for (Xapian::docid number = 1; number < ranks.size(); number++)
		if (repeats[number])
			ranks[number] = ranks[number - 1];
	put_numbers(pen, order_of_slot(slot).c_str(), ranks);
}

uint64_t size_of(const std::string &path)
{
	struct stat st;
	if (stat(path.c_str(), &st) != 0)
		fail(path.c_str());
	return static_cast<uint64_t>(st.st_size);
}

/* Where the tokens stand in a file of an index. */
struct tokens_source old_tokens(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(file);
	bool starved = false;
	struct columns *columns = columns_open(fd, &starved);
	struct tokens_source source = {file, 0, 0, 0};
	bool found = columns_bytes(columns, TOKENS, &source.n, &source.at);
	columns_close(columns);
	close(fd);
	if (starved)
		throw std::bad_alloc();
	if (!found)
		throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, file};
	return source;
}

/* The number of documents in a block of tokens. */
uint32_t documents_of(const struct tokens_source &source)
{
	struct error e;
	struct tokens_trailer trailer;
	must(tokens_trailer_of(&source, &trailer, &e), e);
	return trailer.documents;
}

int to_columns(void *pen, const char *bytes, size_t n, struct error *e)
{
	return columns_put_bytes(static_cast<struct columns_pen *>(pen), bytes, n, e);
}

/* The tokens of all databases that this was compacted from. Xapian's compactor puts documents one
 * behind the other; numbers that are free before the first document of all are done without. */
void merge_tokens(struct columns_pen *pen, const Xapian::Database &database,
		  const struct xap_columns *columns)
{
	struct error e;
	std::vector<struct tokens_source> sources;
	std::vector<std::string> paths;
	std::vector<uint64_t> kept;
	int64_t behind = 0;
	Xapian::docid last = database.get_lastdocid();
	if (columns->old) {
		const Xapian::Database whole{std::string(columns->dirs[0])};
		auto first = whole.postlist_begin(std::string());
		behind = first != whole.postlist_end(std::string()) ? 1 - int64_t{*first} : 0;
		sources.push_back(old_tokens(columns->old));
		kept.resize(last / 64 + 1);
		for (auto i = database.postlist_begin(std::string());
		     i != database.postlist_end(std::string()); ++i)
			kept[*i / 64] |= UINT64_C(1) << *i % 64;
	}
	paths.reserve(columns->n_dirs);
	for (size_t i = 0; i < columns->n_dirs; i++) {
		paths.push_back(std::string(columns->dirs[i]) + "/" TOKENS_FILE);
		sources.push_back({paths.back().c_str(), 0, size_of(paths.back()), 0});
	}
	for (struct tokens_source &source : sources) {
		source.shift = behind;
		behind += documents_of(source);
	}
	if (behind < int64_t{last})
		throw refusal{STATUS_BUG, MSG_BUG, TOKENS};
	must(columns_begin_bytes(pen, TOKENS, &e), e);
	must(tokens_merge(sources.data(), sources.size(), last,
			  kept.empty() ? nullptr : kept.data(), columns->scratch, to_columns, pen,
			  &e),
	     e);
}

} // namespace

int xap_put_columns(const char *file, const struct xap_columns *columns, struct error *e)
{
	struct columns_pen *pen = nullptr;
	struct error why;
	int failed = guard(e, file, [&] {
		Xapian::Database database = open_database(file);
		pen = columns_pen_open(file, database.get_lastdocid(), &why);
		if (!pen)
			throw why;
		put_slot(pen, database, columns->pair_slot, false);
		for (size_t i = 0; i < columns->n_slots; i++)
			if (database.get_value_freq(columns->slots[i]))
				put_slot(pen, database, columns->slots[i], true);
		for (size_t i = 0; i < columns->n_terms; i++)
			put_term(pen, database, columns->terms[i]);
		put_lengths(pen, database);
		if (columns->n_dirs) {
			put_order(pen, database, columns->order_slot, columns->scratch);
			merge_tokens(pen, database, columns);
		}
	});
	if (!failed)
		failed = columns_finish(pen, e);
	columns_pen_close(pen);
	return failed;
}

int xap_unpack(const char *file, const char *dir, struct error *e)
{
	return guard(e, file, [&] {
		struct tables all = tables_of(file);
		Xapian::Database database = open_database(file);
		/* the tokens go by the numbers of documents */
		database.compact(std::string(dir), Xapian::DBCOMPACT_NO_RENUMBER);
		struct tables made = tables_of(dir);
		if (!tables_whole(&made, &all))
			throw refusal{STATUS_IO, MSG_XAP_LOST, file};
	});
}

/* ---- reading ------------------------------------------------------------------------------- */

namespace
{

/* Xapian takes any other file for a stub, and one that lists nothing for a database of nothing. */
void check_file(const char *path)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode) &&
	    (!S_ISREG(st.st_mode) || st.st_size == 0))
		throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, nullptr};
}

/* A database of several parts has no revision: its numbers have to do. */
std::string revision(const Xapian::Database &database)
{
	std::string text = database.get_uuid() + "-";
	try {
		return text + std::to_string(database.get_revision());
	} catch (const Xapian::InvalidOperationError &) {
	} catch (const Xapian::UnimplementedError &) {
	}
	return text + std::to_string(database.get_doccount()) + "-" +
	       std::to_string(database.get_lastdocid()) + "-" +
	       std::to_string(database.get_total_length());
}

} // namespace

namespace
{

/* ---- parts --------------------------------------------------------------------------------- */

void read_parts(struct xap *x)
{
	struct stub stub;
	struct error e;
	if (stub_read(&stub, x->path.c_str(), &e) != 0)
		throw e;
	x->parts.clear();
	for (size_t i = 0; i < stub.n; i++) {
		const struct stub_part *from = &stub.list[i];
		part p;
		p.name = from->name;
		p.host = from->host ? from->host : "";
		p.port = from->port;
		x->remote = x->remote || from->host;
		x->parts.push_back(p);
	}
	stub_free(&stub);
}

/* A list in a list could name machines that are waited for as long as Xapian pleases. */
void open_local(struct part &p, unsigned format)
{
	struct stat st;
	if (xap_is_stub(p.name.c_str()))
		throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, p.name.c_str()};
	int fd = open(p.name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		p.database = Xapian::Database(p.name);
	} else if (fd >= 0) {
		p.database = Xapian::Database(fd); /* of a file, which is never taken for a list */
	} else {
		throw Xapian::DatabaseOpeningError(p.name, errno);
	}
	check_stamp(p.database, format);
	p.up = true;
}

/* One that is there but of another format is an error; one that is not, or has trouble of its own,
 * is missing. */
void open_remote(struct part &p, unsigned format)
{
	hush pipe(true);
	moment from = now();
	try {
		p.database = Xapian::Remote::open(p.host, p.port, XAP_ANSWER_MS, XAP_CONNECT_MS);
		check_stamp(p.database, format);
		p.took = now() - from;
		p.up = true;
	} catch (const Xapian::NetworkTimeoutError &) {
		p.again = now() + PATIENCE;
	} catch (const Xapian::Error &) {
	}
}

/* On a thread of its own; without one, here and now. */
std::future<void> start_opening(struct part &p, unsigned format)
{
	try {
		return std::async(std::launch::async, open_remote, std::ref(p), format);
	} catch (const std::system_error &) {
		return std::async(std::launch::deferred, open_remote, std::ref(p), format);
	}
}

/* Opens what is not open. The others are reached at the same time: it takes as long as the slowest.
 */
void open_parts(struct xap *x)
{
	std::vector<std::future<void>> opening;
	for (part &p : x->parts) {
		if (p.up || p.again > now())
			continue;
		if (p.host.empty())
			open_local(p, x->format);
		else
			opening.push_back(start_opening(p, x->format));
	}
	for (std::future<void> &one : opening)
		one.get();
}

/* Makes one database of the parts that are up. */
void join(struct xap *x)
{
	x->database = Xapian::Database();
	x->missing.clear();
	x->missing_names.clear();
	x->data.clear();
	x->expansions.clear();
	bool first = true;
	for (const part &p : x->parts) {
		if (!p.up) {
			x->missing.push_back(p.name.c_str());
			x->missing_names += (x->missing_names.empty() ? "" : ", ") + p.name;
			continue;
		}
		if (first)
			x->notes = p.database;
		first = false;
		x->database.add_database(p.database);
	}
	if (first || (!x->missing.empty() && x->database.get_doccount() == 0))
		throw refusal{STATUS_AWAY, MSG_PARTS_AWAY, x->missing_names.c_str()};
}

/* The part that an error is of, if Xapian tells its address. */
struct part *part_of(struct xap *x, const std::string &context)
{
	for (part &p : x->parts) {
		std::string address = "(" + p.host + ":" + std::to_string(p.port) + ")";
		if (p.up && !p.host.empty() && context.find(address) != std::string::npos)
			return &p;
	}
	return nullptr;
}

/* Makes all connections again. When a question was given up half-way, the answers of others are
 * still under way, and would be taken for those to the next. */
void connect_anew(struct xap *x)
{
	/* the old ones must be gone before: Xapian closes a descriptor twice */
	x->database = Xapian::Database();
	for (part &p : x->parts) {
		if (p.host.empty())
			continue;
		p.up = false;
		p.database = Xapian::Database();
	}
	x->unsure = false;
	open_parts(x);
	join(x);
}

/* A connection that was closed, by a server that was started again or tired of waiting, is made
 * again once; a part that is slow is done without. False when that is enough. */
bool lose(struct xap *x, const Xapian::NetworkError &why)
{
	struct part *p = part_of(x, why.get_context());
	bool slow = !strcmp(why.get_type(), "NetworkTimeoutError");
	if (++x->losses > 2 * x->parts.size())
		return false;
	if (p && (slow || p->failed))
		p->again = now() + PATIENCE;
	if (p)
		p->failed = true;
	connect_anew(x);
	return true;
}

/* When patience is over: goes on without the part that took longest to reach, for half as long
 * again. False when that was tried, or when none stands out. */
bool leave_slowest(struct xap *x)
{
	struct part *slowest = nullptr;
	for (part &p : x->parts)
		if (p.up && !p.host.empty() && (!slowest || p.took > slowest->took))
			slowest = &p;
	if (x->hurried || !slowest || slowest->took < SLOW)
		return false;
	x->hurried = true;
	slowest->again = now() + PATIENCE;
	x->until = now() + PATIENCE / 2;
	connect_anew(x);
	return true;
}

/* Opens the parts that the list names. A switch may take them away behind our back: then there is
 * another list. */
void open_stub(struct xap *x)
{
	for (unsigned reopens = 0;; reopens++) {
		read_parts(x);
		try {
			open_parts(x);
			return join(x);
		} catch (const Xapian::DatabaseError &) {
			if (reopens == REOPENS)
				throw;
		}
	}
}

/* Can this index be asked by its posting lists? */
bool has_columns(const struct xap *x)
{
	return x->has_tokens && x->lengths;
}

/* A number for each document, or NULL. */
const uint32_t *numbers_of(const struct xap *x, const char *name)
{
	uint64_t n, at;
	const char *bytes = columns_bytes(x->columns, name, &n, &at);
	bool fits = bytes && n == (uint64_t{x->database.get_lastdocid()} + 1) * sizeof(uint32_t) &&
		    reinterpret_cast<uintptr_t>(bytes) % alignof(uint32_t) == 0;
	return fits ? reinterpret_cast<const uint32_t *>(bytes) : nullptr;
}

/* Without its tokens an index would find no phrase, and not say so. */
void read_columns(struct xap *x, bool starved)
{
	uint64_t n, at;
	const char *bytes = columns_bytes(x->columns, TOKENS, &n, &at);
	x->has_tokens = bytes && tokens_read(&x->tokens, bytes, n);
	x->lengths = numbers_of(x, LENGTHS);
	if (has_columns(x) || x->database.get_metadata(TOKENS).empty())
		return;
	if (starved)
		throw std::bad_alloc();
	throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, nullptr};
}

/* A single file and its columns must be of one time, whatever the name stands for by then. */
void open_one(struct xap *x)
{
	bool starved = false;
	struct stat st;
	int fd = open(x->path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		x->one_file = true;
		x->columns = columns_open(fd, &starved);
		x->database = Xapian::Database(fd); /* which closes it, also when it throws */
	} else {
		if (fd >= 0)
			close(fd);
		x->database = Xapian::Database(x->path);
	}
	x->notes = x->database;
	if (x->database.get_uuid().empty()) /* no part at all */
		throw refusal{STATUS_CORRUPT, MSG_XAP_CORRUPT, nullptr};
	check_stamp(x->database, x->format);
	read_columns(x, starved);
}

} // namespace

struct xap *xap_open(const char *path, unsigned format, struct error *e)
{
	struct xap *x = nullptr;
	int failed = guard(e, path, [&] {
		x = new xap;
		x->path = path;
		x->format = format;
		x->until = now() + PATIENCE;
		check_file(path);
		if (xap_is_stub(path))
			open_stub(x);
		else
			open_one(x);
	});
	if (!failed)
		return x;
	xap_close(x);
	return nullptr;
}

int xap_begin(struct xap *x, struct error *e)
{
	x->until = now() + PATIENCE;
	if (!x->remote)
		return 0;
	hush pipe(true);
	return guard(e, x->path.c_str(), [&] {
		x->losses = 0;
		x->hurried = false;
		for (part &p : x->parts)
			p.failed = false;
		if (x->unsure)
			return connect_anew(x);
		if (x->missing.empty())
			return;
		open_parts(x);
		join(x);
	});
}

const char *const *xap_missing(struct xap *x, size_t *n)
{
	*n = x->missing.size();
	return x->missing.data();
}

bool xap_is_stub(const char *path)
{
	return stub_is_list(path);
}

void xap_close(struct xap *x)
{
	hush pipe(x && x->remote); /* closing says goodbye */
	if (x)
		columns_close(x->columns);
	delete x;
}

uint32_t xap_document_count(struct xap *x)
{
	uint32_t count = 0;
	guard_reading(x, nullptr, [&] { count = x->database.get_doccount(); });
	return count;
}

int xap_term_count(struct xap *x, const char *term, size_t n, uint32_t *count, struct error *e)
{
	*count = 0;
	int failed =
		guard_reading(x, e, [&] { *count = x->database.get_termfreq(term_of(term, n)); });
	return failed && e->status != STATUS_INPUT ? -1 : 0;
}

char *xap_note(struct xap *x, const char *name, struct error *e)
{
	char *note = nullptr;
	guard_reading(x, e,
		      [&] { note = copy(x->notes.get_metadata(term_of(name, strlen(name)))); });
	return note;
}

char *xap_part_note(struct xap *x, size_t number, const char *name, struct error *e)
{
	char *note = nullptr;
	guard_reading(x, e, [&] {
		bool up = number < x->parts.size() && x->parts[number].up;
		note = copy(up ? x->parts[number].database.get_metadata(name) : "");
	});
	return note;
}

int xap_word_count(struct xap *x, const char *word, size_t n, uint32_t *count, struct error *e)
{
	return guard_reading(x, e, [&] {
		std::string wanted = term_of(word, n);
		auto at = x->notes.spellings_begin(), end = x->notes.spellings_end();
		if (at != end)
			at.skip_to(wanted);
		*count = at != end && *at == wanted ? at.get_termfreq() : 0;
	});
}

char *xap_revision(struct xap *x, struct error *e)
{
	char *text = nullptr;
	guard_reading(x, e, [&] { text = copy(revision(x->database) + x->missing_names); });
	return text;
}

char *xap_suggest(struct xap *x, const char *word, size_t n, struct error *e)
{
	char *suggestion = nullptr;
	guard_reading(x, e, [&] {
		std::string found;
		if (n && n <= XAP_TERM_MAX) /* no longer word is in the dictionary */
			found = x->notes.get_spelling_suggestion(text(word, n), EDITS);
		suggestion = copy(found);
	});
	return suggestion;
}

/* ---- queries ------------------------------------------------------------------------------- */

namespace
{

/* By count, greatest first, then by name. */
bool by_count(const count_list::value_type &a, const count_list::value_type &b)
{
	return a.second != b.second ? a.second > b.second : a.first < b.first;
}

count_list count_terms(const Xapian::Database &database, const std::string &prefix, size_t most)
{
	count_list terms;
	auto end = database.allterms_end(prefix);
	for (auto i = database.allterms_begin(prefix); i != end; ++i)
		terms.emplace_back(*i, i.get_termfreq());
	most = std::min(most, terms.size());
	std::partial_sort(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(most),
			  terms.end(), by_count);
	terms.resize(most);
	return terms;
}

/* Other machines send every term that begins so: once is enough for all that a question asks. */
count_list most_frequent(struct xap *x, const std::string &prefix, size_t most)
{
	if (!x->remote)
		return count_terms(x->database, prefix, most);
	std::string key = std::to_string(most) + " " + prefix;
	auto known = x->expansions.find(key);
	if (known == x->expansions.end())
		known = x->expansions.emplace(key, count_terms(x->database, prefix, most)).first;
	return known->second;
}

bool is_terms(const struct xap_query *q)
{
	if (q->op == XAP_OR)
		return q->n && std::all_of(q->children, q->children + q->n, is_terms);
	return q->op == XAP_TERM;
}

/* Refuses what is no query. */
void check(const struct xap_query *q, unsigned depth)
{
	if (depth > QUERY_DEPTH)
		throw refusal{STATUS_INPUT, MSG_XAP_DEEP, ""};
	if ((q->op == XAP_TERM || q->op == XAP_PREFIX) && !q->term_n)
		throw refusal{STATUS_INPUT, MSG_XAP_EMPTY, ""};
	if ((q->op == XAP_SCALE || q->op == XAP_CONSTANT) &&
	    (!std::isfinite(q->scale) || q->scale < 0))
		throw refusal{STATUS_INPUT, MSG_XAP_INPUT, "(scale)"};
	if (q->op > XAP_CONSTANT)
		throw refusal{STATUS_INPUT, MSG_XAP_INPUT, "(op)"};
	if (q->op == XAP_PHRASE && q->n > XAP_PHRASE_MAX)
		throw refusal{STATUS_INPUT, MSG_XAP_INPUT, "(phrase)"};
	for (size_t i = 0; i < q->n; i++) {
		const struct xap_query *child = q->children[i];
		if (q->op == XAP_PHRASE && child->op != XAP_PREFIX && !is_terms(child))
			throw refusal{STATUS_INPUT, MSG_XAP_INPUT, "(phrase)"};
		check(child, depth + 1);
	}
}

Xapian::Query build(struct xap *x, const struct xap_query *q, bool weighs);

/* Query() matches nothing: a term that no document can hold is in none. */
Xapian::Query build_term(const struct xap_query *q)
{
	if (!posting_fits(q->term, q->term_n))
		return Xapian::Query();
	return Xapian::Query(std::string(q->term, q->term_n));
}

/* Xapian estimates in how many documents one of several terms stands by the tree that it makes of
 * them, which hangs on how frequent each is in the part at hand; so the tree is ours: it does not
 * look behind a scale, which under OP_SYNONYM means nothing. */
Xapian::Query any_of(const count_list &terms, size_t from, size_t end)
{
	if (end - from == 1)
		return Xapian::Query(terms[from].first);
	size_t middle = from + (end - from) / 2;
	return Xapian::Query(1.0, Xapian::Query(Xapian::Query::OP_OR, any_of(terms, from, middle),
						any_of(terms, middle, end)));
}

/* No OP_WILDCARD: each part would take the terms most frequent there. */
Xapian::Query build_prefix(struct xap *x, const struct xap_query *q)
{
	Xapian::Query checked = build_term(q);
	if (checked.empty() || !q->window)
		return Xapian::Query();
	count_list terms = most_frequent(x, text(q->term, q->term_n), q->window);
	if (terms.empty())
		return Xapian::Query();
	std::vector<Xapian::Query> one{any_of(terms, 0, terms.size())};
	return Xapian::Query(Xapian::Query::OP_SYNONYM, one.begin(), one.end());
}

/* Under a phrase Xapian 1.4 takes terms and ORs of terms, but no wildcard. */
Xapian::Query build_part(struct xap *x, const struct xap_query *q, const Xapian::Query &part)
{
	if (q->op != XAP_PREFIX)
		return part;
	std::vector<Xapian::Query> terms;
	for (const auto &[term, count] : most_frequent(x, text(q->term, q->term_n), q->window))
		terms.emplace_back(term);
	return Xapian::Query(Xapian::Query::OP_OR, terms.begin(), terms.end());
}

Xapian::Query build_phrase(struct xap *x, const struct xap_query *q,
			   std::vector<Xapian::Query> parts)
{
	using Xapian::Query;
	for (size_t i = 0; i < q->n; i++) {
		parts[i] = build_part(x, q->children[i], parts[i]);
		if (parts[i].empty())
			return Query();
	}
	return q->n == 1 ? parts[0]
			 : Query(Query::OP_PHRASE, parts.begin(), parts.end(),
				 static_cast<Xapian::termcount>(q->n));
}

Xapian::Query build_constant(const struct xap_query *q)
{
	auto *source = new Xapian::FixedWeightPostingSource(q->scale);
	return Xapian::Query(source->release()); /* the query owns it */
}

/* The first child, and by `op` the rest taken together by `join`. */
Xapian::Query build_first(Xapian::Query::op op, Xapian::Query::op join,
			  const std::vector<Xapian::Query> &parts)
{
	if (parts.size() == 1)
		return parts[0];
	return Xapian::Query(op, parts[0], Xapian::Query(join, parts.begin() + 1, parts.end()));
}

/* Never OP_MAX, which crashes 1.4.22, nor OP_SYNONYM, which changes the ranking. */
Xapian::Query build_node(struct xap *x, const struct xap_query *q,
			 const std::vector<Xapian::Query> &parts)
{
	using Xapian::Query;
	switch (q->op) {
	case XAP_AND:
		return Query(Query::OP_AND, parts.begin(), parts.end());
	case XAP_OR:
		return Query(Query::OP_OR, parts.begin(), parts.end());
	case XAP_AND_NOT:
		return build_first(Query::OP_AND_NOT, Query::OP_OR, parts);
	case XAP_AND_MAYBE:
		return build_first(Query::OP_AND_MAYBE, Query::OP_OR, parts);
	case XAP_FILTER:
		return build_first(Query::OP_FILTER, Query::OP_AND, parts);
	case XAP_PHRASE:
		return build_phrase(x, q, parts);
	case XAP_SCALE:
		return Query(q->scale, parts[0]);
	default: /* a leaf */
		return Query();
	}
}

/* Of what check() lets through. Where it does not weigh, what would only add weight is left out:
 * Xapian 1.4.22 loses documents of an AND_MAYBE in an AND that is taken away. */
Xapian::Query build(struct xap *x, const struct xap_query *q, bool weighs)
{
	if (q->op == XAP_NOTHING)
		return Xapian::Query();
	if (q->op == XAP_ALL)
		return Xapian::Query(std::string());
	if (q->op == XAP_TERM)
		return build_term(q);
	if (q->op == XAP_PREFIX)
		return build_prefix(x, q);
	if (q->op == XAP_CONSTANT)
		return build_constant(q);
	if (!q->n)
		return Xapian::Query();
	if (q->op == XAP_AND_MAYBE && !weighs)
		return build(x, q->children[0], false);
	weighs = weighs && (q->op != XAP_SCALE || q->scale > 0);
	bool first_only = q->op == XAP_FILTER || q->op == XAP_AND_NOT;
	std::vector<Xapian::Query> parts;
	for (size_t i = 0; i < q->n; i++)
		parts.push_back(build(x, q->children[i], weighs && (i == 0 || !first_only)));
	return build_node(x, q, parts);
}

/* ---- hits ---------------------------------------------------------------------------------- */

/* What is asked of one group of hits. */
struct asked {
	const struct xap_request *request;
	Xapian::Query query;
	size_t first, most; /* which of them to give back */
};

Xapian::valueno slot_of(int number)
{
	return static_cast<Xapian::valueno>(number);
}

void fill_facet(const counts &values, struct xap_result *result, size_t i)
{
	count_list order(values.begin(), values.end());
	std::sort(order.begin(), order.end(), by_count);
	result->facets[i] = array<struct xap_facet>(order.size());
	for (const auto &[value, count] : order) {
		struct xap_facet *facet = &result->facets[i][result->n_facets[i]];
		facet->value = copy(value);
		facet->count = count;
		result->n_facets[i]++;
	}
}

/* A hit in its place. */
struct place {
	Xapian::docid document;
	double weight;
	std::string order; /* of hits that weigh the same */
};

std::string data_of_hit(struct xap *x, Xapian::docid document)
{
	if (!x->remote)
		return x->database.get_document(document).get_data();
	check_patience(x);
	auto known = x->data.find(document);
	if (known == x->data.end())
		known = x->data.emplace(document, x->database.get_document(document).get_data())
				.first;
	return known->second;
}

void fill_data(struct xap *x, struct xap_hit *hit)
{
	std::string data = data_of_hit(x, hit->document);
	hit->data = copy(data);
	hit->data_n = data.size();
}

template <class Place>
void fill_hits(struct xap *x, const std::vector<Place> &places, bool with_data,
	       struct xap_result *result)
{
	result->hits = array<struct xap_hit>(places.size());
	for (const Place &p : places) {
		struct xap_hit *hit = &result->hits[result->n_hits];
		hit->document = p.document;
		hit->weight = p.weight;
		if (with_data)
			fill_data(x, hit);
		result->n_hits++;
	}
}

/* The weights of a hit are added up in an order that hangs on the part it is in and on who does it,
 * and so does the last bit of their sum; of which hits that should weigh the same must not be
 * sorted by. */
bool weigh_same(double a, double b)
{
	return std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b));
}

/* Puts hits in order that weigh the same, of hits sorted by weight. */
template <class Place> void settle(std::vector<Place> &places)
{
	auto by_order = [](const Place &a, const Place &b) {
		return a.order != b.order ? a.order < b.order : a.document < b.document;
	};
	for (auto from = places.begin(), end = from; from != places.end(); from = end) {
		while (end != places.end() && weigh_same(from->weight, end->weight))
			++end;
		std::sort(from, end, by_order);
	}
}

/* Those from `first`, at most so many. */
template <class Place> void cut(std::vector<Place> &places, size_t first, size_t most)
{
	auto from = static_cast<std::ptrdiff_t>(std::min(first, places.size()));
	places.erase(places.begin(), places.begin() + from);
	places.resize(std::min(most, places.size()));
}

/* ---- by Xapian's matcher: directories, and parts of a stub ---------------------------------- */

/* Counts values over collapsed hits. Xapian shows a spy every match before collapsing, so the twins
 * are told apart here; the first one seen stands for all. */
class facet_spy : public Xapian::MatchSpy
{
      public:
	explicit facet_spy(const struct xap_request *r) : request(r)
	{
	}

	void operator()(const Xapian::Document &document, double) override
	{
		if (request->collapse_slot != XAP_NO_SLOT) {
			std::string key = document.get_value(slot_of(request->collapse_slot));
			if (!key.empty() && !seen.insert(key).second)
				return;
		}
		for (size_t i = 0; i < request->n_facets; i++)
			values[i][document.get_value(slot_of(request->facet_slots[i]))]++;
	}

	counts values[XAP_FACETS];

      private:
	const struct xap_request *request;
	std::unordered_set<std::string> seen;
};

void prepare(Xapian::Enquire &enquire, const asked &a)
{
	const struct xap_request *request = a.request;
	enquire.set_query(a.query);
	enquire.set_weighting_scheme(
		Xapian::BM25Weight(BM25_K1, BM25_K2, BM25_K3, BM25_B, BM25_MIN_LENGTH));
	if (request->collapse_slot != XAP_NO_SLOT)
		enquire.set_collapse_key(slot_of(request->collapse_slot));
	if (request->order_slot == XAP_NO_SLOT)
		return;
	Xapian::valueno order = slot_of(request->order_slot);
	if (request->order_first)
		enquire.set_sort_by_value_then_relevance(order, false);
	else
		enquire.set_sort_by_relevance_then_value(order, false);
}

/* A part on another machine cannot run our spy, and fetching every hit from it would take a
 * question and an answer each. But a list of hits brings the value that it is sorted by: one list a
 * facet. Collapsing is right there, since both sides of a pair are in one part. */
void count_afar(struct xap *x, const asked &a, size_t i, counts &values, size_t total)
{
	Xapian::valueno value = slot_of(a.request->facet_slots[i]);
	if (x->database.get_value_freq(value) == 0) {
		if (total)
			values[std::string()] = total;
		return;
	}
	Xapian::doccount all = x->database.get_doccount();
	Xapian::Enquire enquire(x->database);
	prepare(enquire, a);
	enquire.set_sort_by_value(value, false);
	Xapian::MSet found = enquire.get_mset(0, all, all);
	for (Xapian::MSetIterator at = found.begin(); at != found.end(); ++at)
		values[at.get_sort_key()]++;
}

std::vector<place> places_of(const Xapian::MSet &found)
{
	std::vector<place> places;
	for (Xapian::MSetIterator i = found.begin(); i != found.end(); ++i)
		places.push_back({*i, i.get_weight(), i.get_sort_key()});
	return places;
}

/* The hits asked for, and all there are. At least one is asked of Xapian, which takes short cuts
 * with none; and only with all checked is the lower bound the exact total. */
std::vector<place> rank(Xapian::Enquire &enquire, const asked &a, Xapian::doccount all,
			size_t *total)
{
	auto first = static_cast<Xapian::doccount>(std::min<size_t>(a.first, all));
	auto most = static_cast<Xapian::doccount>(std::min<size_t>(a.most, all));
	Xapian::MSet found = enquire.get_mset(first, std::max(most, 1u), all);
	*total = found.get_matches_lower_bound();
	std::vector<place> places = places_of(found);
	places.resize(std::min<size_t>(places.size(), most));
	return places;
}

/* The same over several parts: as many are looked at as it takes until one weighs less than the
 * last asked for. */
std::vector<place> rank_parts(Xapian::Enquire &enquire, const asked &a, Xapian::doccount all,
			      size_t *total)
{
	const size_t MORE = 20;
	size_t end = std::min<size_t>(a.first, all) + std::min<size_t>(a.most, all);
	std::vector<place> places;
	for (size_t n = end + MORE;; n *= 2) {
		n = std::min<size_t>(n, all);
		Xapian::MSet found = enquire.get_mset(0, static_cast<Xapian::doccount>(n), all);
		*total = found.get_matches_lower_bound();
		places = places_of(found);
		if (places.size() < n || n == all || end == 0 || end >= n ||
		    !weigh_same(places[end - 1].weight, places.back().weight))
			break;
	}
	settle(places);
	cut(places, a.first, a.most);
	return places;
}

void match_group(struct xap *x, const asked &a, struct xap_result *result)
{
	const struct xap_request *request = a.request;
	Xapian::doccount all = x->database.get_doccount();
	Xapian::Enquire enquire(x->database);
	facet_spy spy(request);
	prepare(enquire, a);
	if (request->n_facets && !x->remote)
		enquire.add_matchspy(&spy);
	bool settling =
		x->parts.size() > 1 && request->order_slot != XAP_NO_SLOT && !request->order_first;
	fill_hits(x, (settling ? rank_parts : rank)(enquire, a, all, &result->total),
		  !request->no_data, result);
	for (size_t i = 0; i < request->n_facets; i++) {
		if (x->remote)
			count_afar(x, a, i, spy.values[i], result->total);
		fill_facet(spy.values[i], result, i);
	}
}

void match(struct xap *x, const struct xap_request *request, struct xap_result *result)
{
	using Xapian::Query;
	asked a = {request, build(x, request->query, true), request->offset, request->limit};
	if (!request->first)
		return match_group(x, a, result);
	const Query all = a.query, first(request->first);
	a.query = Query(Query::OP_FILTER, all, first);
	match_group(x, a, &result[0]);
	a.query = Query(Query::OP_AND_NOT, all, first);
	a.first -= std::min(a.first, result[0].total);
	a.most = request->first_only ? 0 : a.most - result[0].n_hits;
	match_group(x, a, &result[1]);
}

/* ---- by posting lists: an index of one file -------------------------------------------------- */

/* A set of documents, a bit each. */
class documents
{
      public:
	explicit documents(Xapian::docid greatest) : last(greatest), bits(greatest / 64 + 1)
	{
	}

	/* All numbers, whether a document has them or not. */
	void fill()
	{
		std::fill(bits.begin(), bits.end(), ~UINT64_C(0));
		n = last;
	}

	bool has(Xapian::docid number) const
	{
		return number <= last && bits[number / 64] >> number % 64 & 1;
	}

	void add(Xapian::docid number)
	{
		uint64_t bit = UINT64_C(1) << number % 64, &word = bits[number / 64];
		n += !(word & bit);
		word |= bit;
	}

	void drop(const documents &others)
	{
		n = 0;
		for (size_t i = 0; i < bits.size(); i++) {
			bits[i] &= ~others.bits[i];
			n += static_cast<size_t>(__builtin_popcountll(bits[i]));
		}
	}

	size_t count() const
	{
		return n;
	}

	/* How many of them come before each 64. */
	std::vector<uint32_t> before() const
	{
		std::vector<uint32_t> sums(bits.size());
		for (size_t i = 1; i < bits.size(); i++)
			sums[i] = sums[i - 1] +
				  static_cast<uint32_t>(__builtin_popcountll(bits[i - 1]));
		return sums;
	}

	/* Which of its 64 it is. */
	size_t among(Xapian::docid number) const
	{
		uint64_t smaller = (UINT64_C(1) << number % 64) - 1;
		return static_cast<size_t>(__builtin_popcountll(bits[number / 64] & smaller));
	}

	template <class Take> void each(Take take) const
	{
		for (size_t i = 0; i < bits.size(); i++)
			for (uint64_t rest = bits[i]; rest; rest &= rest - 1)
				take(static_cast<Xapian::docid>(
					i * 64 + static_cast<size_t>(__builtin_ctzll(rest))));
	}

	std::vector<Xapian::docid> list() const
	{
		std::vector<Xapian::docid> numbers;
		numbers.reserve(n);
		each([&](Xapian::docid number) { numbers.push_back(number); });
		return numbers;
	}

      private:
	Xapian::docid last;
	size_t n = 0;
	std::vector<uint64_t> bits;
};

/* A term and in how many documents it stands. */
using frequent = count_list::value_type;

frequent frequency_of(struct xap *x, const std::string &term)
{
	return {term, x->database.get_termfreq(term)};
}

/* The postings of a term, of some documents only: all are read, or where the documents are few they
 * are looked up. */
template <class Take>
void each_posting(struct xap *x, const frequent &of, const documents &within, Take take)
{
	const size_t LOOK_UP = 16; /* as long as that takes, so many are read */
	const std::string &term = of.first;
	auto i = x->database.postlist_begin(term), end = x->database.postlist_end(term);
	if (i == end)
		return;
	if (within.count() >= of.second / LOOK_UP) {
		for (; i != end; ++i)
			if (within.has(*i))
				take(*i, i);
		return;
	}
	bool more = true;
	within.each([&](Xapian::docid number) {
		if (!more)
			return;
		i.skip_to(number);
		more = i != end;
		if (more && *i == number)
			take(number, i);
	});
}

/* What tokens find a phrase by. */
using phrase = std::unique_ptr<struct tokens_phrase, void (*)(struct tokens_phrase *)>;

void add_word(struct xap *x, const phrase &p, size_t i, const char *term, size_t n)
{
	struct error e;
	uint32_t number = tokens_find(&x->tokens, term, n);
	if (number != TOKENS_NONE)
		must(tokens_phrase_add(p.get(), i, number, &e), e);
}

void add_words(struct xap *x, const phrase &p, size_t i, const struct xap_query *q)
{
	if (q->op == XAP_TERM)
		add_word(x, p, i, q->term, q->term_n);
	if (q->op == XAP_PREFIX)
		for (const auto &[term, count] :
		     most_frequent(x, text(q->term, q->term_n), q->window))
			add_word(x, p, i, term.data(), term.size());
	for (size_t k = 0; k < q->n; k++)
		add_words(x, p, i, q->children[k]);
}

phrase phrase_of(struct xap *x, const struct xap_query *q)
{
	struct error e;
	phrase p(tokens_phrase_new(q->n, &e), tokens_phrase_free);
	must(p ? 0 : -1, e);
	for (size_t i = 0; i < q->n; i++)
		add_words(x, p, i, q->children[i]);
	return p;
}

/* Finds what a query does, among some documents. */
class finder
{
      public:
	explicit finder(struct xap *from) : x(from), last(from->database.get_lastdocid())
	{
	}

	documents find(const struct xap_query *q)
	{
		documents any(last);
		any.fill();
		return find(q, any);
	}

	documents find(const struct xap_query *q, const documents &within)
	{
		documents found(last);
		switch (q->op) {
		case XAP_NOTHING:
			break;
		case XAP_ALL:
		case XAP_CONSTANT:
			add_term(found, {std::string(), last}, within);
			break;
		case XAP_TERM:
			if (posting_fits(q->term, q->term_n))
				add_term(found, frequency_of(x, text(q->term, q->term_n)), within);
			break;
		case XAP_PREFIX:
			if (posting_fits(q->term, q->term_n))
				add_prefix(found, q, within);
			break;
		case XAP_OR:
			for (size_t i = 0; i < q->n; i++)
				find(q->children[i], within).each([&](Xapian::docid number) {
					found.add(number);
				});
			break;
		case XAP_PHRASE:
			add_phrase(found, q, within);
			break;
		case XAP_AND_MAYBE:
		case XAP_SCALE:
			return q->n ? find(q->children[0], within) : found;
		case XAP_AND_NOT:
			return q->n ? without(q, within) : found;
		case XAP_AND:
		case XAP_FILTER:
			return q->n ? common(q, within) : found;
		}
		return found;
	}

	/* How often the terms of a prefix stand in each document, if that is known already. */
	const uint32_t *occurrences(const struct xap_query *prefix) const
	{
		return prefix == counted_of ? counted.data() : nullptr;
	}

      private:
	/* Of the first prefix the occurrences are kept, where it is not looked for among few
	 * documents: its postings are many, and need not be read again to weigh them. */
	void add_prefix(documents &found, const struct xap_query *q, const documents &within)
	{
		bool keeps = !counted_of && within.count() == last;
		if (keeps) {
			counted_of = q;
			counted.resize(last + 1);
		}
		for (const frequent &term : most_frequent(x, text(q->term, q->term_n), q->window))
			each_posting(x, term, within, [&](Xapian::docid number, auto &posting) {
				found.add(number);
				if (keeps)
					counted[number] += posting.get_wdf();
			});
	}

	void add_term(documents &found, const frequent &term, const documents &within)
	{
		each_posting(x, term, within,
			     [&](Xapian::docid number, auto &) { found.add(number); });
	}

	/* Of what has all the words, what has them in a row. */
	void add_phrase(documents &found, const struct xap_query *q, const documents &within)
	{
		if (!q->n)
			return;
		phrase words = phrase_of(x, q);
		const size_t AHEAD = 8;
		std::vector<Xapian::docid> list = common(q, within).list();
		for (size_t i = 0; i < list.size(); i++) {
			if (i + AHEAD < list.size())
				tokens_expect(&x->tokens, list[i + AHEAD]);
			if (q->n == 1 || tokens_have(&x->tokens, words.get(), list[i]))
				found.add(list[i]);
		}
	}

	documents without(const struct xap_query *q, const documents &within)
	{
		documents found = find(q->children[0], within);
		for (size_t i = 1; i < q->n; i++)
			found.drop(find(q->children[i], found));
		return found;
	}

	/* What all children find, beginning with the one that finds fewest. */
	documents common(const struct xap_query *q, const documents &within)
	{
		std::vector<std::pair<size_t, const struct xap_query *>> order;
		for (size_t i = 0; i < q->n; i++)
			order.emplace_back(most(q->children[i]), q->children[i]);
		std::stable_sort(order.begin(), order.end(),
				 [](const auto &a, const auto &b) { return a.first < b.first; });
		documents found = find(order[0].second, within);
		for (size_t i = 1; i < q->n; i++)
			found = find(order[i].second, found);
		return found;
	}

	/* How many documents it finds at most, roughly. */
	size_t most(const struct xap_query *q)
	{
		size_t n = last;
		switch (q->op) {
		case XAP_NOTHING:
			return 0;
		case XAP_TERM:
			return posting_fits(q->term, q->term_n)
				       ? x->database.get_termfreq(text(q->term, q->term_n))
				       : 0;
		case XAP_OR:
			n = 0;
			for (size_t i = 0; i < q->n; i++)
				n += most(q->children[i]);
			return n;
		case XAP_AND:
		case XAP_FILTER:
		case XAP_PHRASE:
			for (size_t i = 0; i < q->n; i++)
				n = std::min(n, most(q->children[i]));
			return n;
		case XAP_AND_NOT:
		case XAP_AND_MAYBE:
		case XAP_SCALE:
			return q->n ? most(q->children[0]) : 0;
		default:
			return n;
		}
	}

	struct xap *x;
	Xapian::docid last;
	const struct xap_query *counted_of = nullptr;
	std::vector<uint32_t> counted;
};

/* Adds up what documents weigh by a query: BM25 as Xapian 1.4 reckons it, term by term. */
class scorer
{
      public:
	scorer(struct xap *from, finder *by, const documents &of)
	    : x(from), finds(by), all(from->database.get_doccount()),
	      average(from->database.get_avlength()), hits(of),
	      sparse(of.count() < from->database.get_lastdocid() / DENSE),
	      before(sparse ? of.before() : std::vector<uint32_t>()),
	      sums(sparse ? of.count() : from->database.get_lastdocid() + 1)
	{
	}

	void weigh(const struct xap_query *q)
	{
		weigh(q, 1, hits, true);
	}

	double operator[](Xapian::docid number) const
	{
		return sums[index(number)];
	}

      private:
	static const size_t DENSE = 16; /* one document of so many is a hit */

	/* Few hits stand in a row; of many each has a place of its own, which is found sooner. */
	size_t index(Xapian::docid number) const
	{
		return sparse ? before[number / 64] + hits.among(number) : number;
	}

	/* Of documents `within`, what they weigh by the query times `factor`; known: all of them
	 * are found by it. */
	void weigh(const struct xap_query *q, double factor, const documents &within, bool known)
	{
		if (factor == 0 || !within.count())
			return;
		switch (q->op) {
		case XAP_NOTHING:
		case XAP_ALL:
			return;
		case XAP_CONSTANT:
			within.each([&](Xapian::docid number) {
				sums[index(number)] += factor * q->scale;
			});
			return;
		case XAP_TERM:
			if (posting_fits(q->term, q->term_n))
				weigh_term(frequency_of(x, text(q->term, q->term_n)), factor,
					   within);
			return;
		case XAP_PREFIX:
			if (posting_fits(q->term, q->term_n))
				weigh_prefix(q, factor, within);
			return;
		case XAP_OR:
			for (size_t i = 0; i < q->n; i++)
				weigh(q->children[i], factor, within, false);
			return;
		case XAP_SCALE:
			if (q->n)
				weigh(q->children[0], factor * q->scale, within, known);
			return;
		default:
			if (known)
				weigh_known(q, factor, within);
			else
				weigh_known(q, factor, finds->find(q, within));
		}
	}

	/* Of what the query finds. */
	void weigh_known(const struct xap_query *q, double factor, const documents &found)
	{
		size_t n = q->op == XAP_FILTER || q->op == XAP_AND_NOT ? std::min<size_t>(q->n, 1)
								       : q->n;
		for (size_t i = 0; i < n; i++) {
			if (q->op == XAP_PHRASE && q->children[i]->op == XAP_PREFIX)
				weigh_each(q->children[i], factor, found);
			else
				weigh(q->children[i], factor, found,
				      i == 0 || q->op != XAP_AND_MAYBE);
		}
	}

	/* What a term is worth that stands in so many documents. */
	double worth(double frequency) const
	{
		double odds = (all - frequency + 0.5) / (frequency + 0.5);
		/* what stands in more than half of all documents is still worth something */
		return std::log(odds < 2 ? odds * 0.5 + 1 : odds) * (BM25_K1 + 1);
	}

	/* Of that, what so many occurrences in a document are. */
	double part(double occurrences, uint32_t length) const
	{
		double relative = std::max(average > 0 ? length / average : 0, BM25_MIN_LENGTH);
		return occurrences / (BM25_K1 * (relative * BM25_B + (1 - BM25_B)) + occurrences);
	}

	void weigh_term(const frequent &term, double factor, const documents &within)
	{
		double weight = factor * worth(static_cast<double>(term.second));
		each_posting(x, term, within, [&](Xapian::docid number, auto &posting) {
			sums[index(number)] += weight * part(posting.get_wdf(), x->lengths[number]);
		});
	}

	void weigh_each(const struct xap_query *prefix, double factor, const documents &within)
	{
		for (const frequent &term :
		     most_frequent(x, text(prefix->term, prefix->term_n), prefix->window))
			weigh_term(term, factor, within);
	}

	/* In how many documents one of several terms stands, if they keep nothing of each other: in
	 * the order in which build_prefix() has Xapian reckon it. */
	double any_of(const count_list &terms, size_t from, size_t end) const
	{
		if (end - from == 1)
			return static_cast<double>(terms[from].second);
		size_t middle = from + (end - from) / 2;
		double a = any_of(terms, from, middle), b = any_of(terms, middle, end);
		return std::floor(a + b - a * b / all + 0.5);
	}

	/* As one term. */
	void weigh_prefix(const struct xap_query *q, double factor, const documents &within)
	{
		count_list terms = most_frequent(x, text(q->term, q->term_n), q->window);
		if (terms.empty())
			return;
		const double weight = factor * worth(any_of(terms, 0, terms.size()));
		const uint32_t *known = finds->occurrences(q);
		std::vector<uint32_t> counted(known ? 0 : sums.size());
		for (size_t i = 0; !known && i < terms.size(); i++)
			each_posting(x, terms[i], within, [&](Xapian::docid number, auto &posting) {
				counted[index(number)] += posting.get_wdf();
			});
		within.each([&](Xapian::docid number) {
			size_t i = index(number);
			uint32_t occurrences = known ? known[number] : counted[i];
			if (occurrences)
				sums[i] += weight * part(occurrences, x->lengths[number]);
		});
	}

	struct xap *x;
	finder *finds;
	double all, average;
	const documents &hits;
	bool sparse;
	std::vector<uint32_t> before;
	std::vector<double> sums;
};

const struct column *column_at(const struct xap *x, int slot)
{
	return slot == XAP_NO_SLOT
		       ? nullptr
		       : columns_find(x->columns, column_of_slot(slot_of(slot)).c_str());
}

/* Of each document its rank by a value. */
const uint32_t *orders_of(const struct xap *x, int slot)
{
	return slot == XAP_NO_SLOT ? nullptr : numbers_of(x, order_of_slot(slot_of(slot)).c_str());
}

/* Totals and facets of two groups of hits, of which each pair counts once, as the first of it. */
class tally
{
      public:
	tally(struct xap *x, const struct xap_request *request, const struct column *of_group)
	    : group(of_group), pair(column_at(x, request->collapse_slot)),
	      n_facets(request->n_facets)
	{
		for (size_t f = 0; f < n_facets; f++) {
			facet[f] = column_at(x, request->facet_slots[f]);
			for (auto &of : values[f])
				of.resize(facet[f] ? facet[f]->values + 1 : 1);
		}
	}

	void take(const documents &hits)
	{
		std::vector<bool> seen(pair ? pair->values + 1 : 0);
		hits.each([&](Xapian::docid number) {
			uint32_t which = pair ? column_value(pair, number) : 0;
			if (which && seen[which])
				return;
			if (which)
				seen[which] = true;
			size_t g = group && !column_value(group, number);
			total[g]++;
			for (size_t f = 0; f < n_facets; f++)
				values[f][g][facet[f] ? column_value(facet[f], number) : 0]++;
		});
	}

	void fill(struct xap_result *result, size_t g) const
	{
		result->total = total[g];
		for (size_t f = 0; f < n_facets; f++) {
			counts named;
			for (uint32_t v = 0; v < values[f][g].size(); v++) {
				size_t n;
				const char *name = v ? column_text(facet[f], v, &n) : "";
				if (values[f][g][v])
					named[v ? std::string(name, n) : ""] += values[f][g][v];
			}
			fill_facet(named, result, f);
		}
	}

      private:
	const struct column *group, *pair, *facet[XAP_FACETS] = {};
	size_t n_facets, total[2] = {};
	std::vector<uint32_t> values[XAP_FACETS][2];
};

/* The first of many hits, in order. */
class ranking
{
      public:
	/* A hit in its place. */
	struct spot {
		double weight;
		Xapian::docid document;
		uint32_t order;
	};

	/* n: how many are wanted, before pairs become one. */
	ranking(struct xap *x, const struct xap_request *request, size_t n)
	    : pair(column_at(x, request->collapse_slot)), orders(orders_of(x, request->order_slot)),
	      order_first(request->order_first), wanted(n), room(ROOM * n + LEAST)
	{
	}

	void add(Xapian::docid number, double weight)
	{
		const spot hit = {weight, number, orders ? orders[number] : 0};
		if (dropped && !may_precede(hit, worst))
			return;
		spots.push_back(hit);
		if (spots.size() >= room)
			prune();
	}

	/* Is that all of them, or as many as were wanted? Each pair once, in order. */
	bool settle_all(size_t end, std::vector<spot> &places)
	{
		places = std::move(spots);
		std::sort(places.begin(), places.end(),
			  [this](const spot &a, const spot &b) { return before(a, b); });
		if (!order_first)
			settle(places);
		collapse(places);
		return places.size() >= end || !dropped;
	}

      private:
	static const size_t ROOM = 4, LEAST = 1000;

	bool before(const spot &a, const spot &b) const
	{
		if (order_first && a.order != b.order)
			return a.order < b.order;
		return a.weight != b.weight ? a.weight > b.weight : a.document < b.document;
	}

	/* Of hits that weigh the same the order is told by something else, later. */
	bool may_precede(const spot &a, const spot &b) const
	{
		return before(a, b) || (!order_first && weigh_same(a.weight, b.weight));
	}

	/* Keeps what may be among those wanted. */
	void prune()
	{
		auto order = [this](const spot &a, const spot &b) { return before(a, b); };
		auto last = spots.begin() + static_cast<std::ptrdiff_t>(wanted);
		std::nth_element(spots.begin(), last, spots.end(), order);
		worst = *last;
		auto end = std::partition(last, spots.end(), [this](const spot &hit) {
			return may_precede(hit, worst);
		});
		dropped = dropped || end != spots.end();
		spots.erase(end, spots.end());
		room = std::max(room, 2 * spots.size());
	}

	/* Keeps the first of each pair. */
	void collapse(std::vector<spot> &places) const
	{
		std::unordered_set<uint32_t> seen;
		auto repeats = [&](const spot &p) {
			uint32_t which = pair ? column_value(pair, p.document) : 0;
			return which && !seen.insert(which).second;
		};
		places.erase(std::remove_if(places.begin(), places.end(), repeats), places.end());
	}

	const struct column *pair;
	const uint32_t *orders;
	bool order_first;
	size_t wanted, room;
	std::vector<spot> spots;
	spot worst = {};
	bool dropped = false; /* what comes behind the worst */
};

/* Of the hits of one group those from `first`, at most so many, in order. */
std::vector<ranking::spot> best(struct xap *x, const struct xap_request *request,
				const documents &found, const struct column *group, bool other,
				const scorer &scores, size_t first, size_t most)
{
	const size_t SIDES = 2, MORE = 4; /* a pair is of two, where no page has two translations */
	std::vector<ranking::spot> places;
	size_t end = std::min(first, found.count()) + std::min(most, found.count());
	for (size_t n = SIDES * end;; n *= MORE) {
		ranking ranked(x, request, n);
		found.each([&](Xapian::docid number) {
			if (!group || (column_value(group, number) == 0) == other)
				ranked.add(number, scores[number]);
		});
		if (ranked.settle_all(end, places))
			break;
	}
	cut(places, first, most);
	return places;
}

/* What Xapian's matcher would answer, in a fraction of the time where hits are many: it would fetch
 * the pair, the order and the facets of each, and weigh all of them, since a match that Xapian
 * 1.4.22 lets stop early may leave out the best hit (AndMaybePostList::next, when it becomes an
 * AND, begins behind the document that its right side is at, though its left side is not there
 * yet). */
void look_up(struct xap *x, const struct xap_request *request, struct xap_result *result)
{
	finder finds(x);
	const documents found = finds.find(request->query);
	const struct column *group =
		request->first ? columns_find(x->columns, column_of_term(request->first).c_str())
			       : nullptr;
	tally counted(x, request, group);
	counted.take(found);
	std::unique_ptr<scorer> scores; /* when some are wanted */
	size_t first = request->offset, most = request->limit;
	for (size_t g = 0; g < (request->first ? 2 : 1); g++) {
		counted.fill(&result[g], g);
		if (g == 1 && request->first_only)
			most = 0;
		if (most && first < result[g].total) {
			if (!scores) {
				scores = std::make_unique<scorer>(x, &finds, found);
				scores->weigh(request->query);
			}
			fill_hits(x, best(x, request, found, group, g == 1, *scores, first, most),
				  !request->no_data, &result[g]);
		}
		first -= std::min(first, result[g].total);
		most -= result[g].n_hits;
	}
}

/* Can its posting lists be asked? A group is told by a column, and so is the order. */
bool can_look_up(const struct xap *x, const struct xap_request *request)
{
	return has_columns(x) &&
	       (request->order_slot == XAP_NO_SLOT || orders_of(x, request->order_slot)) &&
	       (request->collapse_slot == XAP_NO_SLOT || column_at(x, request->collapse_slot)) &&
	       (!request->first ||
		columns_find(x->columns, column_of_term(request->first).c_str()));
}

} // namespace

static void free_results(struct xap_result *results, size_t n)
{
	for (size_t i = 0; i < n; i++)
		xap_result_free(&results[i]);
}

int xap_search(struct xap *x, const struct xap_request *request, struct xap_result *result,
	       struct error *e)
{
	const size_t n = request->first ? 2 : 1;
	std::fill_n(result, n, xap_result{});
	if (request->n_facets > XAP_FACETS)
		return error_set(e, STATUS_INPUT, MSG_XAP_INPUT, "(facets)");
	int failed = guard_reading(x, e, [&] {
		free_results(result, n); /* what a run before this one left */
		check(request->query, 1);
		(can_look_up(x, request) ? look_up : match)(x, request, result);
	});
	if (failed)
		free_results(result, n);
	return failed;
}

int xap_find(struct xap *x, const char *term, size_t n, uint32_t *document, struct error *e)
{
	return guard_reading(x, e, [&] {
		std::string name = term_of(term, n);
		auto i = x->database.postlist_begin(name);
		*document = i != x->database.postlist_end(name) ? *i : 0;
	});
}

int xap_fetch(struct xap *x, uint32_t document, struct xap_result *result, struct error *e)
{
	*result = xap_result{};
	int failed = guard_reading(x, e, [&] {
		xap_result_free(result);
		result->hits = array<struct xap_hit>(1);
		result->n_hits = result->total = 1;
		result->hits->document = document;
		fill_data(x, result->hits);
	});
	if (failed)
		xap_result_free(result);
	return failed;
}

void xap_result_free(struct xap_result *r)
{
	for (size_t i = 0; i < r->n_hits; i++)
		free(r->hits[i].data);
	free(r->hits);
	for (size_t f = 0; f < XAP_FACETS; f++) {
		for (size_t i = 0; i < r->n_facets[f]; i++)
			free(r->facets[f][i].value);
		free(r->facets[f]);
	}
	*r = xap_result{};
}

/* ---- lists --------------------------------------------------------------------------------- */

namespace
{

void fill_list(const count_list &from, struct xap_list *list)
{
	list->list = array<struct xap_facet>(from.size());
	for (const auto &[value, count] : from) {
		list->list[list->n].value = copy(value);
		list->list[list->n].count = count;
		list->n++;
	}
}

using value_set = std::set<std::string>;

/* The values of a slot over all matches of a query, by collapsing: a list of hits brings them from
 * other machines too. */
value_set values_by_match(struct xap *x, const struct xap_query *query, unsigned slot)
{
	Xapian::Enquire enquire(x->database);
	enquire.set_query(build(x, query, false));
	/* no BoolWeight: with it 1.4.22 takes a posting list that was replaced in part for damaged
	 */
	enquire.set_docid_order(Xapian::Enquire::DONT_CARE);
	enquire.set_collapse_key(slot);
	Xapian::doccount all = x->database.get_doccount();
	Xapian::MSet found = enquire.get_mset(0, all);
	value_set values;
	for (Xapian::MSetIterator i = found.begin(); i != found.end(); ++i)
		values.insert(i.get_collapse_key());
	values.erase(std::string());
	return values;
}

value_set values_by_lookup(struct xap *x, const struct xap_query *query, unsigned slot)
{
	value_set values;
	std::string before;
	auto value = x->database.valuestream_begin(slot), none = x->database.valuestream_end(slot);
	finder(x).find(query).each([&](Xapian::docid number) {
		if (value == none)
			return;
		value.skip_to(number);
		if (value == none || value.get_docid() != number || *value == before)
			return;
		before = *value;
		values.insert(before);
	});
	return values;
}

value_set values_of(struct xap *x, const struct xap_query *query, unsigned slot)
{
	check(query, 1);
	return (has_columns(x) ? values_by_lookup : values_by_match)(x, query, slot);
}

count_list shared_values(struct xap *x, const struct xap_query *const *queries, size_t n,
			 unsigned slot, size_t most)
{
	value_set shared;
	for (size_t i = 0; i < n && (i == 0 || !shared.empty()); i++) {
		value_set mine = values_of(x, queries[i], slot), both;
		std::set_intersection(mine.begin(), mine.end(), shared.begin(), shared.end(),
				      std::inserter(both, both.end()));
		shared = i ? std::move(both) : std::move(mine);
	}
	count_list list;
	for (const std::string &value : shared)
		if (list.size() < most)
			list.emplace_back(value, 0);
	return list;
}

} // namespace

int xap_terms(struct xap *x, const char *prefix, size_t n, size_t most, struct xap_list *list,
	      struct error *e)
{
	*list = xap_list{};
	return guard_reading(x, e, [&] {
		xap_list_free(list);
		fill_list(most_frequent(x, text(prefix, n), most), list);
	});
}

int xap_shared_values(struct xap *x, const struct xap_query *const *queries, size_t n_queries,
		      unsigned slot, size_t most, struct xap_list *list, struct error *e)
{
	*list = xap_list{};
	return guard_reading(x, e, [&] {
		xap_list_free(list);
		fill_list(shared_values(x, queries, n_queries, slot, most), list);
	});
}

void xap_list_free(struct xap_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->list[i].value);
	free(list->list);
	*list = xap_list{};
}

int xap_scan(struct xap *x, const char *term, size_t n,
	     bool (*take)(void *self, const char *data, size_t data_n), void *self, struct error *e)
{
	return guard_reading(x, e, [&] {
		std::string name = term_of(term, n);
		auto end = x->database.postlist_end(name);
		for (auto i = x->database.postlist_begin(name); i != end; ++i) {
			std::string data = x->database.get_document(*i).get_data();
			if (!take(self, data.c_str(), data.size()))
				return;
		}
	});
}
