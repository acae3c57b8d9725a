#!/usr/bin/env python3
"""bench.py - Trouvaille beside its peers, on the same trees and the same questions: `make bench`.

    BENCH_MB     sizes of trees made by tests/generate.c, in MB; `real` is the real sites together ("real 19")
    BENCH_RUNS   runs of everything (5), and BENCH_RUNS_LARGE (1) on trees above 100 MB
    BENCH_PEERS  only these, of: trouvaille bare omega recoll fts5
    BENCH_PARTS  only these, of: index query web
    BENCH_DIR    where everything is written (build/bench)

Runs are interleaved: each peer has its turn before any has its next. Peak memory is that of a process, the largest where one
starts others. Figures are kept in BENCH_DIR, a file a tree, and `bench.py table` makes the table (BENCH_DIR/table.md) of those
that are there."""
import collections, contextlib, datetime, itertools, json, os, pathlib, random, re, shutil, socket, statistics, subprocess, sys, time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent.parent
BENCH = pathlib.Path(os.environ.get('BENCH_DIR') or HERE / 'build/bench').resolve()
PROGRAMS = HERE / 'build/tests'
SITES = pathlib.Path(os.environ.get('SITES') or HERE / '../shared/corpora').resolve()
OMEGA = '/usr/lib/cgi-bin/omega/omega'
QUERIES, CLIENTS = 200, (1, 8)
REQUESTS = {1: 400, 8: 1600}
TICK = 2.5  # seconds after which a change of a file shows in its time, even where that is whole seconds
LARGE = 100  # MB, from which there are fewer runs
FILE_BYTES = {False: 19.2e6 / 9664, True: 518e6 / 200000}  # of a generated tree, mean; is it large?


def median(values):
    return statistics.median(values) if values else None


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def say(text):
    print(text, file=sys.stderr, flush=True)


def chosen(name, usual):
    return (os.environ.get(name) or usual).split()


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


Ran = collections.namedtuple('Ran', 'wall cpu memory status')  # seconds, seconds, MB


