/* bench_hello - the least that a CGI program can do; linked statically. What a page costs above
 * this is the search, what it costs below is the server's and the kernel's. */
#include <stdio.h>

int main(void)
{
	return puts("Content-Type: text/html; charset=utf-8\n\n<!DOCTYPE html><title>.</title>") <
	       0;
}
