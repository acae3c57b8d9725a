/* What a locked process can do and cannot; each in a child of its own. */
#include "t.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"

static char folder[] = "/tmp/trouvaille-sandbox-XXXXXX";
static int logged;

static void on_log(void *data, const struct error *e)
{
	(void)data;
	logged += e->what == MSG_SANDBOX;
}

static void enter(bool accepts)
{
	const struct sandbox s = {.index = folder, .accepts = accepts, .log = on_log};
	sandbox_enter(&s);
}

static const char *in(const char *name)
{
	static char path[200];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

/* Each gives 0 when it could, else errno. */
static int told(long result)
{
	return result < 0 ? errno : 0;
}

static int read_index(void)
{
	char c;
	int fd = open(in("file"), O_RDONLY);
	return fd < 0 ? errno : told(read(fd, &c, 1));
}

static int use_memory(void)
{
	char *p = malloc(100 * 1024 * 1024);
	if (p)
		memset(p, 1, 100 * 1024 * 1024);
	free(p);
	return p ? 0 : ENOMEM;
}

static int use_much_memory(void)
{
	void *volatile p = malloc((size_t)3 << 30);
	int number = p ? 0 : errno;
	free(p);
	return number;
}

static int write_answer(void)
{
	return told(write(STDERR_FILENO, "", 0));
}

/* The log of questions, opened before the lock: one line more, and that is all. */
static char log_path[200];
static struct log_file queries = {.path = log_path};
static int append_to_log(void)
{
	struct error e;
	return log_append(&queries, span_of("a line\n"), &e) == 0 && !log_is_stale(&queries) ? 0
											     : EIO;
}

static int read_log(void)
{
	char c;
	return told(pread(queries.fd, &c, 1, 0));
}

static int read_log_by_name(void)
{
	return told(open(log_path, O_RDONLY));
}

static int open_log_again(void)
{
	struct error e;
	return log_open(&queries, &e) == 0 ? 0 : EACCES;
}

static int truncate_log(void)
{
	return told(ftruncate(queries.fd, 0));
}

static int write_over_log(void)
{
	return told(fcntl(queries.fd, F_SETFL, 0));
}

static int remove_log(void)
{
	return told(unlink(log_path));
}

static int tell_day(void)
{
	char day[LOG_DAY_SIZE];
	log_today(day);
	return strcmp(day, "1970-01-01") == 0 ? EIO : 0;
}

static int write_index(void)
{
	return told(open(in("file"), O_WRONLY));
}

static int truncate_index(void)
{
	return told(open(in("file"), O_RDONLY | O_TRUNC));
}

static int create_in_index(void)
{
	return told(open(in("new"), O_RDWR | O_CREAT, 0600));
}

static int create_elsewhere(void)
{
	return told(open("/tmp/trouvaille-sandbox-new", O_RDWR | O_CREAT, 0600));
}

static int remove_index(void)
{
	return told(unlink(in("file")));
}

static int rename_index(void)
{
	return told(rename(in("file"), "/tmp/trouvaille-sandbox-file"));
}

static int make_folder(void)
{
	return told(mkdir(in("folder"), 0700));
}

static int change_mode(void)
{
	return told(chmod(in("file"), 0777));
}

static int read_passwd(void)
{
	return told(open("/etc/passwd", O_RDONLY));
}

static int read_through_link(void)
{
	return told(open(in("passwd"), O_RDONLY));
}

static int list_root(void)
{
	return told(open("/", O_RDONLY | O_DIRECTORY));
}

static int read_processes(void)
{
	return told(open("/proc/self/environ", O_RDONLY));
}

static int run_program(void)
{
	char *const arguments[] = {(char *)"/bin/true", NULL};
	return told(execv("/bin/true", arguments));
}

static int start_process(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return told(pid);
}

static int make_socket(void)
{
	return told(socket(AF_INET, SOCK_STREAM, 0));
}

/* With a socket that was there before. */
static int inherited = -1;
static int connect_out(void)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	return told(connect(inherited, (const struct sockaddr *)&to, sizeof to));
}

static int signal_parent(void)
{
	return told(kill(getppid(), 0));
}

