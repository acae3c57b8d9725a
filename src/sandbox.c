#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void lacks(const struct sandbox *s, const char *what, int number)
{
	struct error e;
	char detail[200];
	size_t n = strlen(what);
	memcpy(detail, what, n);
	strcpy(detail + n, ": ");
	strncpy(detail + n + 2, strerror(number), sizeof detail - n - 3);
	detail[sizeof detail - 1] = '\0';
	error_set(&e, STATUS_IO, MSG_SANDBOX, detail);
	s->log(s->data, &e);
}

/* ---- limits -------------------------------------------------------------------------------------
 */

static void limit(const struct sandbox *s)
{
	static const struct {
		int resource;
		rlim_t most;
	} limits[] = {
		{RLIMIT_DATA, (rlim_t)1 << 30}, /* what an index is mapped to does not count */
		{RLIMIT_NOFILE, 64},
		{RLIMIT_CORE, 0},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit now;
		if (getrlimit((__rlimit_resource_t)limits[i].resource, &now) != 0)
			continue;
		/* what was lower already stays so */
		if (now.rlim_cur == RLIM_INFINITY || now.rlim_cur > limits[i].most)
			now.rlim_cur = limits[i].most;
		now.rlim_max = now.rlim_cur;
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &now) != 0)
			lacks(s, "setrlimit", errno);
	}
}

/* ---- files and network --------------------------------------------------------------------------
 *
 * https://docs.kernel.org/userspace-api/landlock.html: each version of the interface knows more
 * rights, and refuses those that it does not know. Debian 12's header ends at version 2; later
 * rights are numbers here. */

static unsigned long long rights_of(long version)
{
	static const int highest[] = {12, 13, 14, 14, 15}; /* right, by version from 1 */
	size_t i = (size_t)version < sizeof highest / sizeof *highest
			   ? (size_t)version
			   : sizeof highest / sizeof *highest;
	return (2ull << highest[i - 1]) - 1;
}

struct ruleset {
	unsigned long long files, network; /* rights that are taken away unless a rule gives them */
};

static int open_ruleset(long version)
{
	enum { NETWORK_SINCE = 4, BIND_AND_CONNECT = 3 };
	const struct ruleset wanted = {rights_of(version),
				       version >= NETWORK_SINCE ? BIND_AND_CONNECT : 0};
	size_t size = version >= NETWORK_SINCE ? sizeof wanted : sizeof wanted.files;
	return (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
}

static int allow_reading(int ruleset, const char *folder)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0; /* no index: then there is nothing to read */
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = fd};
	long failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(fd);
	return (int)failed;
}

/* The database may be a symbolic link: then where it leads is to be read as well. */
static int allow_target(int ruleset, const char *index)
{
	char link[PATH_MAX], target[PATH_MAX];
	int n = snprintf(link, sizeof link, "%s/trouvaille.db", index);
	if (n < 0 || (size_t)n >= sizeof link || !realpath(link, target))
		return 0;
	char *slash = strrchr(target, '/');
	*slash = '\0';
	return allow_reading(ruleset, *target ? target : "/");
}

static long landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool sandbox_has_landlock(void)
{
	return landlock_version() > 0;
}

static void lock_files(const struct sandbox *s)
{
	long version = landlock_version();
	int ruleset = version > 0 ? open_ruleset(version) : -1;
	if (ruleset < 0 || allow_reading(ruleset, s->index) != 0 ||
	    allow_target(ruleset, s->index) != 0 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		lacks(s, "Landlock", errno);
	if (ruleset >= 0)
		close(ruleset);
}

/* ---- system calls -------------------------------------------------------------------------------
 */

static const int calls[] = {
	/* the index */
	SCMP_SYS(read),
	SCMP_SYS(pread64),
	SCMP_SYS(readv),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(stat),
	SCMP_SYS(statx),
	SCMP_SYS(fadvise64),
	SCMP_SYS(getdents64),
	SCMP_SYS(dup),
	/* the answer */
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* memory */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	/* the C and C++ libraries: locks, clocks, random seeds, signals, the end */
	SCMP_SYS(futex),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(tgkill),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* FastCGI also takes connections, waits for them, and has a clock a request. */
static const int accepting[] = {
	SCMP_SYS(accept),	 SCMP_SYS(accept4),	 SCMP_SYS(getpeername),
	SCMP_SYS(getsockname),	 SCMP_SYS(shutdown),	 SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),	 SCMP_SYS(setsockopt),	 SCMP_SYS(poll),
	SCMP_SYS(ppoll),	 SCMP_SYS(select),	 SCMP_SYS(pselect6),
	SCMP_SYS(timer_settime), SCMP_SYS(timer_delete),
};

static int allow(scmp_filter_ctx filter, const int *list, size_t n)
{
	int failed = 0;
	for (size_t i = 0; i < n && failed == 0; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, list[i], 0);
	return failed;
}

/* Files are opened to be read, and one that was opened to append to stays so; memory is never to be
 * run, limits are only looked at. */
static int allow_in_part(scmp_filter_ctx filter)
{
	const scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_TMPFILE;
	const struct scmp_arg_cmp reading = SCMP_A2(SCMP_CMP_MASKED_EQ, writes, O_RDONLY),
				  data = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				  keeping = SCMP_A1(SCMP_CMP_NE, F_SETFL, 0),
				  looking = SCMP_A2(SCMP_CMP_EQ, 0, 0);
	int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, reading);
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, keeping);
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, data);
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, data);
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, looking);
	return failed;
}

static void lock_calls(const struct sandbox *s)
{
	/* refused, not killed: a library that asks for more than was foreseen gets an error to deal
	 * with */
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int failed = filter ? 0 : -ENOMEM;
	if (failed == 0)
		failed = allow(filter, calls, sizeof calls / sizeof *calls);
	if (failed == 0 && s->accepts)
		failed = allow(filter, accepting, sizeof accepting / sizeof *accepting);
	if (failed == 0)
		failed = allow_in_part(filter);
	if (failed == 0)
		failed = seccomp_load(filter);
	if (failed != 0)
		lacks(s, "seccomp", -failed);
	if (filter)
		seccomp_release(filter);
}

void sandbox_enter(const struct sandbox *s)
{
#ifdef __SANITIZE_ADDRESS__
	(void)s, (void)limit, (void)lock_files, (void)lock_calls;
#else
	limit(s);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		lacks(s, "no_new_privs", errno);
	lock_files(s);
	lock_calls(s);
#endif
}
