#!/usr/bin/env python3
"""crash.py TROUVAILLE FAULT.SO SCRATCH [full] - ends and fails `trouvaille index` in every way there is.

The corpus has two states, A and B; the index is of A and the run is to make it B. After each trial it must answer as A or
as B (as B when the run said it was done), a run that failed must have said why in one line, and that the new index stands if it
does; and the next run must make it B and leave nothing behind. One line "name: n trials" for each kind, and a line "WRONG ..." for each trial that was not so.
CRASH_KINDS=a,b for some kinds of runs only (see KINDS); CRASH_PARTS=faults,allocations,reads,pages,over,searches,kills,readers."""
import collections, errno, os, random, re, shutil, signal, subprocess, sys, threading, time

program, fault, scratch = sys.argv[1:4]
full = sys.argv[4:] == ['full']
seed = int(os.environ.get('SEED', '1'))
dice = random.Random(seed)
wrong = 0
corpus, place = scratch + '/corpus', scratch + '/index'

# a run: what stands behind `index`; is the index before it in two shards; groups of pages; trials of each sort in
# short; in full, does each allocation fail; opens to read that fail in short
Kind = collections.namedtuple('Kind', 'name mode shards pages short each reads')
KINDS = [Kind('incremental', [], False, 16, 10, True, 100), Kind('full', ['--full'], False, 16, 10, True, 100),
         Kind('to shards', ['--shards', '2'], False, 16, 3, True, 6), Kind('shards', ['--shards', '2'], True, 16, 6, False, 100),
         Kind('from shards', [], True, 16, 3, False, 3), Kind('two scribes', ['--full'], False, 70, 4, False, 3)]
# where a kind shares most of its code with the others, the first FIRST allocations fail, then each THEN-th
FIRST, THEN = 1000, 10
GAVE_UP, LOST, NEW = b'a library gave up', b'not all that was written could be read again', b'the index is up to date, but '
QUESTIONS = ['library', 'bibliotheque', 'desherbage', '"alpha beta"', 'pret OR loan', 'lang:fr', 'zygomatic', 'librarry']


def page(name, text):
    path = os.path.join(corpus, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)


def write_corpus(state, n):
    """State B has another text in one page, one page more and one less."""
    shutil.rmtree(corpus, ignore_errors=True)
    for i in range(n):
        page('en/p%d.md' % i, '# Page %d\n\nThe library lends books: loan, weeding, alpha beta.\n\n## More\n\nRoom %d.\n' % (i, i))
        page('fr/p%d.md' % i, '# Page %d\n\nLa bibliothèque prête des livres : prêt, désherbage.\n\n## Plus\n\nSalle %d.\n' % (i, i))
    page('lexique.tsv', 'weeding\tdésherbage\n')
    if state == 'B':
        page('en/p0.md', '# Page 0\n\nA zygomatic library.\n')
        page('en/new.md', '# New\n\nalpha beta gamma\n')
        os.unlink(corpus + '/fr/p3.md')


def run(args, **env):
    """One that has not ended after so long never will: an exception, which ends all."""
    return subprocess.run([program, '--index', place] + args, env=dict(os.environ, **{k: str(v) for k, v in env.items()}),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)


def answer(question):
    got = run(['search', '--lang', 'fr', '--format', 'json', question])
    return got.stdout if got.returncode in (0, 1) else b'status %d: ' % got.returncode + got.stderr


def answers():
    return [answer(q) for q in QUESTIONS]


def complain(name, text):
    global wrong
    wrong += 1
    print('WRONG %s: %s' % (name, text))


def content(folder):
    """Of the index in a folder: the list and its parts, or the one file."""
    files = {}
    try:
        files['trouvaille.db'] = open(folder + '/trouvaille.db', 'rb').read()
        for name in re.findall(rb'auto (trouvaille[.].*)', files['trouvaille.db'][:1000]):
            files[name] = open(os.fsencode(folder) + b'/' + name, 'rb').read()
    except OSError:
        files['missing'] = b''
    return files


