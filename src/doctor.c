#include "doctor.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "place.h"
#include "document.h"
#include "log.h"
#include "record.h"
#include "sandbox.h"
#include "seal.h"
#include "stub.h"
#include "survey.h"
#include "xap.h"

struct visit {
	const struct doctor *doctor;
	enum doctor_state worst;
	size_t shards; /* of the index, by one of them; 0 when none tells */
};

/* ---- telling ------------------------------------------------------------------------------------
 */

static void tell(struct visit *v, const struct doctor_finding *f)
{
	if (f->state != DOCTOR_MENDED && f->state > v->worst)
		v->worst = f->state;
	v->doctor->tell(v->doctor->data, f);
}

static void tell_well(struct visit *v, enum message what, const char *detail)
{
	tell(v, &(struct doctor_finding){.state = DOCTOR_WELL, .what = what, .detail = detail});
}

static void tell_mended(struct visit *v, enum message what, const char *detail)
{
	tell(v, &(struct doctor_finding){.state = DOCTOR_MENDED, .what = what, .detail = detail});
}

static void tell_doubt(struct visit *v, enum message what, enum message advice, const char *detail)
{
	tell(v, &(struct doctor_finding){
			.state = DOCTOR_DOUBT, .what = what, .advice = advice, .detail = detail});
}

static void tell_error(struct visit *v, enum doctor_state state, enum message advice,
		       const struct error *e)
{
	tell(v, &(struct doctor_finding){
			.state = state, .what = e->what, .advice = advice, .detail = e->detail});
}

/* ---- the corpora --------------------------------------------------------------------------------
 */

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* What the index is made of when nobody says; 0 when that is not known. */
static size_t corpora(const struct visit *v, const char *const **roots)
{
	static const char *const usual[] = {DOCTOR_CORPUS};
	const struct setting_values *told = &v->doctor->settings->of[SETTING_CORPUS];
	*roots = told->n ? (const char *const *)told->list : usual;
	return told->n ? told->n : is_folder(DOCTOR_CORPUS);
}

static void on_bad_file(void *data, const char *root, const char *path, const struct error *e)
{
	tell(data, &(struct doctor_finding){.state = DOCTOR_DOUBT,
					    .what = e->what,
					    .advice = MSG_ADVICE_FILE,
					    .detail = e->detail,
					    .root = root,
					    .path = path,
					    .line = e->line});
}

static void tell_corpus(struct visit *v, const char *root, const struct survey *survey)
{
	struct doctor_finding f = {.state = DOCTOR_WELL, .what = MSG_DOCTOR_CORPUS, .detail = root};
	for (size_t i = 0; i < survey->n; i++)
		f.number += survey->list[i].root == root;
	if (!f.number) {
		f.state = DOCTOR_DOUBT;
		f.what = MSG_DOCTOR_EMPTY_CORPUS;
		f.advice = MSG_ADVICE_CORPUS;
	}
	tell(v, &f);
}

/* The setting lang-of; a new list, NULL when memory is out. */
static struct survey_rule *rules_of(const struct settings *s)
{
	const struct setting_values *told = &s->of[SETTING_LANG_OF];
	struct survey_rule *rules = calloc(told->n + 1, sizeof *rules);
	for (size_t i = 0; rules && i < told->n; i++) {
		const char *sign = strrchr(told->list[i], '='); /* checked when it was read */
		rules[i].language = language_find(sign + 1, strlen(sign + 1));
		rules[i].pattern = text_copy(told->list[i], (size_t)(sign - told->list[i]));
	}
	return rules;
}

static void free_rules(struct survey_rule *rules, size_t n)
{
	for (size_t i = 0; rules && i < n; i++)
		free(rules[i].pattern);
	free(rules);
}

