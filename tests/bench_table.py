"""bench_table.py - what bench.py measured, as Markdown: tables of peers, and the targets, met or missed."""
import datetime, json, os, statistics

ROWS = [('read', 'read every file'), ('parse', 'read and cmark-parse'), ('tokenise', 'read, Xapian tokenise and stem'),
        ('bare', 'the same and write: bare libxapian'), ('omega', 'Xapian Omega'), ('recoll', 'Recoll'),
        ('fts5', 'SQLite FTS5'), ('trouvaille', '**Trouvaille**')]
PAGES = [('hello', 'a trivial static C program'), ('bare', 'bare libxapian'), ('omega', 'Xapian Omega'),
         ('trouvaille', '**Trouvaille**, CGI'), ('fastcgi', '**Trouvaille**, FastCGI')]
MET, MISSED = 'met', '**missed**'


def number(value, digits=None):
    """Three figures or so; nothing for what was not measured."""
    if value is None:
        return ''
    if digits is None:
        digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f'{value:,.{digits}f}'


def ratio(value, ours):
    return f'{value / ours:.2f}' if value and ours else ''


class Measured:
    """The figures of a tree; medians of its runs."""

    def __init__(self, data):
        self.data, self.megabytes = data, data['bytes'] / 1e6

    def get(self, name, measure):
        values = self.data.get('figures', {}).get(name, {}).get(measure)
        return statistics.median(values) if values else None

    def speed(self, name):
        seconds = self.get(name, 'full')
        return self.megabytes / seconds if seconds else None

    def title(self):
        runs = self.data['runs']
        return f'{self.megabytes:,.1f} MB, {self.data["files"]:,} files, {runs} run{"s" * (runs > 1)}'


def line(cells):
    return '| ' + ' | '.join(cells) + ' |\n'


def indexing(m):
    text = line([m.title(), 'index s', 'ours ×', 'CPU s', 'MB/s', 'peak MB', 'index ÷ corpus', 'nothing changed s', '1 % changed s',
                 'query p50 ms', 'ours ×', 'p99 ms', 'CPU ms', 'query peak MB'])
    text += '|---' + '|--:' * 13 + '|\n'
    for name, title in ROWS:
        get = lambda measure: m.get(name, measure)
        if get('full') or get('p50'):
            text += line([title, number(get('full')), ratio(get('full'), m.get('trouvaille', 'full')),
                          number(get('cpu')), number(m.speed(name)),
                          number(get('memory'), 0), number(get('size')), number(get('same')), number(get('changed')),
                          number(get('p50')), ratio(get('p50'), m.get('trouvaille', 'p50')), number(get('p99')),
                          number(get('query cpu')), number(get('query memory'), 1)])
    return text


def web(m):
    text = line([f'{m.megabytes:,.1f} MB, under lighttpd', 'requests/s', 'p50 ms', 'p99 ms', 'at 8 clients: requests/s',
                 'p50 ms', 'p99 ms', 'Omega’s ×', 'kB a page', 'not 200'])
    text += '|---' + '|--:' * 9 + '|\n'
    for name, title in PAGES:
        get = lambda measure: m.get('web ' + name, measure)
        if get('rate 1'):
            text += line([title, number(get('rate 1'), 0), number(get('p50 1')), number(get('p99 1')),
                          number(get('rate 8'), 0), number(get('p50 8')), number(get('p99 8')),
                          ratio(get('rate 8'), m.get('web omega', 'rate 8')), number(get('bytes 1') / 1000, 1),
                          number(get('wrong 1') + get('wrong 8'), 0)])
    return text


# ---- targets -------------------------------------------------------------------------------------


def at_least(what, value, least, unit=''):
    return None if value is None else (what, f'{value:.2f}{unit}', f'≥ {least:g}{unit}', value >= least)


def at_most(what, value, most, unit=''):
    return None if value is None else (what, f'{value:.2f}{unit}', f'≤ {most:g}{unit}', value <= most)


def divide(a, b):
    return a / b if a and b else None


