#!/usr/bin/env python3
"""growth.py - how queries grow with the index: `make growth`.

    GROWTH       sizes of the index, in passages ("10000 100000 1000000")
    GROWTH_RUNS  of the 200 questions: words, phrases, prefixes and facets in both languages (5)

Times are those of src/search.h, inside one process. Writes BENCH_DIR/growth.json and the picture, tests/growth.svg."""
import json, math, os, pathlib, re, subprocess

import bench

PASSAGE_BYTES = 466  # of a generated tree, mean
KINDS = ['word', 'two_words', 'phrase', 'prefix', 'facet']
PICTURE = bench.HERE / 'tests/growth.svg'


def index(tree):
    """The number of passages. A tree never changes, an engine does: indexed again each time."""
    folder = bench.fresh(bench.BENCH / 'growth' / tree.name)
    made = subprocess.run([bench.HERE / 'trouvaille', '--index', folder, 'index', tree.root], capture_output=True, text=True)
    if made.returncode > 1:
        raise SystemExit(made.stderr)
    return folder, int(re.search(r'([\d,]+) passages', made.stdout).group(1).replace(',', ''))


def measure(wanted, questions, runs):
    tree = bench.generated(f'growth-{wanted}', wanted * PASSAGE_BYTES / 1e6)
    bench.say(f'growth: {tree.bytes / 1e6:,.1f} MB for {wanted:,} passages')
    folder, passages = index(tree)
    questions = questions or bench.Asker(tree.root, 6).draw(KINDS, bench.QUERIES)
    lines = ''.join(f'{lang}\t{bench.typed(kind, words)}\n' for lang, kind, words in questions)
    ran = subprocess.run([bench.PROGRAMS / 'measure_growth', folder, str(runs)], input=lines, text=True, check=True,
                         stdout=subprocess.PIPE)
    p50, p99 = map(float, ran.stdout.split())
    return {'passages': passages, 'p50': p50, 'p99': p99}, questions


# ---- the picture ---------------------------------------------------------------------------------


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 70, 90, 60, 60
ASKED = 25  # ms, the p99 that is asked of a million passages
LINES = [('p99', '#b3261e'), ('p50', '#1f5fa8')]


class Chart:
    """Passages to the right, milliseconds upwards, each a power of ten a step."""

    def __init__(self, points):
        times = [p[name] for p in points for name, _ in LINES]
        self.points = points
        self.x = (math.floor(math.log10(points[0]['passages']) + 0.1), math.ceil(math.log10(points[-1]['passages']) - 0.1))
        self.y = (math.floor(math.log10(min(times))), math.ceil(math.log10(max(times))))

    def across(self, passages):
        low, high = self.x
        return LEFT + (math.log10(passages) - low) / max(1, high - low) * (WIDTH - LEFT - RIGHT)

    def up(self, milliseconds):
        low, high = self.y
        return HEIGHT - BOTTOM - (math.log10(milliseconds) - low) / max(1, high - low) * (HEIGHT - TOP - BOTTOM)

    def grid(self):
        for power in range(self.y[0], self.y[1] + 1):
            y = self.up(10 ** power)
            yield f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            yield f'<text x="{LEFT - 10}" y="{y + 5:.1f}" text-anchor="end">{10 ** power:g} ms</text>'
        for power in range(self.x[0], self.x[1] + 1):
            x = self.across(10 ** power)
            yield f'<path class="grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
            yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{10 ** power:,}</text>'

    def line(self, name, colour):
        places = [(self.across(p['passages']), self.up(p[name]), p[name]) for p in self.points]
        path = 'L'.join(f'{x:.1f} {y:.1f}' for x, y, _ in places)
        yield f'<path fill="none" stroke="{colour}" stroke-width="2.5" d="M{path}"/>'
        for x, y, value in places:
            digits = f'{value:.2g}' if value < 10 else f'{value:.0f}'
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
            yield f'<text class="on" x="{x + 4:.1f}" y="{y - 11:.1f}" text-anchor="middle" fill="{colour}">{digits}</text>'
        x, y, _ = places[-1]
        yield f'<text x="{x + 14:.1f}" y="{y + 5:.1f}" font-weight="bold" fill="{colour}">{name}</text>'

    def asked(self):
        if not 10 ** self.y[0] <= ASKED <= 10 ** self.y[1]:
            return
        y = self.up(ASKED)
        yield f'<path stroke="#777" stroke-dasharray="5 4" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        yield f'<text class="on" x="{LEFT + 16}" y="{y - 7:.1f}" fill="#555">asked of p99: {ASKED} ms</text>'

    def svg(self, title):
        parts = [f'<text x="{LEFT}" y="28" font-size="16" font-weight="bold">{title}</text>', *self.grid(), *self.asked()]
        for name, colour in LINES:
            parts += self.line(name, colour)
        parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">passages in the index</text>')
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
                f'role="img" aria-label="{title}" font-family="sans-serif" font-size="13" fill="#222">\n'
                '<style>.grid { stroke: #ddd } .on { paint-order: stroke; stroke: #fff; stroke-width: 4px }</style>\n'
                f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + '\n'.join(parts) + '\n</svg>\n')


def main():
    sizes = sorted(int(n) for n in bench.chosen('GROWTH', '10000 100000 1000000'))
    points, questions = [], None  # the same questions at every size
    for wanted in sizes:
        point, questions = measure(wanted, questions, int(os.environ.get('GROWTH_RUNS') or 5))
        points.append(point)
        print(f'{point["passages"]:>10,} passages: p50 {point["p50"]:.2f} ms, p99 {point["p99"]:.2f} ms', flush=True)
    (bench.BENCH / 'growth.json').write_text(json.dumps(points))
    PICTURE.write_text(Chart(points).svg(f'Time of an answer inside the process, {bench.QUERIES} mixed queries'))


if __name__ == '__main__':
    main()