def prepare(kind):
    """Both indexes, and what they answer."""
    global now, answers_a, answers_b, content_a, outcomes
    now, outcomes = kind, collections.Counter()
    for state in 'BA':
        write_corpus(state, kind.pages)
        shutil.rmtree(place, ignore_errors=True)
        assert run(['index', corpus] + (['--shards', '2'] if kind.shards else [])).returncode == 0
        if state == 'A':
            answers_a, content_a = answers(), content(place)
            shutil.rmtree(scratch + '/A', ignore_errors=True)
            shutil.copytree(place, scratch + '/A')
            os.unlink(scratch + '/A/lock')
        else:
            answers_b = answers()
    assert answers_a != answers_b
    write_corpus('B', kind.pages)


def reset():
    shutil.rmtree(place)
    shutil.copytree(scratch + '/A', place)


def again():
    """The mode of the run that comes after."""
    return [word for word in now.mode if word != '--full']


def leavings():
    """What is in the folder that should not be: the generation before may."""
    left = set(os.listdir(place)) - {'lock', 'trouvaille.db'} - {os.fsdecode(name) for name in content(place)}
    return left - set(os.listdir(scratch + '/A'))


def check_pages(name, status, said):
    """The same where pages could not be read: what is left out is named, and is there after the next run."""
    outcomes[status] += 1
    is_a = content(place) == content_a
    if status == 0 and answers() != answers_b or status in (0, 1) and is_a or status == 2 and not is_a or status not in (0, 1, 2):
        complain(name, 'status %d, and the %s index' % (status, 'old' if is_a else 'new'))
    if status != 0 and os.strerror(errno.EIO).encode() not in said:
        complain(name, 'said: %s' % said)
    after = run(['index', corpus] + again())
    if after.returncode != 0 or answers() != answers_b:
        complain(name, 'after the next run: status %d, %s' % (after.returncode, after.stderr))


def check(name, status, said=b'', cause=b'', cut=False):
    """The index after a trial; and after the next run. cut: the power went after the end, of which it could know nothing."""
    outcomes[status] += 1
    if os.path.exists(place + '/trouvaille.db.before'):
        os.unlink(place + '/trouvaille.db.before')
    is_a = content(place) == content_a
    if is_a and status in (0, 1):
        complain(name, 'done, but the old index stands')
    if not is_a and answers() != answers_b:
        complain(name, 'neither the old index nor the new one')
    why = [line for line in said.splitlines() if line.startswith(b'trouvaille: ') and b'built anew from all files' not in line]
    if status == 2 and (len(why) != 1 or cause not in why[0] and GAVE_UP not in why[0] and LOST not in why[0]):
        complain(name, 'failed, and said: %s' % said)
    elif status == 2 and not cut and (NEW in why[0]) == is_a:
        complain(name, '%s index stands, but it said: %s' % ('the old' if is_a else 'the new', said))
    if status < 0 and status != -signal.SIGKILL:
        complain(name, 'ended by signal %d' % -status)
    if status == 2 and GAVE_UP in b''.join(why):
        outcomes['by a library'] += 1
    if is_a and set(os.listdir(place)) - {'lock'} == set(os.listdir(scratch + '/A')):
        return  # byte for byte what it was before: the next run is any run
    after = run(['index', corpus] + again())
    if after.returncode != 0 or leavings():
        complain(name, 'the next run: status %d, %s %s' % (after.returncode, sorted(os.listdir(place)), after.stderr))
    elif answers() != answers_b:
        complain(name, 'after the next run: other answers')


def told():
    """How the runs ended since it was asked last."""
    def name(status):
        return status if isinstance(status, str) else 'exit %d' % status if status >= 0 else signal.Signals(-status).name
    names = ['%d %s' % (n, name(status)) for status, n in sorted(outcomes.items(), key=str)]
    outcomes.clear()
    return ', '.join(names)


def count(**env):
    reset()
    file = scratch + '/count'
    assert run(['index', corpus] + now.mode, LD_PRELOAD=fault, FAULT_COUNT=file, **env).returncode == 0
    return [int(n) for n in open(file).read().split()]


