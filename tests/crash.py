#!/usr/bin/env python3
"""crash.py TROUVAILLE FAULT.SO SCRATCH [full] - ends and fails `trouvaille index` in every way there is.

The corpus has two states, A and B; the index is of A and the run is to make it B. After each trial it must answer as A or
as B (as B when the run said it was done), and the next run must make it B and leave nothing behind. One line "name: n
trials" for each kind, and a line "WRONG ..." for each trial that was not so."""
import errno, filecmp, os, random, shutil, signal, subprocess, sys, threading, time

program, fault, scratch = sys.argv[1:4]
full = sys.argv[4:] == ['full']
seed = int(os.environ.get('SEED', '1'))
dice = random.Random(seed)
wrong = 0
corpus, place = scratch + '/corpus', scratch + '/index'
QUESTIONS = ['library', 'bibliotheque', 'desherbage', '"alpha beta"', 'pret OR loan', 'lang:fr', 'zygomatic', 'librarry']


def page(name, text):
    path = os.path.join(corpus, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)


def write_corpus(state, n=16):
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
    return subprocess.run([program, '--index', place] + args, env=dict(os.environ, **{k: str(v) for k, v in env.items()}),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def answer(question):
    got = run(['search', '--lang', 'fr', '--format', 'json', question])
    return got.stdout if got.returncode in (0, 1) else b'status %d: ' % got.returncode + got.stderr


def answers():
    return [answer(q) for q in QUESTIONS]


def complain(name, text):
    global wrong
    wrong += 1
    print('WRONG %s: %s' % (name, text))


def prepare():
    """Both indexes, and what they answer."""
    global answers_a, answers_b
    for state in 'BA':
        write_corpus(state)
        shutil.rmtree(place, ignore_errors=True)
        assert run(['index', corpus]).returncode == 0
        if state == 'A':
            answers_a = answers()
            shutil.copy(place + '/trouvaille.db', scratch + '/A.db')
        else:
            answers_b = answers()
    assert answers_a != answers_b
    write_corpus('B')


def reset():
    shutil.rmtree(place)
    os.mkdir(place)
    shutil.copy(scratch + '/A.db', place + '/trouvaille.db')


def check(name, status):
    """The index after a trial; and after the next run."""
    if os.path.exists(place + '/trouvaille.db.before'):
        os.unlink(place + '/trouvaille.db.before')
    is_a = os.path.exists(place + '/trouvaille.db') and filecmp.cmp(place + '/trouvaille.db', scratch + '/A.db', shallow=False)
    if is_a and status in (0, 1):
        complain(name, 'done, but the old index stands')
    if not is_a and answers() != answers_b:
        complain(name, 'neither the old index nor the new one')
    after = run(['index', corpus])
    left = sorted(os.listdir(place))
    if after.returncode != 0 or left != ['lock', 'trouvaille.db']:
        complain(name, 'the next run: status %d, %s %s' % (after.returncode, left, after.stderr))
    elif answers() != answers_b:
        complain(name, 'after the next run: other answers')


def count(mode):
    reset()
    file = scratch + '/count'
    assert run(['index', corpus] + mode, LD_PRELOAD=fault, FAULT_COUNT=file).returncode == 0
    return [int(n) for n in open(file).read().split()]


def trial(name, mode, **env):
    reset()
    got = run(['index', corpus] + mode, LD_PRELOAD=fault, **env)
    check('%s %s %s' % (name, mode, env), got.returncode)


def every(n, most):
    """1 to n, or `most` of them spread evenly."""
    return range(1, n + 1) if n <= most else sorted({1 + i * n // most for i in range(most)})


def faults(mode):
    calls, allocations = count(mode)
    kinds = [(e, {'FAULT_ERRNO': getattr(errno, e)}) for e in ('ENOSPC', 'EIO', 'EINTR')]
    kinds += [('kill at a call', {'FAULT_KILL': 1}), ('power, renames lost', {'FAULT_CUT': 0}), ('power, renames kept', {'FAULT_CUT': 1})]
    for name, env in kinds:
        numbers = every(calls, 100000 if full else 12)
        for n in numbers:
            trial(name, mode, FAULT_AT=n, **env)
        print('%s%s: %d trials of %d calls' % (name, ', full build' if mode else '', len(numbers), calls))
    numbers = every(allocations, allocations if full else 25)
    for n in numbers:
        trial('allocation', mode, FAULT_ALLOC=n)
    print('allocations%s: %d trials of %d' % (', full build' if mode else '', len(numbers), allocations))


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
    killed, length = 0, [0, 0]
    for i in (0, 1):
        reset()
        start = time.time()
        run(['index', corpus] + [[], ['--full']][i])
        length[i] = time.time() - start
    for i in range(n):
        mode = [[], ['--full']][i % 2]
        reset()
        p = subprocess.Popen([program, '--index', place, 'index', corpus] + mode, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, length[i % 2]))
        p.send_signal(signal.SIGKILL)
        status = p.wait()
        killed += status < 0
        check('kill %d' % i, status)
    print('kill -9 at a random moment: %d trials, %d of them before the end' % (n, killed))


def readers(n_searches, n_full, n_incremental):
    """Four processes search while one index after the other is switched in: each answer is A's or B's."""
    write_corpus('B'), run(['index', corpus])
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
        write_corpus(state)
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
        got = run(['index', corpus] + (['--full'] if whole else []))
        if got.returncode != 0 or (b'changed' in got.stdout) == whole:
            complain('switch %d' % i, '%d %s %s' % (got.returncode, got.stdout, got.stderr))
    done.set()
    for t in threads:
        t.join()
    print('readers: %d searches by 4 processes during %d full builds and %d incremental ones' % (answered[0], n_full, n_incremental))


os.environ['LC_ALL'] = 'C.UTF-8'
prepare()
for mode in ([], ['--full']):
    faults(mode)
for question in QUESTIONS:
    searching(question, 100000 if full else 6)
kills(1000 if full else 20)
readers(1000, 50 if full else 10, 200 if full else 40)
print('seed %d, %d wrong' % (seed, wrong))
sys.exit(wrong > 0)