/* Reads every page of the corpora as `index` would: what that would warn of is named. */
static void look_at_pages(struct visit *v, const char *const *roots, size_t n)
{
	size_t n_rules = v->doctor->settings->of[SETTING_LANG_OF].n;
	struct survey_rule *rules = rules_of(v->doctor->settings);
	const struct survey_options options = {.roots = roots,
					       .n_roots = n,
					       .rules = rules,
					       .n_rules = rules ? n_rules : 0,
					       .warn = on_bad_file,
					       .data = v};
	struct survey survey;
	struct error e;
	struct buf text = buf_new(2 * (size_t)WALK_MAX_FILE);
	if (survey_read(&survey, &options, &text, &e) == 0) {
		for (size_t i = 0; i < n; i++)
			tell_corpus(v, roots[i], &survey);
		survey_free(&survey);
	} else {
		tell_error(v, DOCTOR_DOUBT, MSG_ADVICE_CORPUS, &e);
	}
	free_rules(rules, n_rules);
	buf_free(&text);
}

static void look_at_corpora(struct visit *v)
{
	const char *const *roots, *file = v->doctor->settings->file;
	size_t n = corpora(v, &roots), n_good = 0;
	const char **good = calloc(n + 1, sizeof *good);
	if (n == 0 && file)
		tell_doubt(v, MSG_DOCTOR_NO_CORPUS_SAID, MSG_ADVICE_CORPUS_SAID, file);
	for (size_t i = 0; good && i < n; i++) {
		if (is_folder(roots[i]) && access(roots[i], R_OK | X_OK) == 0)
			good[n_good++] = roots[i];
		else
			tell_doubt(v, MSG_DOCTOR_NO_CORPUS, MSG_ADVICE_CORPUS, roots[i]);
	}
	if (n_good)
		look_at_pages(v, good, n_good);
	free(good);
}

/* ---- the index ----------------------------------------------------------------------------------
 */

/* Words that were stemmed otherwise than this program stems now are not found. */
static int check_analyser(struct xap *x, struct error *e)
{
	struct analysers analysers;
	char now[ANALYSERS_PRINT_SIZE];
	char *then = xap_note(x, NOTE_ANALYSER, e);
	if (!then)
		return -1;
	int result = analysers_open(&analysers, e);
	if (result == 0) {
		analysers_print(&analysers, now);
		bool starved = analysers_starved(&analysers);
		analysers_close(&analysers);
		if (starved)
			result = error_memory(e);
		else if (strcmp(then, now) != 0)
			result = error_set(e, STATUS_FORMAT, MSG_DOCTOR_ANALYSER, NULL);
	}
	free(then);
	return result;
}

/* A list that a build made is a build's to replace; one that someone wrote is not. */
static bool is_foreign(const struct visit *v, const char *path)
{
	return xap_is_stub(path) && !place_count_shards(v->doctor->index);
}

/* ---- the parts of a list ------------------------------------------------------------------------
 */

/* What a build wrote into a part. */
struct part_note {
	unsigned long long run;
	size_t number; /* 0: the notes */
	unsigned shards;
};

/* Takes the text. */
static bool read_part_note(char *text, struct part_note *note)
{
	bool got = text &&
		   sscanf(text, "%16llx %zu %u", &note->run, &note->number, &note->shards) == 3;
	free(text);
	return got;
}

/* One that is here: there, whole, and of this program's format. */
static int check_part(struct visit *v, const char *path, struct error *e)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? error_set(e, STATUS_CORRUPT, MSG_DOCTOR_PART_GONE, path)
			       : error_system(e, path);
	/* a directory of Xapian's has no seal */
	if (!S_ISDIR(st.st_mode) && seal_check(path, true, e) != 0)
		return -1;
	struct xap *x = xap_open(path, INDEX_FORMAT, e);
	struct part_note note;
	if (x && read_part_note(xap_note(x, NOTE_PART, NULL), &note))
		v->shards = note.shards;
	xap_close(x);
	return x ? 0 : -1;
}

/* Every one that is here. Of several that are wrong the last is left to the caller to tell. */
static int check_parts(struct visit *v, const struct stub *s, struct error *e)
{
	int result = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct error why;
		if (s->list[i].host)
			continue;
		if (check_part(v, s->list[i].name, &why) == 0) {
			tell_well(v, MSG_DOCTOR_PART, s->list[i].name);
			continue;
		}
		if (result != 0)
			tell_error(v, DOCTOR_WRONG, MSG_NONE, e);
		*e = why;
		result = -1;
	}
	return result;
}

