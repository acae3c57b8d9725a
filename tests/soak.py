"""FastCGI under load, for tests/soak.sh.

    soak.py write SITE VERSION                      writes the corpus of a version
    soak.py run SITE INDEX URL SERVER TROUVAILLE    asks, while it rebuilds; SERVER is lighttpd's pid

Every page of a version holds that version's word, and how many pages hold what follows from its number, so an answer
tells which index it is from, and a mixture of two gives itself away. `run` prints a line for each check, `ok NAME`,
`not ok: NAME` or `skip: NAME`, then figures, and `done`.

SOAK_REQUESTS, SOAK_REBUILDS and SOAK_CLIENTS are taken from the environment; SOAK_MEMORY=0 leaves memory out.
"""
import collections
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

# ---- the corpus: everything about it follows from the number of its version ----------------------

PAIRS = 150  # pages in English with their translation
PAGE_HITS = 10  # of an answer
DIGITS = 'zero un deux trois quatre cinq six sept huit neuf'.split()
WORD = re.compile('version((?:' + '|'.join(DIGITS) + ')+)')
AREAS = {'en': ['Collections', 'Services', 'Management'], 'fr': ['Fonds', 'Accueil', 'Gestion']}
FILLER = {
    'en': 'shelf reader desk paper window story music garden winter member branch ticket poster table'.split(),
    'fr': 'rayon lecteur bureau papier récit musique jardin hiver membre billet affiche atelier écran'.split(),
}


def word_of(version):
    return 'version' + ''.join(DIGITS[int(d)] for d in str(version))


def versions_in(text):
    """The versions of which the word stands in a text."""
    return {int(''.join(str(DIGITS.index(d)) for d in re.findall('|'.join(DIGITS), found)))
            for found in WORD.findall(text)}


class Counts:
    """How many pages of a version hold what; no two of the first hundred versions are alike in any of the pairs'."""

    def __init__(self, version):
        self.beacon = 20 + 7 * version % 113
        self.phrase = 10 + 11 * version % 127
        self.prefix = 15 + 13 * version % 131
        self.only = {'en': 3 + 5 * version % 37, 'fr': 2 + 3 * version % 31}
        self.sometimes = version % 2 == 0  # is the page that comes and goes there?


def write_page(site, language, name, number, version, details):
    word = word_of(version)
    filler = random.Random(number)
    title, section = {'en': ('Notice', 'Details of notice'), 'fr': ('Avis', 'Suite de l’avis')}[language]
    text = ['---', f'area: {AREAS[language][number % 3]}', f'date: 2024-{number % 12 + 1:02}-{number % 28 + 1:02}', '---',
            f'# {title} {number} {word}', '',
            {'en': f'Zephyr, in {word}.', 'fr': f'Le zéphyr, dans {word}.'}[language], '',
            f'## {section} {number} {word}', '']
    for line in details:
        text += [f'{line} {word}, {" ".join(filler.choices(FILLER[language], k=12))}.', '']
    (site / language / f'{name}.md').write_text('\n'.join(text), encoding='utf-8')


def details_of(language, number, counts):
    english = language == 'en'
    lines = ['Always' if english else 'Toujours']
    if number < counts.beacon:
        lines.append('The beacon' if english else 'La balise')
    if number < counts.phrase:
        lines.append('An amber lantern' if english else 'Une lanterne d’ambre')
    else:  # the words, but not the phrase
        lines.append('A lantern and amber' if english else 'L’ambre et la lanterne')
    if number < counts.prefix:
        lines.append((['Quartz', 'Quarters', 'Quartets'] if english else ['Quartz', 'Quartiers', 'Quartettes'])[number % 3])
    return lines


