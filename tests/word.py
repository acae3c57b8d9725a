#!/usr/bin/env python3
"""usage: word.py PAGE.html PAGE.odt

Is what a word processor made of a page the page? Headings with their levels and languages, lists with their depth,
tables with their cells, and every word, in order. The last line is `N passed, N failed`.
"""
import html.parser
import sys
import xml.etree.ElementTree as xml
import zipfile

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"


class Html(html.parser.HTMLParser):
    """The outline of a page: what OdtFile has too."""

    def __init__(self, text):
        super().__init__()
        self.open, self.headings, self.items, self.cells, self.words = [], [], [], [], []
        self.paragraphs = {}
        self.feed(text)

    def language(self):
        return next((e[1] for e in reversed(self.open) if e[1]), "")[:2]

    def handle_starttag(self, tag, attributes):
        if tag in ("br", "td", "th", "li", "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"):
            self.words.append(" ")
        if tag in VOID:
            return
        self.open.append((tag, dict(attributes).get("lang", "")))
        lists = [e for e in self.open if e[0] in ("ul", "ol")]
        if tag == "li":
            self.items.append(len(lists))
        if tag in ("td", "th"):
            self.cells.append(sum(e[0] == "table" for e in self.open))
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self.headings.append([int(tag[1]), self.language(), ""])

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)  # <br />

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        self.words.append(" " if tag not in ("a", "em", "strong", "code", "span", "time", "b", "i") else "")

    def handle_data(self, data):
        if any(e[0] in ("style", "title", "head") for e in self.open):
            return
        self.words.append(data)
        if any(e[0] == "h%d" % self.headings[-1][0] for e in self.open) if self.headings else False:
            self.headings[-1][2] += data
        for word in data.split():
            self.paragraphs.setdefault(self.language(), set()).add(word)


class OdtFile:
    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            self.content = xml.fromstring(archive.read("content.xml"))
            styles = xml.fromstring(archive.read("styles.xml"))
        self.styles = {s.get(STYLE + "name"): s for tree in (styles, self.content) for s in tree.iter(STYLE + "style")}
        default = next(s for s in styles.iter(STYLE + "default-style") if s.get(STYLE + "family") == "paragraph")
        self.default = default.find(STYLE + "text-properties").get(FO + "language")
        self.headings, self.items, self.cells, self.words, self.paragraphs = [], [], [], [], {}
        self.walk(next(self.content.iter("{urn:oasis:names:tc:opendocument:xmlns:office:1.0}text")), 0, 0, "")

    def language_of(self, name, inherited):
        while name in self.styles:
            style = self.styles[name]
            properties = style.find(STYLE + "text-properties")
            if properties is not None and properties.get(FO + "language"):
                return properties.get(FO + "language")
            name = style.get(STYLE + "parent-style-name")
        return inherited

    def put(self, text, language):
        self.words.append(text or "")
        for word in (text or "").split():
            self.paragraphs.setdefault(language, set()).add(word)

    def walk(self, e, lists, tables, language):
        if e.tag in (TEXT + "p", TEXT + "h", TEXT + "span", TEXT + "a"):
            language = self.language_of(e.get(TEXT + "style-name"), language or self.default)
        if e.tag in (TEXT + "p", TEXT + "h", TEXT + "line-break", TEXT + "tab", TEXT + "s"):
            self.words.append(" ")
        if e.tag == TEXT + "h":
            first = next((self.language_of(s.get(TEXT + "style-name"), language) for s in e.iter(TEXT + "span")), language)
            self.headings.append([int(e.get(TEXT + "outline-level")), first, "".join(e.itertext())])
        lists += e.tag == TEXT + "list"
        if e.tag == TEXT + "list-item":
            self.items.append(lists)
        tables += e.tag == TABLE + "table"
        if e.tag == TABLE + "table-cell":
            self.cells.append(tables)
        self.put(e.text, language)
        for child in e:
            self.walk(child, lists, tables, language)
            self.put(child.tail, language)
        if e.tag in (TEXT + "p", TEXT + "h"):
            self.words.append(" ")


def words(parts):
    return "".join(parts).split()


def main():
    page, made = Html(open(sys.argv[1], encoding="utf-8").read()), OdtFile(sys.argv[2])
    failed = passed = 0
    headings = [[[level, language, " ".join(text.split())] for level, language, text in x.headings] for x in (page, made)]
    for name, expected, got in (("headings", *headings), ("list items, by depth", page.items, made.items),
                                ("cells, by depth of their table", page.cells, made.cells),
                                ("words", words(page.words), words(made.words))):
        if expected == got and (expected or not name.startswith(("head", "words"))):
            passed += 1
            continue
        failed += 1
        at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), min(len(expected), len(got)))
        print(f"not ok: {name}: {len(expected)} and {len(got)}, from {at}:\n  expected: {expected[at:at + 8]}\n  got:      {got[at:at + 8]}")
    for language in ("en", "fr"):
        away = page.paragraphs.get(language, set()) - made.paragraphs.get(language, set())
        failed, passed = failed + bool(away), passed + (not away)
        if away:
            print(f"not ok: words that are no longer {language}: {sorted(away)[:10]}")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
