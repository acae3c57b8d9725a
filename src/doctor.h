/* doctor.h - is all well with an index and what is around it? */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

#include "error.h"
#include "settings.h"

/* How a finding weighs; the worst that is left is the answer, and an exit status. MENDED weighs
 * nothing. */
enum doctor_state { DOCTOR_WELL, DOCTOR_DOUBT, DOCTOR_WRONG, DOCTOR_MENDED };

struct doctor_finding {
	enum doctor_state state;
	enum message what, advice; /* advice: what to do about it; MSG_NONE for nothing */
	const char *detail;	   /* stands for {s} in both; may be NULL */
	long number;		   /* stands for {n} */
	const char *root, *path;   /* the file that it is about; NULL for none */
	long line;		   /* in it; 0 for none */
};

struct doctor {
	const char *index; /* folder */
	const struct settings *settings;
	bool repair; /* put right what can be put right */
	void (*tell)(void *data, const struct doctor_finding *finding);
	/* Makes the index anew from the corpora of the settings, else from DOCTOR_CORPUS, in so
	 * many shards (0: as the settings say); false when it could not. Asked only to repair. */
	bool (*rebuild)(void *data, size_t shards);
	/* Becomes who owns the index, when root; called once, when what only root can see was
	 * looked at. NULL is fine. */
	void (*step_down)(void *data);
	void *data;
};

#define DOCTOR_CORPUS "corpus" /* when the settings name none */

/* Looks at the settings and the environment, the corpora (every file of them), leavings of builds,
 * the index (whole, format, analyser; of one in parts each, that they are of one build and all of
 * it, and whether those on other machines answer), who may come to it, room on the disk, the page's
 * parts, the log of questions and the kernel's locks. Changes nothing unless told to repair: then
 * leavings are removed, an index that is damaged or of another program is made anew when its corpus
 * is known (one that is missing only when the settings say of what), and its file and folder are
 * opened to other users; the answer is that after the repair. */
enum doctor_state doctor_examine(const struct doctor *doctor);

#endif