def write_site(site, version):
    counts = Counts(version)
    for language in 'en', 'fr':
        (site / language).mkdir(parents=True, exist_ok=True)
        for old in (site / language).glob('[os]*.md'):
            old.unlink()
        for number in range(PAIRS):
            write_page(site, language, f'page-{number}', number, version, details_of(language, number, counts))
        for number in range(counts.only[language]):
            write_page(site, language, f'only-{language}-{number}', number, version, [])
    if counts.sometimes:  # of no language's groups: it has no zephyr
        (site / 'en' / 'sometimes.md').write_text(f'# Here {word_of(version)}\n', encoding='utf-8')


# ---- questions, and what a version answers -------------------------------------------------------


class Question:
    """Parameters, and expect(version): what is to be seen in the answer, as answer_of() reads it; None: no matter what."""

    def __init__(self, kind, expect, method='GET', headers=None, raw=None, **parameters):
        self.kind, self.expect, self.method, self.headers = kind, expect, method, headers or {}
        self.query = raw if raw is not None else urllib.parse.urlencode(parameters)


def hits_shown(total, other, page):
    return max(0, min(PAGE_HITS, total + other - (page - 1) * PAGE_HITS))


def areas_of(counts, language, area):
    """Counts of the areas among the pages with zephyr: pairs in the reader's language, the others in their own."""
    found = collections.Counter()
    for of, number in [(language, PAIRS), ('en', counts.only['en']), ('fr', counts.only['fr'])]:
        found.update(AREAS[of][i % 3] for i in range(number))
    return {name: n for name, n in found.items() if area in ('', name)}


def totals_of_zephyr(counts, language, area):
    """(in the reader's language, only in the other); the name of an area is of one language."""
    other = 'fr' if language == 'en' else 'en'

    def number(of, n):
        return sum(area in ('', AREAS[of][i % 3]) for i in range(n))

    return number(language, PAIRS + counts.only[language]), number(other, counts.only[other])


def hits_question(kind, q, totals, rng, form=None, areas=None, **more):
    """totals(counts): the two totals. In JSON or HTML, in any case with a language."""
    form = form or rng.choice(['json', 'json', 'html', 'fragment'])
    page = int(more.get('page', 1))

    def expect(version):
        counts = Counts(version)
        total, other = totals(counts)
        seen = {'status': 200, 'hits': hits_shown(total, other, page)}
        if form == 'json':
            return seen | {'total': total, 'other': other} | ({'areas': areas(counts)} if areas else {})
        return seen | {'all': total + other}

    return Question(f'{kind} {form}', expect, q=q, format=form, **more)


def ask_words(rng):
    language, q = rng.choice([('en', 'beacon'), ('fr', 'balise'), ('fr', 'balises'), ('fr', 'beacon'), ('en', 'BALISE')])
    return hits_question('word', q, lambda c: (c.beacon, 0), rng, lang=language)


def ask_corrected(rng):
    return hits_question('corrected', 'beacom', lambda c: (c.beacon, 0), rng, lang='en')


def ask_phrase(rng):
    language, q = rng.choice([('en', '"amber lantern"'), ('fr', '"lanterne d\'ambre"'), ('fr', '"amber lantern"')])
    return hits_question('phrase', q, lambda c: (c.phrase, 0), rng, lang=language)


def ask_prefix(rng):
    return hits_question('prefix', 'quart*', lambda c: (c.prefix, 0), rng, lang=rng.choice(['en', 'fr']))


def ask_without(rng):
    return hits_question('without', 'always -beacon', lambda c: (PAIRS - c.beacon, 0), rng, lang='en')


def ask_both(rng):
    """Both groups, their pages, facets and orders."""
    language, area = rng.choice(['en', 'fr']), ''
    if rng.random() < 0.3:
        area = rng.choice(AREAS[language])
    more = {'lang': language, 'page': rng.choice([1, 1, 2, rng.randint(3, 30)]), 'sort': rng.choice(['relevance', 'date'])}
    return hits_question('both', 'zephyr', lambda c: totals_of_zephyr(c, language, area), rng,
                         areas=lambda c: areas_of(c, language, area), area=area, **more)


