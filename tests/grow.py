#!/usr/bin/env python3
"""grow.py SITES FOLDER MEGABYTES [SEED] - a bilingual corpus of any size, recombined from real ones.

SITES is ../shared/corpora. A page is a title and two to five sections, each drawn from any page of vue, or a page of tldr;
three in four pages have a translation, made of the translations of the same sections. The same seed gives the same bytes.
Five hundred pages a folder, in en/ and fr/, about 2.6 kB each."""
import os, random, re, sys

sites, folder, megabytes = sys.argv[1], sys.argv[2], float(sys.argv[3])
dice = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
AREAS = [('Collections', 'Collections'), ('Public service', 'Services au public'), ('Management', 'Gestion'), ('Technology', 'Technologie')]


def sections(path):
    """The text from each heading of level 2 or 3 to the next; no heading within a fence."""
    found, fence = [], False
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.lstrip().startswith(('```', '~~~')):
                fence = not fence
            if not fence and re.match(r'##?#? ', line):
                found.append([])
            if found:
                found[-1].append(line)
    return [re.sub(r' *\{#[^}]*\}', '', ''.join(s)).rstrip() + '\n' for s in found]


def pieces():
    """Sections in English and French; French is None where there is no translation."""
    for site in ('vue', 'tldr'):
        for at, folders, names in sorted(os.walk(os.path.join(sites, site, 'en'))):
            for name in sorted(n for n in names if n.endswith('.md')):
                english = os.path.join(at, name)
                french = english.replace('/en/', '/fr/', 1)
                one = sections(english)
                other = sections(french) if os.path.exists(french) else []
                for i, text in enumerate(one):
                    yield text, other[i] if len(other) == len(one) else None


def body(text):
    """A section without its heading's mark."""
    return re.sub(r'^#+ ', '## ', text, count=1)


all_pieces = list(pieces())
paired = [p for p in all_pieces if p[1]]
written = number = 0
while written < megabytes * 1e6:
    translated = dice.random() < 0.75
    choice = [dice.choice(paired if translated else all_pieces) for _ in range(dice.choice((2, 2, 3, 3, 4, 5)))]
    area, date = dice.choice(AREAS), '20%02d-%02d-%02d' % (dice.randint(10, 25), dice.randint(1, 12), dice.randint(1, 28))
    for side, language in enumerate(('en', 'fr') if translated else ('en',)):
        title = re.sub(r'^#+ *', '', choice[0][side].split('\n', 1)[0]).replace('"', "'").replace('\\', '')
        text = '---\ntitle: "%s %d"\narea: %s\ndate: %s\n---\n\n# %s %d\n\n' % (title, number, area[side], date, title, number)
        text += '\n'.join(body(p[side]) for p in choice)
        path = os.path.join(folder, language, '%03d' % (number // 500))
        if number % 500 == 0 or not os.path.isdir(path):
            os.makedirs(path, exist_ok=True)
        data = text.encode()
        with open(os.path.join(path, 'p%06d.md' % number), 'wb') as file:
            file.write(data)
        written += len(data)
    number += 1
print('%d pages, %.1f MB' % (number, written / 1e6))
