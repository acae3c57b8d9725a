"""The figures of tests/measure_shards.sh, which says what they are.

usage: measure_shards.py PROGRAM RUNS QUERIES (NAME INDEX URL)..."""
import http.client
import statistics
import subprocess
import sys
import time
import urllib.parse

program, runs, queries = sys.argv[1], int(sys.argv[2]), sys.argv[3]
places = list(zip(sys.argv[4::3], sys.argv[5::3], sys.argv[6::3]))
with open(queries, encoding='utf-8') as lines:
    asked = [(line.rstrip('\n'), language) for line in lines for language in ('en', 'fr')]


def by_process(index, _, words, language):
    subprocess.run([program, 'search', '--index', index, '--format', 'json', '--lang', language, '--', words],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def by_fastcgi(_, url, words, language):
    at = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(at.netloc, timeout=60)
    connection.request('GET', at.path + '?' + urllib.parse.urlencode({'q': words, 'lang': language, 'format': 'json'}))
    connection.getresponse().read()
    connection.close()


def measure(ask):
    took = {name: [] for name, _, _ in places}
    for _ in range(runs):
        for words, language in asked:  # interleaved: what else the machine does falls on all alike
            for name, index, url in places:
                start = time.perf_counter()
                ask(index, url, words, language)
                took[name].append((time.perf_counter() - start) * 1000)
    return took


processes, requests = measure(by_process), measure(by_fastcgi)
print(f'{len(asked)} queries, {runs} runs, ms: a whole process each, and requests to a lasting process\n')
print('| | process p50 | p90 | p99 | request p50 | p90 | p99 |')
print('|---|--:|--:|--:|--:|--:|--:|')
for name, _, _ in places:
    row = []
    for took in (sorted(processes[name]), sorted(requests[name])):
        row += [statistics.median(took), took[len(took) * 90 // 100], took[len(took) * 99 // 100]]
    print(f'| {name} | ' + ' | '.join(f'{ms:.1f}' for ms in row) + ' |')
