/* bench_limits read|parse FOLDER - what no indexer can be faster than: reading every Markdown file
 * of a folder, and having cmark parse each. */
#include <cmark.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse;
static size_t files, bytes, nodes;

/* Walks the tree, as whoever wants its text must. */
static void parse_text(const char *text, size_t n)
{
	cmark_node *page = cmark_parse_document(text, n, CMARK_OPT_DEFAULT);
	cmark_iter *each = cmark_iter_new(page);
	while (cmark_iter_next(each) != CMARK_EVENT_DONE)
		nodes++;
	cmark_iter_free(each);
	cmark_node_free(page);
}

static int take(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	static char *text;
	static size_t room;
	size_t n = (size_t)status->st_size, length = strlen(path);
	(void)where;
	if (kind != FTW_F || length < 3 || strcmp(path + length - 3, ".md") != 0)
		return 0;
	if (n > room && !(text = realloc(text, room = 2 * n)))
		return -1;
	FILE *file = fopen(path, "rb");
	if (!file)
		return -1;
	n = fread(text, 1, n, file);
	fclose(file);
	files++, bytes += n;
	if (parse)
		parse_text(text, n);
	return 0;
}

int main(int argc, char **argv)
{
	parse = argc == 3 && strcmp(argv[1], "parse") == 0;
	if (argc != 3 || (!parse && strcmp(argv[1], "read") != 0)) {
		fprintf(stderr, "usage: bench_limits read|parse FOLDER\n");
		return 2;
	}
	if (nftw(argv[2], take, 32, FTW_PHYS) != 0) {
		perror(argv[2]);
		return 2;
	}
	return printf("%zu files, %zu bytes, %zu nodes\n", files, bytes, nodes) < 0 ? 2 : 0;
}