static bool is_missing(struct xap *x, const char *name)
{
	size_t n;
	const char *const *missing = xap_missing(x, &n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(missing[i], name) == 0)
			return true;
	}
	return false;
}

/* Are the parts of one build, the first its notes, and each of its shards there once? Those of
 * other makers say nothing of that. */
static int check_run(struct xap *x, const struct stub *s, const char *path, struct error *e)
{
	struct part_note first = {0}, note;
	bool seen[SHARDS_MAX + 1] = {false};
	size_t n = 0, missing = 0;
	bool any = read_part_note(xap_part_note(x, 0, NOTE_PART, NULL), &first);
	for (size_t i = 0; i < s->n; i++) {
		const char *name = s->list[i].name;
		bool got = read_part_note(xap_part_note(x, i, NOTE_PART, NULL), &note);
		if (!got && is_missing(x, name)) {
			missing++;
			continue;
		}
		if (got && !any)
			return error_set(e, STATUS_CORRUPT, MSG_DOCTOR_PARTS_LACK, path);
		if (any && (!got || note.run != first.run || note.number > SHARDS_MAX))
			return error_set(e, STATUS_CORRUPT, MSG_DOCTOR_PART_ELSE, name);
		if (got && seen[note.number])
			return error_set(e, STATUS_CORRUPT, MSG_DOCTOR_PART_TWICE, name);
		if (got)
			seen[note.number] = true;
		n += got;
	}
	if (!any || (first.number == 0 && n + missing == (size_t)first.shards + 1))
		return 0;
	return error_set(e, STATUS_CORRUPT, MSG_DOCTOR_PARTS_LACK, path);
}

/* Those on other machines get the time that a search gives them. */
static int check_list(struct visit *v, struct xap *x, const char *path, struct error *e)
{
	struct stub s;
	if (stub_read(&s, path, e) != 0)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		const char *name = s.list[i].name;
		if (!s.list[i].host)
			continue;
		if (is_missing(x, name))
			tell_doubt(v, MSG_DOCTOR_PART_AWAY, MSG_ADVICE_AWAY, name);
		else
			tell_well(v, MSG_DOCTOR_PART_ANSWERS, name);
	}
	int result = check_run(x, &s, path, e);
	stub_free(&s);
	return result;
}

/* ---- the whole of it ----------------------------------------------------------------------------
 */

/* Opened, and its notes told; its analyser checked. */
static int check_content(struct visit *v, const char *path, struct error *e)
{
	struct xap *x = xap_open(path, INDEX_FORMAT, e);
	char *built = x ? xap_note(x, NOTE_BUILT, e) : NULL;
	char count[24];
	int result = -1;
	if (built && (!xap_is_stub(path) || check_list(v, x, path, e) == 0) &&
	    (result = check_analyser(x, e)) == 0) {
		snprintf(count, sizeof count, "%lu", (unsigned long)xap_document_count(x));
		tell_well(v, MSG_DOCTOR_PASSAGES, count);
		tell_well(v, MSG_DOCTOR_BUILT, built);
	}
	free(built);
	xap_close(x);
	return result;
}

static int check_file(struct visit *v, const char *path, struct error *e)
{
	if (seal_check(path, true, e) != 0)
		return -1;
	tell_well(v, MSG_DOCTOR_WHOLE, path);
	return 0;
}

static int check_stub(struct visit *v, const char *path, struct error *e)
{
	struct stub s;
	if (stub_read(&s, path, e) != 0)
		return -1;
	tell_well(v, MSG_DOCTOR_STUB, path);
	int result = check_parts(v, &s, e);
	stub_free(&s);
	return result;
}

static int check_index(struct visit *v, const char *path, struct error *e)
{
	if (access(path, F_OK) != 0)
		return place_not_seen(v->doctor->index, path, e);
	if ((xap_is_stub(path) ? check_stub : check_file)(v, path, e) != 0)
		return -1;
	return check_content(v, path, e);
}

/* An index that is missing may be one whose folder is mistyped: it is made only if the settings
 * name what it is made of. */
