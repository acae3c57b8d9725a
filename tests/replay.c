/* Feeds each file named on the command line to a fuzz target, so that the kept inputs run without
 * libFuzzer. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns 0, or -1 when the file cannot be read. */
static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return -1;

	uint8_t *data = NULL;
	size_t size = 0;
	int status = -1;
	if (fseek(file, 0, SEEK_END) == 0) {
		long end = ftell(file);
		rewind(file);
		/* Exactly as large as the input, so that a sanitizer sees any read past its end. */
		if (end >= 0 && (data = malloc(end > 0 ? (size_t)end : 1))) {
			size = fread(data, 1, (size_t)end, file);
			status = ferror(file) ? -1 : 0;
		}
	}
	fclose(file);
	if (status == 0)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return status;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		/* Unbuffered: after a crash, the last name printed is the culprit. */
		fprintf(stderr, "%s\n", argv[i]);
		if (replay(argv[i]) != 0) {
			perror(argv[i]);
			return 1;
		}
	}
	return 0;
}
