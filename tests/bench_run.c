/* bench_run < COMMANDS - runs each command line of standard input, its arguments parted by tabs,
 * one after the other, and prints a line for each: wall seconds, processor seconds, peak memory in
 * kB, exit status.
 *
 * It is this small because what a child peaks at includes the process that it was started by: a
 * script would add its own ten megabytes, and a millisecond for its fork. What commands print is
 * thrown away; what they complain of is not. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
enum { MAX_ARGUMENTS = 64 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void split(char *line, char *arguments[MAX_ARGUMENTS])
{
	int n = 0;
	line[strcspn(line, "\n")] = '\0';
	for (char *word; n < MAX_ARGUMENTS - 1 && (word = strsep(&line, "\t"));)
		arguments[n++] = word;
	arguments[n] = NULL;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static int run(char **arguments, const posix_spawn_file_actions_t *actions)
{
	pid_t pid;
	int status;
	struct rusage usage;
	double start = now();
	if (posix_spawnp(&pid, arguments[0], actions, NULL, arguments, environ) != 0 ||
	    wait4(pid, &status, 0, &usage) != pid) {
		perror(arguments[0]);
		return 2;
	}
	double wall = now() - start, processor = seconds(usage.ru_utime) + seconds(usage.ru_stime);
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	printf("%.6f %.6f %ld %d\n", wall, processor, usage.ru_maxrss, code);
	return fflush(stdout) == 0 ? 0 : 2;
}

int main(void)
{
	char *line = NULL, *arguments[MAX_ARGUMENTS];
	size_t size = 0;
	int failed = 0;
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	while (!failed && getline(&line, &size, stdin) > 0) {
		split(line, arguments);
		failed = run(arguments, &actions);
	}
	posix_spawn_file_actions_destroy(&actions);
	free(line);
	return failed;
}