def ask_negotiated(rng):
    return Question('negotiated json', lambda v: {'status': 200, 'total': Counts(v).beacon, 'other': 0,
                                                  'hits': PAGE_HITS},
                    headers={'Accept-Language': rng.choice(['fr-CA', 'en', 'fr;q=0.3,en'])}, q='beacon', format='json')


def ask_suggestions(rng):
    return Question('suggest', lambda v: {'status': 200},
                    suggest=rng.choice(['version', 'notice 1', 'avis 2']), lang=rng.choice(['en', 'fr']))


def ask_page(rng):
    return Question('doc', lambda v: {'status': 200}, doc=f'{rng.choice(["en", "fr"])}/page-{rng.randrange(PAIRS)}.md')


def ask_sometimes(rng):
    return Question('doc that comes and goes', lambda v: {'status': 200 if Counts(v).sometimes else 404},
                    doc='en/sometimes.md')


def ask_start(rng):
    return Question('start', lambda v: {'status': 200}, lang=rng.choice(['en', 'fr']),
                    format=rng.choice(['html', 'tips']))


REFUSALS = [('GET', 'q=%00', 400), ('GET', 'q=%C3', 400), ('GET', 'q=a&page=0', 400), ('GET', 'q=a&lang=xx', 400),
            ('GET', 'q=a&q=b', 400), ('GET', 'q=' + 'a' * 201, 400), ('GET', 'q=a&format=json&sort=x', 400),
            ('GET', 'q=' + 'a' * 5000, 414), ('GET', 'doc=nothing.md', 404), ('POST', 'q=beacon', 405)]


def ask_wrong(rng):
    method, raw, status = rng.choice(REFUSALS)
    return Question('refusal', lambda v: {'status': status}, method=method, raw=raw)


ASK = {ask_words: 20, ask_both: 20, ask_phrase: 10, ask_prefix: 10, ask_without: 6, ask_corrected: 4, ask_negotiated: 4,
       ask_suggestions: 8, ask_page: 8, ask_sometimes: 3, ask_start: 3, ask_wrong: 4}
AGAIN = 0.15  # part of the requests that ask with If-None-Match whether what the client has is still right


def json_answer(answer):
    areas = answer['facets'].get('area', {})
    return {'total': answer['total'], 'other': answer['other']['total'], 'hits': len(answer['hits']), 'areas': areas}


def html_answer(text):
    status = re.search(r'<p role="status">\D*(\d+)', text)
    return {'hits': text.count('<li>\n<h3'), 'all': int(status.group(1)) if status else None}


def parts_of(kind, text):
    """What is to be seen, and the parts of an answer that must each hold a version's word."""
    if kind.endswith(' json'):
        answer = json.loads(text)
        return json_answer(answer), [json.dumps(hit, ensure_ascii=False) for hit in answer['hits']]
    if kind.endswith((' html', ' fragment')):
        return html_answer(text), re.findall(r'<li>\n<h3.*?</li>', text, re.S)
    if kind == 'suggest':
        return {}, json.loads(text)[1]
    return {}, [text] if kind.startswith('doc') else []


# ---- checks --------------------------------------------------------------------------------------

CHECKS = {
    'answered': 'every request is answered',
    'form': 'an answer can be read',
    'one': 'one version in an answer, and its word in every hit',
    'right': 'status, totals, hits and facets are those of the version',
    'client': 'never older than what the client saw',
    'stale': 'never older than the index that was there when it was asked',
    'new': 'never newer than what was written',
    'tag': 'an entity tag is one answer’s',
    'kept': '304 only while the version is the same',
}


class Checks:
    """Counts what was checked and what was wrong, and keeps the first examples."""

    def __init__(self):
        self.lock = threading.Lock()
        self.done, self.wrong = collections.Counter(), collections.defaultdict(list)

    def check(self, name, good, *example):
        with self.lock:
            self.done[name] += 1
            if not good:
                self.wrong[name].append(example)
        return good

    def report(self):
        for name, text in CHECKS.items():
            wrong = self.wrong[name]
            if not self.done[name]:
                tell(False, f'{text}: never checked')
            else:
                tell(not wrong, f'{text}: {len(wrong)} of {self.done[name]} wrong; {wrong[:3]}' if wrong else text)