def targets_of(m):
    """Of any tree."""
    ours, place = 'trouvaille', f', {m.megabytes:,.0f} MB'
    omega, fts5, get = m.get('omega', 'full'), m.get('fts5', 'full'), lambda measure: m.get(ours, measure)
    yield at_least('indexing: omindex’s time ÷ ours' + place, divide(omega, get('full')), 4)
    yield at_most('indexing: our time ÷ FTS5’s' + place, divide(get('full'), fts5), 2)
    yield at_most('nothing changed: our time ÷ omindex’s' + place, divide(get('same'), m.get('omega', 'same')), 1)
    yield at_most('nothing changed: seconds for 100,000 files' + place, divide(get('same'), m.data['files'] / 1e5), 1)
    yield at_most('index ÷ corpus' + place, get('size'), 1)
    yield at_most('query p50: ours ÷ Omega’s' + place, divide(get('p50'), m.get('omega', 'p50')), 1)
    yield at_most('query p50: ours ÷ bare libxapian’s' + place, divide(get('p50'), m.get('bare', 'p50')), 1.5)
    for clients in (1, 8):
        yield at_least(f'CGI: our requests ÷ Omega’s, {clients} at once' + place, divide(
            m.get('web trouvaille', f'rate {clients}'), m.get('web omega', f'rate {clients}')), 1.4)
    yield at_least('FastCGI: our requests ÷ Omega’s, 8 at once' + place, divide(
        m.get('web fastcgi', 'rate 8'), m.get('web omega', 'rate 8')), 6)


def targets_across(trees):
    """Of one tree, or of two of them."""
    real = next((m for name, m in trees if name == 'real'), None)
    made = sorted((m for name, m in trees if name != 'real'), key=lambda m: m.megabytes)
    if real:
        yield at_most('peak of a query process, small corpus', real.get('trouvaille', 'query memory'), 12, ' MB')
    if len(made) > 1:
        small, large = made[0], made[-1]
        yield at_least(f'MB/s at {large.megabytes:,.0f} MB ÷ at {small.megabytes:,.0f}',
                       divide(large.speed('trouvaille'), small.speed('trouvaille')), 0.75)
    if made and made[-1].megabytes > 400:
        yield at_most(f'peak of indexing {made[-1].megabytes:,.0f} MB', made[-1].get('trouvaille', 'memory'), 400, ' MB')


def target_growth(folder):
    if not (folder / 'growth.json').exists():
        return
    points = json.loads((folder / 'growth.json').read_text())
    largest = max(points, key=lambda p: p['passages'])
    yield at_most(f'p99 inside the process, {largest["passages"]:,} passages', largest['p99'], 25, ' ms')


def targets(trees, folder):
    rows = [t for _, m in trees for t in targets_of(m)] + [*targets_across(trees), *target_growth(folder)]
    text = line(['target', 'measured', 'asked', '']) + '|---|--:|--:|---|\n'
    for row in filter(None, rows):
        text += line([*row[:3], MET if row[3] else MISSED])
    return text


def table(folder):
    data = {f.stem.removeprefix('figures-'): json.loads(f.read_text()) for f in folder.glob('figures-*.json')}
    trees = sorted(((name, Measured(d)) for name, d in data.items() if d.get('figures')), key=lambda t: t[1].megabytes)
    if not trees:
        return 'Nothing is measured yet.\n'
    day = max(d['date'] for d in data.values())
    text = f'`make bench` on {datetime.date.fromisoformat(day):%-d %B %Y}, {os.cpu_count()} cores; medians of interleaved '
    text += 'runs. “Ours ×”: how many times Trouvaille’s time it takes.\n'
    busy = max(m.data['load'] for _, m in trees)
    if busy > 1:
        text += f'The machine had other work (load average {busy:.1f} before it began): CPU times are to be trusted more.\n'
    for _, m in trees:
        text += '\n' + indexing(m)
    for _, m in trees:
        text += '\n' + web(m) if m.get('web hello', 'rate 1') else ''
    return text + '\n' + targets(trees, folder)