static bool can_rebuild(const struct visit *v, const char *path, const struct error *e)
{
	const char *const *roots;
	bool told = v->doctor->settings->of[SETTING_CORPUS].n > 0;
	switch (e->status) {
	case STATUS_NOT_FOUND:
		return told;
	case STATUS_CORRUPT:
	case STATUS_FORMAT:
		return corpora(v, &roots) > 0 && !is_foreign(v, path);
	default: /* the file may be good */
		return false;
	}
}

static enum message advice_of(const struct visit *v, const char *path, const struct error *e)
{
	if (is_foreign(v, path))
		return MSG_ADVICE_STUB;
	switch (e->status) {
	case STATUS_NOT_FOUND:
		return MSG_NONE; /* the message says it */
	case STATUS_CORRUPT:
	case STATUS_FORMAT:
		return MSG_ADVICE_FULL;
	default:
		return e->what == MSG_NOT_A_FILE ? MSG_NONE : MSG_ADVICE_READ;
	}
}

/* Where the settings say nothing, as many as there were. */
static size_t shards_wanted(const struct visit *v)
{
	if (*settings_text(v->doctor->settings, SETTING_SHARDS))
		return 0;
	return v->shards ? v->shards : place_count_shards(v->doctor->index);
}

static void look_at_content(struct visit *v, const char *path)
{
	struct error e;
	enum doctor_state before = v->worst;
	if (check_index(v, path, &e) == 0)
		return;
	bool rebuild = v->doctor->repair && can_rebuild(v, path, &e);
	tell_error(v, DOCTOR_WRONG, rebuild ? MSG_ADVICE_REBUILDING : advice_of(v, path, &e), &e);
	if (!rebuild || !v->doctor->rebuild(v->doctor->data, shards_wanted(v)))
		return;
	v->worst = before;
	tell_mended(v, MSG_DOCTOR_REBUILT, v->doctor->index);
	if (check_index(v, path, &e) != 0)
		tell_error(v, DOCTOR_WRONG, advice_of(v, path, &e), &e);
}

/* A build needs the index three times over: being built, compacted, and the old one. Of one that is
 * still to be made nobody knows the size; less than this it will hardly be. */
enum { ROOM_MIN = 4 << 20 };

static void look_at_room(struct visit *v, const char *path, const struct stub *parts)
{
	struct statvfs disk;
	struct stat file;
	char room[32];
	if (statvfs(v->doctor->index, &disk) != 0)
		return;
	unsigned long long size = stat(path, &file) == 0 ? (unsigned long long)file.st_size : 0,
			   left = (unsigned long long)disk.f_bavail * disk.f_frsize;
	for (size_t i = 0; i < parts->n; i++)
		size += !parts->list[i].host && stat(parts->list[i].name, &file) == 0
				? (unsigned long long)file.st_size
				: 0;
	snprintf(room, sizeof room, "%llu", left >> 20);
	if (disk.f_flag & ST_RDONLY)
		tell_doubt(v, MSG_DOCTOR_READ_ONLY, MSG_ADVICE_READ_ONLY, v->doctor->index);
	else if (left < 3 * size || left < ROOM_MIN)
		tell_doubt(v, MSG_DOCTOR_NO_ROOM, MSG_ADVICE_ROOM, room);
	else
		tell_well(v, MSG_DOCTOR_ROOM, room);
}

static void look_at_leavings(struct visit *v)
{
	const char *index = v->doctor->index;
	struct error e = {0};
	bool left = false;
	if (access(index, F_OK) != 0)
		return; /* told elsewhere */
	if (place_leavings(index, v->doctor->repair, &left, &e) != 0 && e.status == STATUS_LOCKED)
		tell_error(v, DOCTOR_WELL, MSG_NONE, &e);
	else if (!left && e.status != STATUS_OK)
		tell_error(v, DOCTOR_DOUBT, e.what == MSG_NOT_A_FILE ? MSG_NONE : MSG_ADVICE_READ,
			   &e);
	else if (left && v->doctor->repair)
		tell_mended(v, MSG_DOCTOR_REMOVED, index);
	else if (left)
		tell_doubt(v, MSG_DOCTOR_LEAVINGS, MSG_ADVICE_REPAIR, index);
}

