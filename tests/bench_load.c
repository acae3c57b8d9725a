/* bench_load PORT CLIENTS REQUESTS < PATHS - asks a server on this machine, a connection a request
 * as browsers that come once do, the paths of standard input again and again, by so many clients at
 * once. Prints requests a second, p50 and p99 in milliseconds, bytes of the mean answer, and how
 * many were not answered with 200. Only ever talks to 127.0.0.1. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CLIENTS = 64, MAX_REQUESTS = 1000000, MAX_PATHS = 10000, TIMEOUT_SECONDS = 10 };

static struct sockaddr_in server;
static char *paths[MAX_PATHS];
static size_t n_paths, n_requests;
static double *seconds; /* of each request */
static atomic_size_t next, bytes, wrong;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int reach(void)
{
	struct timeval limit = {.tv_sec = TIMEOUT_SECONDS};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -1;
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(s, (struct sockaddr *)&server, sizeof server) == 0)
		return s;
	close(s);
	return -1;
}

/* Reads to the end, which is the server's; true for a 200. */
static bool read_answer(int s)
{
	char piece[65536], status[12] = "";
	size_t all = 0;
	ssize_t n;
	while ((n = recv(s, piece, sizeof piece, 0)) > 0) {
		for (size_t i = 0; i < (size_t)n && all + i < sizeof status; i++)
			status[all + i] = piece[i];
		all += (size_t)n;
	}
	bytes += all;
	return n == 0 && memcmp(status, "HTTP/1.", 7) == 0 && memcmp(status + 8, " 200", 4) == 0;
}

static bool ask(const char *path)
{
	char request[4096];
	int n = snprintf(request, sizeof request,
			 "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\n"
			 "Connection: close\r\n\r\n",
			 path);
	int s = reach();
	if (s < 0)
		return false;
	bool good = send(s, request, (size_t)n, MSG_NOSIGNAL) == n && read_answer(s);
	close(s);
	return good;
}

static void *client(void *unused)
{
	(void)unused;
	for (size_t i; (i = next++) < n_requests;) {
		double start = now();
		if (!ask(paths[i % n_paths]))
			wrong++;
		seconds[i] = now() - start;
	}
	return NULL;
}

static int by_size(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

static void read_paths(void)
{
	char *line = NULL;
	size_t size = 0;
	while (n_paths < MAX_PATHS && getline(&line, &size, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		paths[n_paths++] = strdup(line);
	}
	free(line);
}

static void run(size_t clients)
{
	pthread_t threads[MAX_CLIENTS];
	size_t started = 0;
	double start = now();
	while (started < clients && pthread_create(&threads[started], NULL, client, NULL) == 0)
		started++;
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	double whole = now() - start;
	qsort(seconds, n_requests, sizeof *seconds, by_size);
	printf("%.1f %.3f %.3f %zu %zu\n", (double)n_requests / whole,
	       seconds[n_requests / 2] * 1000, seconds[n_requests * 99 / 100] * 1000,
	       bytes / n_requests, (size_t)wrong);
}

int main(int argc, char **argv)
{
	size_t clients = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	n_requests = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	read_paths();
	seconds = calloc(n_requests + 1, sizeof *seconds);
	if (!clients || clients > MAX_CLIENTS || !n_requests || n_requests > MAX_REQUESTS ||
	    !n_paths || !seconds) {
		fprintf(stderr, "usage: bench_load PORT CLIENTS REQUESTS < PATHS\n");
		return 2;
	}
	server = (struct sockaddr_in){.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)atoi(argv[1])),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	run(clients);
	return 0;
}
