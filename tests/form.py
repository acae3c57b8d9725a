#!/usr/bin/env python3
"""usage: form.py [--set NAME=VALUE | --tick TITLE | --untick TITLE]... --press BUTTON   <PAGE
       form.py --link TEXT   <PAGE

What a browser does with a page: prints the query string that its form sends when BUTTON (its text, or a part of it)
is pressed, with the fields set and the boxes ticked of which the name holds TITLE; or the address of the link TEXT.
A box's name is what its aria-labelledby points to, as for who hears the page.
"""
import html.parser
import sys
import urllib.parse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.texts, self.fields, self.links, self.boxes = [], {}, [], [], []

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        inside = any(e[0] == "form" for e in self.open)
        if tag == "input" and inside:
            self.fields.append(a)
        if tag not in VOID:
            self.open.append((tag, a, [], inside))

    def handle_data(self, data):
        for element in self.open:
            element[2].append(data)

    def handle_endtag(self, tag):
        if not any(e[0] == tag for e in self.open):
            return
        while True:
            name, a, text, inside = self.open.pop()
            text = " ".join("".join(text).split())
            if "id" in a:
                self.texts[a["id"]] = text
            if name == "a":
                self.links.append((text, a.get("href")))
            if name == "button" and inside:
                self.fields.append(dict(a, type="button", text=text))
            if name == tag:
                return

    def name_of(self, field):
        return " ".join(self.texts.get(i, "?" + i) for i in field.get("aria-labelledby", "").split())


def send(page, sets, ticks, press):
    pairs = []
    for title, want in ticks:
        boxes = [f for f in page.fields if f.get("type") == "checkbox" and title in page.name_of(f)]
        if len(boxes) != 1:
            sys.exit(f"form.py: {len(boxes)} boxes are named «{title}»")
        boxes[0].pop("checked", None)
        if want:
            boxes[0]["checked"] = ""
    buttons = [f for f in page.fields if f["type"] == "button" and press in f["text"]]
    if len(buttons) != 1:
        sys.exit(f"form.py: {len(buttons)} buttons «{press}»")
    for f in page.fields:
        kind = f.get("type", "text")
        if not f.get("name") or kind == "checkbox" and "checked" not in f or kind == "button" and f is not buttons[0]:
            continue
        pairs.append((f["name"], sets.get(f["name"], f.get("value", "")) if kind != "hidden" else f.get("value", "")))
    return urllib.parse.urlencode(pairs)


def main():
    page, sets, ticks, press, arguments = Page(), {}, [], None, sys.argv[1:]
    page.feed(sys.stdin.read())
    page.close()
    for option, value in zip(arguments[::2], arguments[1::2]):
        if option == "--set":
            name, _, sets[name] = value.partition("=")[0], None, value.partition("=")[2]
        elif option in ("--tick", "--untick"):
            ticks.append((value, option == "--tick"))
        elif option == "--press":
            press = value
        elif option == "--link":
            found = {href for text, href in page.links if text == value}
            if len(found) != 1:
                sys.exit(f"form.py: {len(found)} links «{value}»")
            return print(found.pop())
    print(send(page, sets, ticks, press))


if __name__ == "__main__":
    main()