def tell(good, text):
    print(('ok ' if good else 'not ok: ') + ' '.join(text.split()), flush=True)


class Soak:
    """What clients, the writer and the watcher share."""

    def __init__(self, url, requests, rebuilds):
        self.url = urllib.parse.urlsplit(url)
        self.requests, self.rebuilds = requests, rebuilds
        self.checks = Checks()
        self.lock = threading.Condition()
        self.asked = self.begun = self.finished = 0  # requests; newest version that may, that must be seen
        self.rebuilding = rebuilds > 0
        self.times, self.kinds, self.tags = [], collections.Counter(), {}

    def next(self):
        """Takes a request; False when it is enough: all are asked and all versions written."""
        with self.lock:
            if self.asked >= self.requests and not self.rebuilding:
                return False
            self.asked += 1
            self.lock.notify_all()
            return True

    def tag_is_unique(self, tag, body):
        digest = hashlib.sha1(body).digest()
        with self.lock:
            return self.tags.setdefault(tag, digest) == digest


class Client:
    def __init__(self, soak, seed):
        self.soak, self.random = soak, random.Random(seed)
        self.seen = 0  # the newest version
        self.kept = {}  # query and headers -> question, tag, version
        self.connection = http.client.HTTPConnection(soak.url.hostname, soak.url.port, timeout=30)

    def run(self):
        while self.soak.next():
            if self.kept and self.random.random() < AGAIN:
                question, tag, version = self.random.choice(list(self.kept.values()))
                self.ask(question, tag, version)
            else:
                make = self.random.choices(list(ASK), list(ASK.values()))[0]
                self.ask(make(self.random))
        self.connection.close()

    def fetch(self, question, tag):
        headers = question.headers | ({'If-None-Match': tag} if tag else {})
        self.connection.request(question.method, f'{self.soak.url.path}?{question.query}', headers=headers)
        response = self.connection.getresponse()
        return response, response.read()

    def ask(self, question, tag=None, kept=None):
        soak = self.soak
        floor, start = soak.finished, time.monotonic()
        try:
            response, body = self.fetch(question, tag)
        except (OSError, http.client.HTTPException) as e:
            soak.checks.check('answered', False, question.query, repr(e))
            self.connection.close()
            return
        soak.times.append(time.monotonic() - start)
        window = range(max(floor, self.seen), soak.begun + 1)
        good = response.status < 500
        soak.checks.check('answered', good, question.query, response.status)
        if good:
            self.judge(question, response, body, window, floor, tag, kept)

    def judge(self, question, response, body, window, floor, tag, kept):
        checks, name = self.soak.checks, question.query[:80]
        if response.status == 304:
            good = tag is not None and response.getheader('ETag') == tag
            if kept is not None:
                good = self.is_of_its_time(name, kept, window, floor) and good
            checks.check('kept', good, name, kept, window)
            self.count('304')
            return
        try:
            got, parts = parts_of(question.kind, body.decode()) if response.status == 200 else ({}, [])
        except (ValueError, KeyError, TypeError) as e:
            checks.check('form', False, name, repr(e), body[:100])
            return
        checks.check('form', True)
        version = self.version_of(name, parts, window, floor)
        got['status'] = response.status
        self.compare(question, got, window if version is None else [version])
        self.keep(question, response, body, version)
        self.count('refusal' if response.status >= 400 else question.kind)

    def version_of(self, name, parts, window, floor):
        """The version of an answer; None when it does not tell."""
        versions = [versions_in(part) for part in parts]
        if not versions:
            return None
        all_versions = set().union(*versions)
        if not self.soak.checks.check('one', len(all_versions) == 1 and all(versions), name, all_versions):
            return None
        version = all_versions.pop()
        self.is_of_its_time(name, version, window, floor)
        self.seen = max(self.seen, version)
        return version

    def is_of_its_time(self, name, version, window, floor):
        checks = self.soak.checks
        good = checks.check('client', version >= self.seen, name, version, self.seen)
        good = checks.check('stale', version >= floor, name, version, floor) and good
        return checks.check('new', version < window.stop, name, version, window) and good

    def compare(self, question, got, versions):
        expected = [question.expect(v) for v in versions]
        good = any(all(got.get(key) == value for key, value in e.items()) for e in expected)
        self.soak.checks.check('right', good, question.kind, question.query[:80], got, list(versions), expected[:2])

    def keep(self, question, response, body, version):
        tag = response.getheader('ETag')
        if not tag:
            return
        key = question.query + str(question.headers)
        self.soak.checks.check('tag', self.soak.tag_is_unique(tag, body), tag, question.query)
        self.kept.pop(key, None)
        self.kept[key] = question, tag, version
        if len(self.kept) > 30:
            self.kept.pop(next(iter(self.kept)))

    def count(self, kind):
        with self.soak.lock:
            self.soak.kinds[kind] += 1