def trial(name, **env):
    reset()
    got = run(['index', corpus] + now.mode, LD_PRELOAD=fault, **env)
    cause = os.strerror(env['FAULT_ERRNO']) if 'FAULT_ERRNO' in env else ''
    check('%s, %s %s' % (now.name, name, env), got.returncode, got.stderr, cause.encode(), 'FAULT_CUT' in env)


def every(n, most):
    """1 to n, or `most` of them spread evenly."""
    return range(1, n + 1) if n <= most else sorted({1 + i * n // most for i in range(most)})


def first_then(n):
    return [i for i in range(1, n + 1) if now.each or i <= FIRST or (i - FIRST) % THEN == 0]


def faults():
    calls, _ = count()
    kinds = [(e, {'FAULT_ERRNO': getattr(errno, e)}) for e in ('ENOSPC', 'EIO', 'EINTR')]
    kinds += [('kill at a call', {'FAULT_KILL': 1}), ('power, renames lost', {'FAULT_CUT': 0}), ('power, renames kept', {'FAULT_CUT': 1})]
    for name, env in kinds:
        numbers = every(calls, 100000 if full else now.short)
        for n in numbers:
            trial(name, FAULT_AT=n, **env)
        print('%s, %s: %d trials of %d calls (%s)' % (now.name, name, len(numbers), calls, told()))


def starving():
    _, allocations = count()
    numbers = first_then(allocations) if full else every(allocations, 2 * now.short)
    for n in numbers:
        trial('allocation', FAULT_ALLOC=n)
    rule = ', each of the first %d and then each %dth' % (FIRST, THEN) if full and not now.each else ''
    print('%s, allocations: %d trials of %d%s (%s)' % (now.name, len(numbers), allocations, rule, told()))


def reads():
    """What of the index, and of what becomes one, cannot be opened again."""
    calls, _ = count(FAULT_READS=place)
    for name in ('ENFILE', 'EIO') if full else ('ENFILE',):
        numbers = every(calls, 100000 if full else now.reads)
        for n in numbers:
            trial('open to read', FAULT_READS=place, FAULT_AT=n, FAULT_ERRNO=getattr(errno, name))
        print('%s, opens to read, %s: %d trials of %d calls (%s)' % (now.name, name, len(numbers), calls, told()))


def pages():
    """What of the corpus cannot be opened, or looked at."""
    calls, _ = count(FAULT_READS=corpus)
    numbers = every(calls, 100000 if full else now.short)
    for n in numbers:
        reset()
        env = {'FAULT_READS': corpus, 'FAULT_AT': n, 'FAULT_ERRNO': errno.EIO}
        got = run(['index', corpus] + now.mode, LD_PRELOAD=fault, **env)
        check_pages('%s, page %s' % (now.name, env), got.returncode, got.stderr)
    print('%s, pages, EIO: %d trials of %d calls (%s)' % (now.name, len(numbers), calls, told()))


def over():
    """The power goes when the run has said that it is done."""
    for kept in (0, 1):
        trial('power after the end', FAULT_AT=-1, FAULT_CUT=kept)
    print('%s, power after the end: 2 trials (%s)' % (now.name, told()))
    file = scratch + '/names'
    count(FAULT_NAMES=file)
    syncs = [n for n, name in enumerate(open(file).read().split(), 1) if 'sync' in name]
    numbers = every(len(syncs), 100000 if full else now.short)
    for n in (syncs[i - 1] for i in numbers):
        trial('a failed sync, power after the end', FAULT_AT=n, FAULT_ERRNO=errno.EIO, FAULT_CUT=0)
    print('%s, a failed sync, then power after the end: %d trials of %d (%s)' % (now.name, len(numbers), len(syncs), told()))


def searching(question, most):
    """A search without memory gives its answer or says why not: never less than the answer, never a crash."""
    file = scratch + '/count'
    right = answer(question)
    args = ['search', '--lang', 'fr', '--format', 'json', question]
    run(args, LD_PRELOAD=fault, FAULT_COUNT=file)
    allocations = int(open(file).read().split()[1])
    numbers, ended = every(allocations, most), 0
    for n in numbers:
        got = run(args, LD_PRELOAD=fault, FAULT_ALLOC=n)
        if got.returncode == -signal.SIGSEGV and question[0] == '"':
            ended += 1  # Xapian 1.4.22 matching a phrase
            continue
        said = got.returncode == 2 and got.stderr and not got.stdout
        if not said and (got.returncode not in (0, 1) or got.stdout != right):
            complain('search', '%s, allocation %d: %d %s %s' % (question, n, got.returncode, got.stdout[:200], got.stderr))
    print('allocations of a search, %s: %d trials of %d%s' % (question, len(numbers), allocations, ', %d ended by Xapian' % ended if ended else ''))


def kills(n):
    """Moments within the time that such a run takes, measured before."""
    reset()
    start = time.time()
    run(['index', corpus] + now.mode)
    length = time.time() - start
    for i in range(n):
        reset()
        p = subprocess.Popen([program, '--index', place, 'index', corpus] + now.mode, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, length))
        p.send_signal(signal.SIGKILL)
        check('%s, kill %d' % (now.name, i), p.wait())
    print('%s, kill -9 at a random moment: %d trials (%s)' % (now.name, n, told()))


def readers(n_searches, n_full, n_incremental):
    """Four processes search while one index after the other is switched in: each answer is A's or B's."""
    write_corpus('B', now.pages), run(['index', corpus] + now.mode)
    right = [{a, b} for a, b in zip(answers_a, answers_b)]
    done, answered, lock = threading.Event(), [0], threading.Lock()

    def search(thread):
        while not done.is_set() or answered[0] < n_searches:
            k = (answered[0] + thread) % len(QUESTIONS)
            got = answer(QUESTIONS[k])
            with lock:
                answered[0] += 1
                if got not in right[k]:
                    complain('reader', '%s: %s' % (QUESTIONS[k], got[:300]))

    def edit(state):
        """As write_corpus does, file by file and by rename, as editors do."""
        old = corpus
        globals()['corpus'] = scratch + '/other'
        write_corpus(state, now.pages)
        globals()['corpus'] = old
        os.rename(old, scratch + '/gone')
        os.rename(scratch + '/other', old)
        shutil.rmtree(scratch + '/gone')

    threads = [threading.Thread(target=search, args=(t,)) for t in range(4)]
    for t in threads:
        t.start()
    for i in range(n_full + n_incremental):
        whole = i * n_full // (n_full + n_incremental) != (i + 1) * n_full // (n_full + n_incremental)
        edit('AB'[i % 2])
        got = run(['index', corpus] + now.mode + (['--full'] if whole else []))
        if got.returncode != 0 or (b'changed' in got.stdout) == (whole or now.shards):
            complain('switch %d' % i, '%d %s %s' % (got.returncode, got.stdout, got.stderr))
    done.set()
    for t in threads:
        t.join()
    print('%s, readers: %d searches by 4 processes during %d full builds and %d others' % (now.name, answered[0], n_full, n_incremental))


os.environ['LC_ALL'] = 'C.UTF-8'
kinds = os.environ.get('CRASH_KINDS', ','.join(kind.name for kind in KINDS)).split(',')
parts = os.environ.get('CRASH_PARTS', 'faults,allocations,reads,pages,over,searches,kills,readers').split(',')
start = time.time()
for kind in KINDS:
    if kind.name not in kinds:
        continue
    prepare(kind)
    if 'faults' in parts:
        faults()
    if 'allocations' in parts:
        starving()
    if 'reads' in parts:
        reads()
    if 'pages' in parts and kind.name in ('incremental', 'full'):
        pages()
    if 'over' in parts:
        over()
    if 'searches' in parts and kind.name in ('full', 'shards'):
        for question in QUESTIONS if kind.name == 'full' else ['bibliotheque', '"alpha beta"']:
            searching(question, 100000 if full else 4)
    if 'kills' in parts and kind.name not in ('from shards', 'two scribes'):
        kills(250 if full else kind.short)
    if 'readers' in parts and kind.name in ('incremental', 'shards'):
        readers(1000 if kind.name == 'incremental' else 200, 50 if full else 8, 200 if full and not kind.shards else 20)
    sys.stdout.flush()
print('seed %d, %d wrong, %d s' % (seed, wrong, time.time() - start))
sys.exit(wrong > 0)
