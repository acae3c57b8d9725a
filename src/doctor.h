/* doctor.h - is all well with an index and what is around it? */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

#include "error.h"
#include "settings.h"

/* How a finding weighs; the worst is the answer, and an exit status. */
enum doctor_state { DOCTOR_WELL, DOCTOR_DOUBT, DOCTOR_WRONG };

struct doctor {
	const char *index; /* folder */
	const struct settings *settings;
	bool repair; /* remove what a killed build left */
	/* Told of each finding: what stands for {s} is the detail. */
	void (*tell)(void *data, enum doctor_state state, enum message what, const char *detail);
	void *data;
};

/* Looks at the settings, the index (whole, format, analyser, who may read it), leavings of builds,
 * room on the disk, the corpora, the page's parts and the kernel's locks. Changes nothing unless
 * told to repair. */
enum doctor_state doctor_examine(const struct doctor *doctor);

#endif
