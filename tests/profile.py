#!/usr/bin/env python3
"""profile.py - where the time of an index run, of a query's process and of its search goes: `make profile`.

    PROFILE_MB   the tree: as one of BENCH_MB (real)

By samples of perf with their call stacks. Each counts for the innermost of our modules on its stack, for the library in
which the processor was, and for the call into Xapian that it came by. Without perf callgrind counts instructions."""
import bisect, collections, os, re, shutil, subprocess, sys

import bench

SCRATCH = bench.BENCH / 'profile'
OURS = {p.name: p for p in (bench.HERE / 'trouvaille', bench.PROGRAMS / 'measure_growth')}
ROWS, RATE = 12, 499


class Symbols:
    """Address -> source file, by the symbols of one of our programs: names of static functions are not unique."""

    def __init__(self, program):
        listing = subprocess.run(['nm', '-n', '-l', '--defined-only', program], capture_output=True, text=True).stdout
        self.starts, self.modules = [], []
        for line in listing.splitlines():
            code = re.match(r'([0-9a-f]+) [tTwWiuV] ', line)
            ours = re.search(r'\t.*?(?:\.\./)*((?:src|shim|tests)/\w+)\.\w+:\d+$', line)
            if code:  # what is of a library that is linked in counts for who called it
                self.starts.append(int(code.group(1), 16))
                self.modules.append(ours and ours.group(1))

    def module(self, address):
        at = bisect.bisect_right(self.starts, address) - 1
        return self.modules[at] if at >= 0 else None


def stacks(data):
    """Of each sample the frames, innermost first: address, symbol, file."""
    text = subprocess.run(['perf', 'script', '-i', data, '-F', 'ip,sym,dso', '--no-inline'], capture_output=True, text=True)
    for sample in re.split(r'\n\s*\n', text.stdout):
        frames = re.findall(r'^\s*([0-9a-f]+) (.+) \((.+)\)$', sample, re.M)
        if frames:
            yield [(int(address, 16), symbol, file.rsplit('/', 1)[-1]) for address, symbol, file in frames]


def library(file):
    if file.startswith('['):
        return 'kernel'
    return re.sub(r'(-x86-64|\d)*\.so.*', '', file)


class Profile:
    def __init__(self):
        self.symbols = {name: Symbols(path) for name, path in OURS.items()}
        self.samples = 0
        self.by_library, self.by_module, self.itself, self.by_call = (collections.Counter() for _ in range(4))

    def add(self, frames):
        self.samples += 1
        self.by_library[library(frames[0][2])] += 1
        modules = [file in OURS and self.symbols[file].module(address) for address, _, file in frames]
        at = next((i for i, module in enumerate(modules) if module), None)
        if at is None:
            started = any(file in OURS for _, _, file in frames)
            self.by_module['(libraries linked in)' if started else '(starting and ending the process)'] += 1
            return
        module, function = modules[at], frames[at][1]
        self.by_module[module] += 1
        self.itself[module] += at == 0
        if at and frames[at - 1][2].startswith('libxapian'):
            name = re.sub(r'[(@\[].*', '', frames[at - 1][1]).removeprefix('Xapian::')
            self.by_call[name or f'(one without a name, from {function})'] += 1

    def percent(self, n):
        return f'{100 * n / max(1, self.samples):.1f} %'

    def table(self, title):
        text = f'\n{title} ({self.samples:,} samples)\n\n| in whose service | time | of it in its own code |\n|---|--:|--:|\n'
        for module, n in self.by_module.most_common(ROWS):
            text += f'| {module} | {self.percent(n)} | {self.percent(self.itself[module])} |\n'
        text += '\n| where the processor was | time |\n|---|--:|\n'
        for name, n in self.by_library.most_common(ROWS):
            text += f'| {name} | {self.percent(n)} |\n'
        text += '\n| call into Xapian | time |\n|---|--:|\n'
        for name, n in self.by_call.most_common(ROWS):
            text += f'| {name} | {self.percent(n)} |\n'
        return text


def profile(title, command, lines=''):
    data = SCRATCH / 'perf.data'
    record = ['perf', 'record', '-q', '-e', 'cpu-clock', '-F', str(RATE), '--call-graph', 'dwarf,16384', '-o', data]
    subprocess.run([*record, '--', *command], input=lines, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    p = Profile()
    for frames in stacks(data):
        p.add(frames)
    data.unlink()
    return p.table(title)


def count_instructions(title, command):
    """The same question without perf, ever so slowly: functions by the instructions they took."""
    data = SCRATCH / 'callgrind.out'
    subprocess.run(['valgrind', '-q', '--tool=callgrind', f'--callgrind-out-file={data}', *command], check=False,
                   stdout=subprocess.DEVNULL)
    listing = subprocess.run(['callgrind_annotate', data], capture_output=True, text=True).stdout
    return f'\n{title}\n\n' + '\n'.join(listing.splitlines()[:60]) + '\n'


def perf_works():
    if not shutil.which('perf'):
        return False
    tried = subprocess.run(['perf', 'record', '-q', '-e', 'cpu-clock', '-o', SCRATCH / 'perf.data', 'true'], capture_output=True)
    return tried.returncode == 0


def tree():
    os.environ['BENCH_MB'] = os.environ.get('PROFILE_MB') or 'real'
    return next(iter(bench.trees()))


def main():
    bench.fresh(SCRATCH)
    site, ours = tree(), bench.Trouvaille()
    ours.prepare(SCRATCH / 'index', site.root)
    if not perf_works():
        print(count_instructions('An index run', ours.full(bench.HERE / 'corpus')))
        print(count_instructions('A query', ours.ask('en', 'words', 'complaint')))
        return
    questions = bench.Asker(site.root, 6).draw(['word', 'two_words', 'phrase', 'prefix'], bench.QUERIES)
    commands = ''.join('\t'.join(map(str, ours.ask(*q))) + '\n' for q in questions)
    lines = ''.join(f'{lang}\t{bench.typed(kind, words)}\n' for lang, kind, words in questions)
    print(f'{site.files:,} files, {site.bytes / 1e6:,.1f} MB')
    print(profile('An index run', ours.full(site.root)))
    print(profile(f'{len(questions)} queries, a process each', [bench.PROGRAMS / 'bench_run'], commands))
    print(profile(f'{len(questions)} queries, ten times, inside one process',
                  [bench.PROGRAMS / 'measure_growth', SCRATCH / 'index', '9'], lines))


if __name__ == '__main__':
    sys.exit(main())