/* ---- who may come to it -------------------------------------------------------------------------
 *
 * The web server is another user. It comes to the file when all may, or when a group may that
 * somebody chose: another than the owner's own. */

static bool is_open(const struct stat *st, mode_t all, mode_t group)
{
	if (st->st_mode & all)
		return true;
	const struct passwd *owner = st->st_mode & group ? getpwuid(st->st_uid) : NULL;
	return owner && owner->pw_gid != st->st_gid;
}

/* One step of the way. `ours`: the index's own, that may be opened to others. */
static void look_at_step(struct visit *v, const char *path, bool ours)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return;
	bool folder = S_ISDIR(st.st_mode);
	mode_t all = folder ? S_IXOTH : S_IROTH, group = folder ? S_IXGRP : S_IRGRP;
	if (is_open(&st, all, group))
		return;
	if (ours && v->doctor->repair && chmod(path, (st.st_mode & 07777) | all | group) == 0) {
		tell_mended(v, MSG_DOCTOR_OPENED, path);
		return;
	}
	tell_doubt(v, MSG_DOCTOR_RIGHTS,
		   folder ? MSG_ADVICE_ENTER
		   : ours ? MSG_ADVICE_OPEN
			  : MSG_ADVICE_OPEN_FILE,
		   path);
}

/* Cuts the last name off; false when there was none but the root. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');
	if (!slash || !path[1])
		return false;
	slash[slash == path] = '\0';
	return true;
}

static bool same_folder(const char *a, const char *b)
{
	const char *x = strrchr(a, '/'), *y = strrchr(b, '/');
	return x && y && x - a == y - b && strncmp(a, b, (size_t)(x - a)) == 0;
}

/* A part's file, and when it is elsewhere than the list, the way to it. */
static void look_at_part_rights(struct visit *v, const char *path, const char *list)
{
	char *way = realpath(path, NULL);
	if (!way)
		return;
	bool here = same_folder(way, list);
	look_at_step(v, way, here);
	while (!here && go_up(way))
		look_at_step(v, way, false);
	free(way);
}

/* The file, its folder, and each folder above: not one may be closed. */
static void look_at_rights(struct visit *v, const char *path, const struct stub *parts, bool ours)
{
	char *way = realpath(path, NULL);
	if (!way)
		return;
	look_at_step(v, way, ours);
	for (size_t i = 0; parts && i < parts->n; i++) {
		if (!parts->list[i].host)
			look_at_part_rights(v, parts->list[i].name, way);
	}
	for (; go_up(way); ours = false)
		look_at_step(v, way, ours);
	free(way);
}

static void look_at_index(struct visit *v)
{
	char *path = place_database(v->doctor->index);
	if (!path) {
		struct error e;
		error_memory(&e);
		tell_error(v, DOCTOR_WRONG, MSG_NONE, &e);
		return;
	}
	struct stub parts = {0};
	look_at_content(v, path);
	if (xap_is_stub(path) && stub_read(&parts, path, NULL) != 0)
		parts = (struct stub){0}; /* told */
	look_at_rights(v, path, &parts, true);
	look_at_room(v, path, &parts);
	stub_free(&parts);
	free(path);
}

/* ---- what is around it --------------------------------------------------------------------------
 */

/* {lang} in the name stands for the codes of the languages. */
static void look_at_part(struct visit *v, enum setting which)
{
	const char *name = settings_text(v->doctor->settings, which),
		   *place = strstr(name, "{lang}");
	for (size_t i = 0; *name && i < (place ? language_count : 1); i++) {
		struct buf file = buf_new(64 * 1024);
		buf_add(&file, name, place ? (size_t)(place - name) : strlen(name));
		if (place)
			buf_printf(&file, "%s%s", languages[i].code, place + strlen("{lang}"));
		if (file.failed || access(file.s, R_OK) != 0)
			tell_doubt(v, MSG_PART, MSG_ADVICE_PART, file.s ? file.s : name);
		else
			look_at_rights(v, file.s, NULL, false);
		buf_free(&file);
	}
}