static int trace_parent(void)
{
	return told(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int run_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	return p == MAP_FAILED ? errno : 0;
}

static int raise_limit(void)
{
	const struct rlimit more = {1 << 20, 1 << 20};
	return told(setrlimit(RLIMIT_NOFILE, &more));
}

static int accept_connection(void)
{
	int fd = accept(STDIN_FILENO, NULL, NULL); /* no socket: it is asked all the same */
	return fd < 0 && (errno == ENOTSOCK || errno == EINVAL) ? 0 : errno;
}

static const struct row {
	const char *name;
	int (*attempt)(void);
	bool can, accepts;
} rows[] = {
	{"read the index", read_index, true, false},
	{"use some memory", use_memory, true, false},
	{"write the answer", write_answer, true, false},
	{"append to the log", append_to_log, true, false},
	{"tell the day", tell_day, true, false},
	{"read the log", read_log, false, false},
	{"read the log by its name", read_log_by_name, false, false},
	{"open the log again", open_log_again, false, false},
	{"truncate the log", truncate_log, false, false},
	{"write over the log", write_over_log, false, false},
	{"remove the log", remove_log, false, false},
	{"accept a connection", accept_connection, true, true},
	{"accept a connection as CGI", accept_connection, false, false},
	{"use much memory", use_much_memory, false, false},
	{"write to the index", write_index, false, false},
	{"truncate the index", truncate_index, false, false},
	{"create a file in the index", create_in_index, false, false},
	{"create a file elsewhere", create_elsewhere, false, false},
	{"remove the index", remove_index, false, false},
	{"rename the index", rename_index, false, false},
	{"make a folder", make_folder, false, false},
	{"change a mode", change_mode, false, false},
	{"read /etc/passwd", read_passwd, false, false},
	{"read /etc/passwd through a link in the index", read_through_link, false, false},
	{"list /", list_root, false, false},
	{"read /proc", read_processes, false, false},
	{"run a program", run_program, false, false},
	{"start a process", start_process, false, false},
	{"make a socket", make_socket, false, true},
	{"connect", connect_out, false, true},
	{"signal another process", signal_parent, false, true},
	{"trace another process", trace_parent, false, false},
	{"run data", run_memory, false, false},
	{"raise a limit", raise_limit, false, false},
};

/* The errno that an attempt ends with in a locked child; -1 when the child was killed. */
static int attempt_locked(const struct row *row)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		struct error e;
		inherited = socket(AF_INET, SOCK_STREAM, 0);
		if (log_open(&queries, &e) != 0)
			_exit(201);
		tzset();
		enter(row->accepts);
		_exit(logged ? 200 : row->attempt());
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool kernel_has_it(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void locked_processes(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	if (!kernel_has_it()) {
		print_message("this kernel has no Landlock\n");
		skip();
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		int got = attempt_locked(&rows[i]);
		if (got == 200)
			fail_msg("%s: the lock is not whole", rows[i].name);
		if ((got == 0) != rows[i].can)
			fail_msg("%s: %s", rows[i].name, got ? strerror(got) : "could");
	}
}

/* The same attempts without the lock can nearly all be done: so the test above can fail. */
static void unlocked_processes(void **state)
{
	static int (*const attempts[])(void) = {read_index,  write_index,	create_in_index,
						read_passwd, read_through_link, list_root,
						make_socket, start_process,	use_much_memory};
	(void)state;
	for (size_t i = 0; i < COUNT(attempts); i++)
		assert_int_equal(attempts[i](), 0);
}

/* A kernel that knows neither Landlock nor seccomp: said twice, and the process goes on. */
static int pretend_old_kernel(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset),
			     0) != 0 ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(seccomp), 0) != 0 ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
			     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0)) != 0)
		return -1;
	return seccomp_load(filter);
}

static void old_kernels(void **state)
{
	int status = 0;
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	pid_t pid = fork();
	if (pid == 0) {
		if (pretend_old_kernel() != 0)
			_exit(100);
		enter(false);
		_exit(logged == 2 && read_index() == 0 ? 0 : 10 + logged);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(log_path, sizeof log_path, "%s.log", folder); /* beside the index */
	int fd = open(in("file"), O_WRONLY | O_CREAT, 0600);
	return fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0 &&
			       symlink("/etc/passwd", in("passwd")) == 0
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(in("file"));
	unlink(in("new"));
	unlink(in("passwd"));
	unlink(log_path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locked_processes),
		cmocka_unit_test(old_kernels),
		cmocka_unit_test(unlocked_processes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
