#include "doctor.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "place.h"
#include "document.h"
#include "record.h"
#include "sandbox.h"
#include "seal.h"
#include "xap.h"

struct visit {
	const struct doctor *doctor;
	enum doctor_state worst;
};

static void tell(struct visit *v, enum doctor_state state, enum message what, const char *detail)
{
	if (state > v->worst)
		v->worst = state;
	v->doctor->tell(v->doctor->data, state, what, detail);
}

static void tell_error(struct visit *v, const struct error *e)
{
	tell(v, DOCTOR_WRONG, e->what, e->detail);
}

/* ---- the index ----------------------------------------------------------------------------------
 */

/* Words that were stemmed otherwise than this program stems now are not found. */
static void look_at_analyser(struct visit *v, struct xap *x)
{
	struct analysers analysers;
	struct error e;
	char now[ANALYSERS_PRINT_SIZE] = "";
	char *then = xap_note(x, NOTE_ANALYSER, &e);
	if (then && analysers_open(&analysers, &e) == 0) {
		analysers_print(&analysers, now);
		analysers_close(&analysers);
	}
	if (!then || !*now)
		tell_error(v, &e);
	else if (strcmp(then, now) != 0)
		tell(v, DOCTOR_WRONG, MSG_DOCTOR_ANALYSER, NULL);
	free(then);
}

static void look_at_content(struct visit *v, const char *path)
{
	struct error e;
	struct xap *x = xap_open(path, INDEX_FORMAT, &e);
	char *built = x ? xap_note(x, NOTE_BUILT, &e) : NULL;
	char count[24];
	if (!built) {
		tell_error(v, &e);
		xap_close(x);
		return;
	}
	snprintf(count, sizeof count, "%lu", (unsigned long)xap_document_count(x));
	tell(v, DOCTOR_WELL, MSG_DOCTOR_PASSAGES, count);
	tell(v, DOCTOR_WELL, MSG_DOCTOR_BUILT, built);
	look_at_analyser(v, x);
	free(built);
	xap_close(x);
}

/* The web server is another user, who must come to the file. */
static void look_at_rights(struct visit *v, const char *path)
{
	struct stat file, folder;
	if (stat(path, &file) != 0 || stat(v->doctor->index, &folder) != 0)
		return;
	if (!(file.st_mode & S_IROTH))
		tell(v, DOCTOR_DOUBT, MSG_DOCTOR_RIGHTS, path);
	if (!(folder.st_mode & S_IXOTH))
		tell(v, DOCTOR_DOUBT, MSG_DOCTOR_RIGHTS, v->doctor->index);
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
	tell(v, left < 3 * size ? DOCTOR_DOUBT : DOCTOR_WELL,
	     left < 3 * size ? MSG_DOCTOR_NO_ROOM : MSG_DOCTOR_ROOM, room);
}

static void look_at_index(struct visit *v)
{
	struct error e;
	char *path = place_database(v->doctor->index);
	if (!path) {
		error_memory(&e);
		tell_error(v, &e);
	} else if (access(path, F_OK) != 0) {
		tell(v, DOCTOR_WRONG, MSG_NO_INDEX, v->doctor->index);
	} else if (xap_is_stub(path)) {
		tell(v, DOCTOR_WELL, MSG_DOCTOR_STUB, path);
		look_at_content(v, path);
	} else if (seal_check(path, true, &e) != 0) {
		tell_error(v, &e);
	} else {
		tell(v, DOCTOR_WELL, MSG_DOCTOR_WHOLE, path);
		look_at_content(v, path);
		look_at_rights(v, path);
		look_at_room(v, path);
	}
	free(path);
}

static void look_at_leavings(struct visit *v)
{
	const char *index = v->doctor->index;
	struct error e;
	bool left = false;
	if (access(index, F_OK) != 0)
		return; /* told already */
	if (place_leavings(index, v->doctor->repair, &left, &e) != 0)
		tell(v, e.status == STATUS_LOCKED ? DOCTOR_WELL : DOCTOR_DOUBT, e.what, e.detail);
	else if (left)
		tell(v, v->doctor->repair ? DOCTOR_WELL : DOCTOR_DOUBT,
		     v->doctor->repair ? MSG_DOCTOR_REMOVED : MSG_DOCTOR_LEAVINGS, index);
}

/* ---- what is around it --------------------------------------------------------------------------
 */

static void look_at_corpora(struct visit *v)
{
	const struct setting_values *roots = &v->doctor->settings->of[SETTING_CORPUS];
	for (size_t i = 0; i < roots->n; i++) {
		DIR *folder = opendir(roots->list[i]);
		tell(v, folder ? DOCTOR_WELL : DOCTOR_DOUBT,
		     folder ? MSG_DOCTOR_CORPUS : MSG_DOCTOR_NO_CORPUS, roots->list[i]);
		if (folder)
			closedir(folder);
	}
}

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
			tell(v, DOCTOR_DOUBT, MSG_PART, file.s ? file.s : name);
		buf_free(&file);
	}
}

static void look_at_page(struct visit *v)
{
	const struct settings *s = v->doctor->settings;
	tell(v, DOCTOR_WELL, s->file ? MSG_DOCTOR_SETTINGS : MSG_DOCTOR_NO_SETTINGS, s->file);
	look_at_part(v, SETTING_HEADER);
	look_at_part(v, SETTING_FOOTER);
	if (!sandbox_has_landlock())
		tell(v, DOCTOR_DOUBT, MSG_SANDBOX, "Landlock");
}

enum doctor_state doctor_examine(const struct doctor *doctor)
{
	struct visit v = {.doctor = doctor, .worst = DOCTOR_WELL};
	look_at_page(&v);
	look_at_index(&v);
	look_at_leavings(&v);
	look_at_corpora(&v);
	return v.worst;
}