# ---- the writer ----------------------------------------------------------------------------------


def rebuild_all(soak, site, index, trouvaille, seconds):
    """The rebuilds, spread evenly over the requests; requests go on until the last is done."""
    for version in range(1, soak.rebuilds + 1):
        write_site(site, version)
        with soak.lock:
            soak.lock.wait_for(lambda: soak.asked >= version * soak.requests // (soak.rebuilds + 1))
        start = time.monotonic()
        soak.begun = version
        run = subprocess.run([trouvaille, 'index', '--full', '--index', index, site], capture_output=True, text=True)
        soak.finished = version
        seconds.append(time.monotonic() - start)
        if run.returncode != 0:
            tell(False, f'rebuild {version}: status {run.returncode}: {run.stderr[:300]}')
    soak.rebuilding = False


# ---- the workers, from outside -------------------------------------------------------------------


def children(pid):
    found = subprocess.run(['pgrep', '-P', str(pid)], capture_output=True, text=True)
    return [int(p) for p in found.stdout.split()]


def workers_of(server):
    """serve.sh -> lighttpd -> a parent each -> its worker"""
    return sorted(w for lighttpd in children(server) for parent in children(lighttpd) for w in children(parent))


def resident(pid):
    """Memory of its own: pages of the program's file come in as they are first used, and are no growth."""
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(re.search(r'RssAnon:\s*(\d+)', status).group(1))


def descriptors(pid):
    """How many files are open, and how many of them are an index."""
    links = []
    for fd in os.listdir(f'/proc/{pid}/fd'):
        try:
            links.append(os.readlink(f'/proc/{pid}/fd/{fd}'))
        except OSError:
            pass
    return len(links), sum('trouvaille.db' in link for link in links)


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Watcher:
    """Looks at the workers again and again, until stopped."""

    def __init__(self, soak, workers):
        self.soak, self.workers, self.stop = soak, workers, threading.Event()
        self.samples = {pid: [] for pid in workers}  # requests asked, kB, descriptors, index files

    def run(self):
        while not self.stop.wait(0.03):
            for pid in self.workers:
                try:
                    self.samples[pid].append((self.soak.asked, resident(pid), *descriptors(pid)))
                except (OSError, AttributeError):
                    pass  # gone: told by the list of workers at the end

    def median(self, pid, column, begin, end):
        """Of the samples taken while begin to end requests were asked; where none fell there, of the nearest one."""
        samples = self.samples[pid]
        if not samples:
            return None
        values = [s[column] for s in samples if begin <= s[0] <= end]
        return statistics.median(values or [min(samples, key=lambda s: abs(s[0] - end))[column]])

    def worst(self, column):
        return max((s[column] for samples in self.samples.values() for s in samples), default=0)

    def report(self, memory):
        # requests go on until the last rebuild is done, so the windows are parts of what was asked, not of what was meant;
        # a worker's heap settles at its first switch or two, where the parts of an index lie anew
        asked = self.soak.asked
        first, settled, late = asked // 20, asked // 4, asked - asked // 10
        rows = [[pid] + [self.median(pid, column, begin, end) for column in (1, 2)
                         for begin, end in ((first, settled), (late, asked))] for pid in self.workers]
        for pid, before, after, files, files_after in rows:
            if None in (before, after):
                tell(False, f'worker {pid} was not seen')
                continue
            print(f'worker {pid}: {before:.0f} kB after {first} to {settled} requests, {after:.0f} kB at the end; '
                  f'open files {files:.0f}, then {files_after:.0f}')
            if memory:
                tell(after <= before + 1024, f'memory of a worker: {before:.0f} kB, then {after:.0f} kB')
            tell(files_after <= files + 1, f'open files of a worker: {files:.0f}, then {files_after:.0f}')
        if not memory:
            print('skip: memory')
        print(f'at most {self.worst(1)} kB, {self.worst(2)} open files, {self.worst(3)} index files in a worker')
        tell(self.worst(3) <= 2, f'index files open at once: {self.worst(3)}')


# ---- the whole -----------------------------------------------------------------------------------


def number(name, usual):
    return int(os.environ.get(name) or usual)


def print_figures(soak, seconds, rebuilds, processor):
    times = sorted(soak.times) or [0.0]
    print(f'{soak.asked} requests in {seconds:.1f} s, {soak.asked / seconds:.0f} a second; '
          f'p50 {1000 * times[len(times) // 2]:.1f} ms, p99 {1000 * times[len(times) * 99 // 100]:.1f} ms, '
          f'longest {1000 * times[-1]:.0f} ms (as clients in Python see it)')
    if rebuilds:
        print(f'{len(rebuilds)} rebuilds, {min(rebuilds):.2f} to {max(rebuilds):.2f} s each')
    print(f'CPU of the workers: {processor:.1f} s, {1000 * processor / max(1, soak.asked):.2f} ms a request')
    print(', '.join(f'{n} {kind}' for kind, n in sorted(soak.kinds.items(), key=lambda k: -k[1])))


def run_soak(site, index, url, server, trouvaille):
    soak = Soak(url, number('SOAK_REQUESTS', 20000), number('SOAK_REBUILDS', 20))
    workers = workers_of(server)
    tell(len(workers) == 2, f'two workers at the start: {workers}')
    watcher, rebuilds = Watcher(soak, workers), []
    clients = [Client(soak, seed) for seed in range(number('SOAK_CLIENTS', 8))]
    before = sum(map(processor_seconds, workers))
    start = time.monotonic()
    threads = [threading.Thread(target=c.run) for c in clients]
    threads.append(threading.Thread(target=rebuild_all, args=(soak, pathlib.Path(site), index, trouvaille, rebuilds)))
    watching = threading.Thread(target=watcher.run)
    for thread in [watching, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    watcher.stop.set()
    watching.join()

    same = workers_of(server) == workers
    tell(same, 'the workers are the same at the end')
    print_figures(soak, seconds, rebuilds, sum(map(processor_seconds, workers)) - before if same else 0)
    soak.checks.report()
    tell(len(rebuilds) == soak.rebuilds, f'{len(rebuilds)} rebuilds of {soak.rebuilds}')
    tell(max(c.seen for c in clients) == soak.rebuilds, 'the last version was seen')
    watcher.report(os.environ.get('SOAK_MEMORY') != '0')
    print('done')


def main(arguments):
    match arguments:
        case ['write', site, version]:
            write_site(pathlib.Path(site), int(version))
        case ['run', site, index, url, server, trouvaille]:
            run_soak(site, index, url, int(server), trouvaille)
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