def quiet(command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run_all(commands):
    """Of each command, run one after the other."""
    lines = ''.join('\t'.join(map(str, c)) + '\n' for c in commands)
    ran = subprocess.run([PROGRAMS / 'bench_run'], input=lines, capture_output=True, text=True, check=True)
    rows = [line.split() for line in ran.stdout.splitlines()]
    return [Ran(float(wall), float(cpu), int(kb) * 1024 / 1e6, int(status)) for wall, cpu, kb, status in rows]


def run_one(command, good=(0,)):
    os.sync()  # what the last one wrote is not this one's to write
    ran = run_all([command])[0]
    if ran.status not in good:
        raise SystemExit(f'bench: status {ran.status} of {command}')
    return ran


# ---- trees ---------------------------------------------------------------------------------------


class Tree:
    def __init__(self, name, runs):
        self.name, self.runs = name, runs
        self.root = BENCH / 'trees' / name

    def make(self, fill):
        """Made once; a tree that was left half made is made again."""
        done = self.root.with_name(self.name + '.done')
        if not done.exists():
            fill(fresh(self.root))
            done.touch()
            time.sleep(TICK)
        files = [f.stat() for f in self.root.rglob('*.md')]
        self.files, self.bytes = len(files), sum(f.st_size for f in files)
        return self

    def change(self, seed):
        quiet([PROGRAMS / 'generate', 'change', self.root, '1', str(seed)])


def copy_sites(root):
    for site in ('vue', 'tldr'):
        shutil.copytree(SITES / site, root / site)


def generated(name, megabytes, runs=1):
    files = round(megabytes * 1e6 / FILE_BYTES[megabytes >= LARGE])
    arguments = [str(megabytes), str(files), '1']
    return Tree(name, runs).make(lambda root: quiet([PROGRAMS / 'generate', SITES, root, *arguments]))


def trees():
    runs, few = int(os.environ.get('BENCH_RUNS') or 5), int(os.environ.get('BENCH_RUNS_LARGE') or 1)
    for size in chosen('BENCH_MB', 'real 19'):
        if size == 'real':
            yield Tree(size, runs).make(copy_sites)
        else:
            yield generated(size, float(size), runs if float(size) < LARGE else few)


# ---- questions -----------------------------------------------------------------------------------


WORD = '[a-zà-öø-ÿœ]'


class Asker:
    """Draws questions from the running text of a tree's pages."""

    def __init__(self, root, seed):
        self.random = random.Random(seed)
        pages = sorted(root.rglob('*.md'))
        self.pages = {lang: [f for f in pages if lang in f.relative_to(root).parts] for lang in ('en', 'fr')}

    def paragraph(self, lang, pattern):
        """The matches of a pattern in some paragraph that has two of them or more."""
        while True:
            text = self.random.choice(self.pages[lang]).read_text()
            line = self.random.choice([s for s in text.splitlines() if re.match(r'([-*>] )?\w', s)] or [''])
            found = re.findall(rf'(?<![\w/.{{-]){pattern}(?![\w/:.}}-])', line)
            if len(found) >= 2:
                return found

    def word(self, lang):
        return ('words', self.random.choice(self.paragraph(lang, f'{WORD}{{5,}}')))

    def two_words(self, lang):
        return ('words', ' '.join(self.random.sample(self.paragraph(lang, f'{WORD}{{5,}}'), 2)))

    def phrase(self, lang):
        return ('phrase', self.random.choice(self.paragraph(lang, f'{WORD}{{4,}}(?: {WORD}{{4,}}){{1,2}}')))

    def prefix(self, lang):
        return ('prefix', self.random.choice(self.paragraph(lang, f'{WORD}{{6,}}'))[:self.random.randint(4, 5)])

    def facet(self, lang):
        kind, word = self.word(lang)
        field = {'en': 'area:Management', 'fr': 'domaine:Gestion'}[lang]
        return (kind, f'{field} {word}')

    def draw(self, kinds, n):
        """Lists of language, kind, words: each kind as often as the others, both languages."""
        turns = itertools.islice(itertools.cycle(itertools.product(kinds, ('en', 'fr'))), n)
        return [[lang, *getattr(self, kind)(lang)] for kind, lang in turns]


def typed(kind, words):
    """As people type it, which all but SQLite read."""
    return {'phrase': f'"{words}"', 'prefix': f'{words}*'}.get(kind, words)


# ---- peers ---------------------------------------------------------------------------------------


class Trouvaille:
    name, title, good = 'trouvaille', '**Trouvaille**', (0, 1)  # 1: done with warnings, nothing found
    program = HERE / 'trouvaille'

    def prepare(self, folder, tree):
        self.folder = folder

    def full(self, tree):
        return [self.program, '--index', self.folder, 'index', tree]

    again = full

    def ask(self, lang, kind, words):
        return [self.program, '--index', self.folder, 'search', '--lang', lang, '--format', 'json', '--limit', '10',
                typed(kind, words)]


class Bare:
    name, title, good = 'bare', 'bare libxapian', (0,)
    again = None

    def prepare(self, folder, tree):
        self.folder = folder / 'database'

    def full(self, tree):
        return [PROGRAMS / 'bench_bare', 'index', self.folder, tree]

    def ask(self, lang, kind, words):
        return [PROGRAMS / 'bench_bare', 'search', self.folder, typed(kind, words)]


class Omega:
    name, title, good = 'omega', 'Xapian Omega', (0,)
    # positions are Omega's default; the page has what ours has but for facets, which omindex does not make
    TEMPLATE = '''$set{flag_wildcard,true}$set{stemmer,english}<!DOCTYPE html><title>$html{$query}</title><p>$msize</p>
$hitlist{<p><a href="$html{$field{url}}">$html{$or{$field{caption},$field{url}}}</a><br>$snippet{$field{sample}}</p>}
'''

    def prepare(self, folder, tree):
        self.folder = folder
        (folder / 'template').write_text(self.TEMPLATE)
        (folder / 'omega.conf').write_text(''.join(f'{key} {folder}\n' for key in (
            'database_dir', 'template_dir', 'log_dir', 'cdb_dir')))
        os.environ['OMEGA_CONFIG_FILE'] = str(folder / 'omega.conf')

    def full(self, tree):
        return ['omindex', '--db', self.folder / 'database', '--url', '/', '--mime-type=md:text/plain', tree]

    again = full

    def ask(self, lang, kind, words):
        return [OMEGA, f'P={typed(kind, words)}', *self.parameters()]

    def parameters(self):
        return ['DB=database', 'FMT=template', 'HITSPERPAGE=10', 'DEFAULTOP=and']


class Recoll:
    name, title, good = 'recoll', 'Recoll', (0, 1)  # 1: there is no aspell

    def prepare(self, folder, tree):
        self.folder = folder
        (folder / 'recoll.conf').write_text(f'topdirs = {tree}\nloglevel = 1\nnoaspell = 1\n')
        (folder / 'mimemap').write_text('.md = text/plain\n')

    def full(self, tree):
        return ['recollindex', '-c', self.folder]

    again = full

    def ask(self, lang, kind, words):
        return ['recollq', '-c', self.folder, '-n', '10', '-A', typed(kind, words)]


class Fts5:
    """The sqlite3 shell, which lists and reads files itself; changed files are told by their time, in whole seconds."""
    name, title, good = 'fts5', 'SQLite FTS5', (0,)
    SCHEMA = '''PRAGMA journal_mode = wal;
CREATE TABLE IF NOT EXISTS file(id INTEGER PRIMARY KEY, path TEXT UNIQUE, mtime INTEGER);
CREATE VIRTUAL TABLE IF NOT EXISTS page USING fts5(path UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2");
'''
    UPDATE = '''BEGIN;
CREATE TEMP TABLE found AS SELECT name, mtime FROM fsdir('{tree}') WHERE name LIKE '%.md';
CREATE UNIQUE INDEX temp.found_name ON found(name);
CREATE TEMP TABLE gone AS SELECT id FROM file WHERE mtime IS NOT (SELECT mtime FROM found WHERE name = path);
DELETE FROM page WHERE rowid IN (SELECT id FROM gone);
DELETE FROM file WHERE id IN (SELECT id FROM gone);
CREATE TEMP TABLE fresh AS SELECT name, mtime FROM found WHERE name NOT IN (SELECT path FROM file);
INSERT INTO file(path, mtime) SELECT name, mtime FROM fresh;
INSERT INTO page(rowid, path, text) SELECT id, path, CAST(readfile(path) AS TEXT) FROM fresh JOIN file ON name = path;
COMMIT;
'''

    def prepare(self, folder, tree):
        self.database = folder / 'page.db'
        self.script = folder.with_suffix('.sql')
        self.script.write_text(self.SCHEMA + self.UPDATE.format(tree=tree))

    def full(self, tree):
        return ['sqlite3', self.database, f'.read {self.script}']

    again = full

    def ask(self, lang, kind, words):
        quoted = {'phrase': f'"{words}"', 'prefix': f'"{words}"*'}.get(kind) or ' '.join(f'"{w}"' for w in words.split())
        return ['sqlite3', self.database, "SELECT path, snippet(page, 1, '<b>', '</b>', '…', 30) FROM page "
                f"WHERE page MATCH '{quoted}' ORDER BY rank LIMIT 10"]


PEERS = [Trouvaille, Bare, Omega, Recoll, Fts5]


def peers():
    names = chosen('BENCH_PEERS', 'trouvaille bare omega recoll fts5')
    return [peer() for peer in PEERS if peer.name in names]


# ---- measuring -----------------------------------------------------------------------------------


class Figures(dict):
    """Measure -> its values, a run each."""

    def add(self, measure, value):
        self.setdefault(measure, []).append(value)

    def add_run(self, ran):
        self.add('full', ran.wall)
        self.add('cpu', ran.cpu)
        self.add('memory', ran.memory)


def measure_limits(tree, figures):
    for name, command in (('read', ['bench_limits', 'read']), ('parse', ['bench_limits', 'parse']),
                          ('tokenise', ['bench_bare', 'tokenise'])):
        figures.setdefault(name, Figures()).add_run(run_one([PROGRAMS / command[0], command[1], tree.root]))


def measure_full(peer, tree, figures):
    folder = BENCH / 'index' / tree.name / peer.name
    peer.prepare(fresh(folder), tree.root)
    figures.add_run(run_one(peer.full(tree.root), peer.good))
    figures.add('size', sum(f.stat().st_size for f in folder.rglob('*') if f.is_file()) / tree.bytes)
    if peer.again:
        figures.add('same', run_one(peer.again(tree.root), peer.good).wall)


def measure_indexing(tree, all_peers, figures):
    for turn in range(tree.runs):
        measure_limits(tree, figures)
        for peer in all_peers[turn % len(all_peers):] + all_peers[:turn % len(all_peers)]:
            say(f'{tree.name}: run {turn + 1} of {tree.runs}: {peer.name} indexes')
            measure_full(peer, tree, figures.setdefault(peer.name, Figures()))
        time.sleep(TICK)
        tree.change(turn)
        for peer in all_peers:
            if peer.again:
                figures[peer.name].add('changed', run_one(peer.again(tree.root), peer.good).wall)
        time.sleep(TICK)


def measure_queries(tree, all_peers, queries, figures):
    """Each question is asked of each peer before the next one is asked of any."""
    say(f'{tree.name}: {len(queries)} questions of each')
    commands = [peer.ask(*query) for query in queries for peer in all_peers]
    run_all(commands)  # everything is in the page cache from here on
    for _ in range(max(tree.runs, 3)):
        rows = run_all(commands)
        for i, peer in enumerate(all_peers):
            mine, of = rows[i::len(all_peers)], figures.setdefault(peer.name, Figures())
            of.add('p50', percentile([r.wall for r in mine], 0.5) * 1000)
            of.add('p99', percentile([r.wall for r in mine], 0.99) * 1000)
            of.add('query cpu', percentile([r.cpu for r in mine], 0.5) * 1000)
            of.add('query memory', max(r.memory for r in mine))
    for i, peer in enumerate(all_peers):
        nothing = sum(r.status != 0 for r in rows[i::len(all_peers)])
        if nothing:
            say(f'{tree.name}: {peer.name} answers {nothing} of {len(queries)} with nothing found, or not at all')


# ---- the web -------------------------------------------------------------------------------------


LIGHTTPD = '''server.modules = ( "mod_setenv", "mod_cgi", "mod_fastcgi" )
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{root}"
server.errorlog = "{root}/log"
server.upload-dirs = ( "{root}" )
cgi.assign = ( ".cgi" => "" )
setenv.set-environment = ( "TROUVAILLE_INDEX" => "{index}/trouvaille", "BENCH_DATABASE" => "{index}/bare/database",
	"OMEGA_CONFIG_FILE" => "{index}/omega/omega.conf" )
fastcgi.server = ( "/trouvaille.fcgi" => ((
	"bin-path" => "{trouvaille}", "socket" => "{root}/socket", "max-procs" => {processors}, "check-local" => "disable",
	"bin-environment" => ( "TROUVAILLE_INDEX" => "{index}/trouvaille" )
)) )
'''


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def wait_for(port, server):
    for _ in range(100):
        with socket.socket() as s:
            if s.connect_ex(('127.0.0.1', port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit('bench: lighttpd does not start')


@contextlib.contextmanager
def served(tree):
    """lighttpd with all programs, on a port of the loopback address, until the block ends."""
    root, port, index = fresh(BENCH / 'web'), free_port(), BENCH / 'index' / tree.name
    programs = {'hello': PROGRAMS / 'bench_hello', 'bare': PROGRAMS / 'bench_bare', 'omega': OMEGA,
                'trouvaille': HERE / 'trouvaille.cgi'}
    for name, program in programs.items():
        (root / f'{name}.cgi').symlink_to(program)
    conf = root / 'lighttpd.conf'
    conf.write_text(LIGHTTPD.format(port=port, root=root, index=index, trouvaille=HERE / 'trouvaille.cgi',
                                    processors=os.cpu_count()))
    path = os.environ['PATH'] + ':/usr/sbin'
    server = subprocess.Popen(['lighttpd', '-D', '-f', conf], env=os.environ | {'PATH': path})
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def addresses(queries):
    """Of each program on the web, the same questions."""
    asked = [(lang, urllib.parse.quote_plus(typed(kind, words))) for lang, kind, words in queries]
    omega = '&'.join(Omega().parameters())
    return {
        'hello': ['/hello.cgi'],
        'bare': [f'/bare.cgi?q={q}' for _, q in asked],
        'omega': [f'/omega.cgi?P={q}&{omega}' for _, q in asked],
        'trouvaille': [f'/trouvaille.cgi?q={q}&lang={lang}' for lang, q in asked],
        'fastcgi': [f'/trouvaille.fcgi?q={q}&lang={lang}' for lang, q in asked],
    }


def load(port, clients, requests, paths):
    arguments = [PROGRAMS / 'bench_load', str(port), str(clients), str(requests)]
    ran = subprocess.run(arguments, input='\n'.join(paths), capture_output=True, text=True, check=True)
    return [float(value) for value in ran.stdout.split()]


def measure_web(tree, all_peers, queries, figures):
    names = {peer.name for peer in all_peers} | {'hello', 'fastcgi'}
    pages = [(name, paths) for name, paths in addresses(queries).items() if name in names]
    with served(tree) as port:
        for name, paths in pages:
            load(port, 1, QUERIES, paths)
        for turn, (clients, requests) in itertools.product(range(tree.runs), REQUESTS.items()):
            say(f'{tree.name}: run {turn + 1} of {tree.runs}: the web, {clients} at once')
            for name, paths in pages:
                of = figures.setdefault('web ' + name, Figures())
                values = load(port, clients, requests, paths)
                for measure, value in zip(('rate', 'p50', 'p99', 'bytes', 'wrong'), values):
                    of.add(f'{measure} {clients}', value)


def keep(tree, figures, load):
    """Beside what is kept of peers that had no turn now."""
    kept = BENCH / f'figures-{tree.name}.json'
    data = json.loads(kept.read_text()) if kept.exists() else {'figures': {}}
    for name, of in figures.items():
        data['figures'].setdefault(name, {}).update(of)
    data |= {'load': load, 'files': tree.files, 'bytes': tree.bytes, 'runs': tree.runs,
             'date': datetime.date.today().isoformat()}
    kept.write_text(json.dumps(data, indent=1))


def measure(tree):
    all_peers, parts, load_before = peers(), chosen('BENCH_PARTS', 'index query web'), os.getloadavg()[0]
    for peer in all_peers:
        folder = BENCH / 'index' / tree.name / peer.name
        if folder.exists():
            peer.prepare(folder, tree.root)
    queries = Asker(tree.root, 6).draw(['word', 'two_words', 'phrase', 'prefix'], QUERIES)
    figures = {}
    if 'index' in parts:
        measure_indexing(tree, all_peers, figures)
        keep(tree, figures, load_before)
    if 'query' in parts:
        measure_queries(tree, all_peers, queries, figures)
        keep(tree, figures, load_before)
    if 'web' in parts:
        measure_web(tree, all_peers, queries, figures)
        keep(tree, figures, load_before)


def main(arguments):
    os.environ.update(TROUVAILLE_CONF='', LC_ALL='C.UTF-8')  # nobody's settings
    BENCH.mkdir(parents=True, exist_ok=True)
    if arguments == ['table']:
        pass
    elif not arguments:
        for tree in trees():
            measure(tree)
    else:
        sys.exit(__doc__)
    import bench_table
    text = bench_table.table(BENCH)
    (BENCH / 'table.md').write_text(text)
    print(text)


if __name__ == '__main__':
    main(sys.argv[1:])