static void look_at_page(struct visit *v)
{
	const struct settings *s = v->doctor->settings;
	tell_well(v, s->file ? MSG_DOCTOR_SETTINGS : MSG_DOCTOR_NO_SETTINGS, s->file);
	if (s->file)
		look_at_rights(v, s->file, NULL, false);
	look_at_part(v, SETTING_HEADER);
	look_at_part(v, SETTING_FOOTER);
	if (!sandbox_has_landlock())
		tell_doubt(v, MSG_SANDBOX, MSG_ADVICE_LANDLOCK, "Landlock");
}

/* May somebody who is not root write here, by the mode? What this process may tells nothing: the
 * web server is another user. */
static bool is_open_to_write(const struct stat *st)
{
	mode_t needed = S_ISDIR(st->st_mode) ? S_IWOTH | S_IXOTH : S_IWOTH, others = st->st_mode,
	       group = others >> 3, owner = others >> 6;
	return (others & needed) == needed || (st->st_gid != 0 && (group & needed) == needed) ||
	       (st->st_uid != 0 && (owner & needed) == needed);
}

/* May the log be appended to, or made by who may write in its folder? Where the folder is closed to
 * this process, as it should be to most, that is what the folder says. */
static bool can_append(const char *path)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;
	if (there && !S_ISREG(st.st_mode))
		return false;
	char *folder = text_copy(path, strlen(path)), *slash = folder ? strrchr(folder, '/') : NULL;
	if (slash)
		slash[slash == folder] = '\0';
	const char *way = there ? path : slash ? folder : ".";
	bool can = stat(way, &st) == 0 && (is_open_to_write(&st) ||
					   /* by an access control list */
					   (geteuid() != 0 && access(way, W_OK) == 0));
	free(folder);
	return can;
}

static bool is_inside(const char *path, const char *folder)
{
	char *file = realpath(path, NULL), *real = realpath(folder, NULL);
	size_t n = real ? strlen(real) : 0;
	bool inside = file && n && strncmp(file, real, n) == 0 && file[n] == '/';
	free(file);
	free(real);
	return inside;
}

/* What is to be told of the log; MSG_NONE for nothing. */
static enum message find_log(const struct doctor *doctor)
{
	const char *path = settings_text(doctor->settings, SETTING_LOG);
	struct stat st;
	if (!*path)
		return MSG_NONE;
	if (!can_append(path))
		return MSG_LOG_CLOSED;
	if (stat(path, &st) == 0 && st.st_size > LOG_FILE_MAX - LOG_LINE_MAX)
		return MSG_LOG_FULL;
	return is_inside(path, doctor->index) ? MSG_DOCTOR_LOG_INSIDE : MSG_DOCTOR_LOG;
}

static void tell_log(struct visit *v, enum message found)
{
	const char *path = settings_text(v->doctor->settings, SETTING_LOG);
	if (found == MSG_DOCTOR_LOG)
		tell_well(v, found, path);
	else if (found != MSG_NONE)
		tell_doubt(v, found,
			   found == MSG_LOG_CLOSED ? MSG_ADVICE_LOG
			   : found == MSG_LOG_FULL ? MSG_ADVICE_LOG_FULL
						   : MSG_ADVICE_LOG_INSIDE,
			   path);
}

/* A variable that is misspelt says nothing, and nothing else would tell of it. */
static void look_at_environment(struct visit *v)
{
	for (char **variable = environ; variable && *variable; variable++) {
		size_t n = strcspn(*variable, "=");
		char *name = text_copy(*variable, n);
		if (name && strncmp(name, "TROUVAILLE_", strlen("TROUVAILLE_")) == 0 &&
		    !settings_has_variable(name))
			tell_doubt(v, MSG_DOCTOR_VARIABLE, MSG_ADVICE_VARIABLE, name);
		free(name);
	}
}

enum doctor_state doctor_examine(const struct doctor *doctor)
{
	struct visit v = {.doctor = doctor, .worst = DOCTOR_WELL};
	/* by whom it can be reached, as far as root: its folder is closed to the index's owner */
	enum message log = find_log(doctor);
	if (doctor->step_down)
		doctor->step_down(doctor->data);
	look_at_page(&v);
	tell_log(&v, log);
	look_at_environment(&v);
	look_at_corpora(&v);
	look_at_leavings(&v);
	look_at_index(&v);
	return v.worst;
}
