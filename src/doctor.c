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
#include "survey.h"
#include "xap.h"

struct visit {
	const struct doctor *doctor;
	enum doctor_state worst;
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
		analysers_close(&analysers);
		if (strcmp(then, now) != 0)
			result = error_set(e, STATUS_FORMAT, MSG_DOCTOR_ANALYSER, NULL);
	}
	free(then);
	return result;
}

/* To the shim all is a list of databases that does not begin as a database does; one that someone
 * wrote is text, and not ours to replace. */
static bool is_list(const char *path)
{
	char head[512];
	FILE *file = xap_is_stub(path) ? fopen(path, "r") : NULL;
	size_t n = file ? fread(head, 1, sizeof head, file) : 0, i = 0;
	if (file)
		fclose(file);
	while (i < n && ((unsigned char)head[i] >= ' ' || strchr("\t\n\r", head[i])) && head[i])
		i++;
	return n > 0 && i == n;
}

/* Opened, and its notes told; its analyser checked. */
static int check_content(struct visit *v, const char *path, struct error *e)
{
	struct xap *x = xap_open(path, INDEX_FORMAT, e);
	char *built = x ? xap_note(x, NOTE_BUILT, e) : NULL;
	char count[24];
	int result = -1;
	if (built && (result = check_analyser(x, e)) == 0) {
		snprintf(count, sizeof count, "%lu", (unsigned long)xap_document_count(x));
		tell_well(v, MSG_DOCTOR_PASSAGES, count);
		tell_well(v, MSG_DOCTOR_BUILT, built);
	}
	free(built);
	xap_close(x);
	return result;
}

static int check_index(struct visit *v, const char *path, struct error *e)
{
	if (access(path, F_OK) != 0)
		return error_set(e, STATUS_NOT_FOUND, MSG_NO_INDEX, v->doctor->index);
	bool stub = is_list(path);
	if (!stub && seal_check(path, true, e) != 0)
		return -1;
	tell_well(v, stub ? MSG_DOCTOR_STUB : MSG_DOCTOR_WHOLE, path);
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
		return corpora(v, &roots) > 0 && !is_list(path);
	default: /* the file may be good */
		return false;
	}
}

static enum message advice_of(const char *path, const struct error *e)
{
	if (is_list(path))
		return MSG_ADVICE_STUB;
	switch (e->status) {
	case STATUS_NOT_FOUND:
		return MSG_NONE; /* the message says it */
	case STATUS_CORRUPT:
	case STATUS_FORMAT:
		return MSG_ADVICE_FULL;
	default:
		return MSG_ADVICE_READ;
	}
}

static void look_at_content(struct visit *v, const char *path)
{
	struct error e;
	if (check_index(v, path, &e) == 0)
		return;
	enum doctor_state before = v->worst;
	bool rebuild = v->doctor->repair && can_rebuild(v, path, &e);
	tell_error(v, DOCTOR_WRONG, rebuild ? MSG_ADVICE_REBUILDING : advice_of(path, &e), &e);
	if (!rebuild || !v->doctor->rebuild(v->doctor->data))
		return;
	v->worst = before;
	tell_mended(v, MSG_DOCTOR_REBUILT, v->doctor->index);
	if (check_index(v, path, &e) != 0)
		tell_error(v, DOCTOR_WRONG, advice_of(path, &e), &e);
}

/* A build needs the index three times over: being built, compacted, and the old one. */
static void look_at_room(struct visit *v, const char *path)
{
	struct statvfs disk;
	struct stat file;
	char room[32];
	if (statvfs(v->doctor->index, &disk) != 0)
		return;
	unsigned long long size = stat(path, &file) == 0 ? (unsigned long long)file.st_size : 0,
			   left = (unsigned long long)disk.f_bavail * disk.f_frsize;
	snprintf(room, sizeof room, "%llu", left >> 20);
	if (left < 3 * size)
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
		tell_error(v, DOCTOR_DOUBT, MSG_ADVICE_READ, &e);
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

/* The file, its folder, and each folder above: not one may be closed. */
static void look_at_rights(struct visit *v, const char *path, bool ours)
{
	char *way = realpath(path, NULL);
	if (!way)
		return;
	look_at_step(v, way, ours);
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
	look_at_content(v, path);
	look_at_rights(v, path, true);
	look_at_room(v, path);
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
			look_at_rights(v, file.s, false);
		buf_free(&file);
	}
}

static void look_at_page(struct visit *v)
{
	const struct settings *s = v->doctor->settings;
	tell_well(v, s->file ? MSG_DOCTOR_SETTINGS : MSG_DOCTOR_NO_SETTINGS, s->file);
	if (s->file)
		look_at_rights(v, s->file, false);
	look_at_part(v, SETTING_HEADER);
	look_at_part(v, SETTING_FOOTER);
	if (!sandbox_has_landlock())
		tell_doubt(v, MSG_SANDBOX, MSG_ADVICE_LANDLOCK, "Landlock");
}

/* May the file be appended to, or made? What root may tells nothing: the web server is another
 * user, and what root owns alone is closed to it. */
static bool can_append(const char *path)
{
	struct stat st;
	char *folder = text_copy(path, strlen(path)), *slash = folder ? strrchr(folder, '/') : NULL;
	bool there = lstat(path, &st) == 0;
	if (slash)
		slash[slash == folder] = '\0';
	const char *way = there ? path : slash ? folder : ".";
	bool can = access(way, there ? W_OK : W_OK | X_OK) == 0 && stat(way, &st) == 0 &&
		   !(there && !S_ISREG(st.st_mode)) &&
		   !(geteuid() == 0 && st.st_uid == 0 && !(st.st_mode & S_IWOTH) &&
		     !(st.st_gid != 0 && st.st_mode & S_IWGRP));
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

static void look_at_log(struct visit *v)
{
	const char *path = settings_text(v->doctor->settings, SETTING_LOG);
	struct stat st;
	if (!*path)
		return;
	if (!can_append(path))
		tell_doubt(v, MSG_LOG_CLOSED, MSG_ADVICE_LOG, path);
	else if (stat(path, &st) == 0 && st.st_size > LOG_FILE_MAX - LOG_LINE_MAX)
		tell_doubt(v, MSG_LOG_FULL, MSG_ADVICE_LOG_FULL, path);
	else if (is_inside(path, v->doctor->index))
		tell_doubt(v, MSG_DOCTOR_LOG_INSIDE, MSG_ADVICE_LOG_INSIDE, path);
	else
		tell_well(v, MSG_DOCTOR_LOG, path);
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
	look_at_page(&v);
	look_at_log(&v);
	look_at_environment(&v);
	look_at_corpora(&v);
	look_at_leavings(&v);
	look_at_index(&v);
	return v.worst;
}
