#!/usr/bin/env python3
"""usage: browser.py URL AXE.js            checks the search page below URL in headless Chromium
       browser.py --pictures DIR URL    takes pictures of it, for people to look at
       browser.py --readme DIR URL      takes the two that README.md shows

By WebDriver (W3C) and chromedriver's door to the DevTools protocol, with Python's own library only. AXE.js is
axe-core's axe.min.js. The last line is `N passed, N failed`.
"""
import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# name, query string; {l} is the language. Kinds of page that WCAG must hold for.
PAGES = [
    ("home", "lang={l}"),
    ("hits", "q=weeding+elagage&lang={l}"),
    ("reasons", "q=weeding+elagage&lang={l}&explain=1"),
    ("paging", "q=shelf+OR+rayon&lang={l}&page=2"),
    ("two groups", "q=bookmobile+OR+bibliobus&lang={l}"),
    ("by area", "q=shelf+OR+rayon&lang={l}&area=Collections"),
    ("corrected", "q=bokmobile&lang={l}"),
    ("none", "q=zzyzx+qwxz&lang={l}"),
    ("none in an area", "q=zzyzx&lang={l}&area=Services"),
    ("error", "q=a&page=x&lang={l}"),
    ("no such page", "doc=nowhere.md&lang={l}"),
    ("tips", "format=tips&lang={l}"),
    ("chosen", "q=shelf+OR+rayon&lang={l}&id={ids}"),
    ("profile", "format=profile&q=shelf&lang={l}&id={ids}-0123456789abcdef"),
    ("profile in one language", "format=profile&show=fr&lang={l}&id={ids}-0123456789abcdef"),
    ("profile of nothing", "format=profile&lang={l}"),
    ("document", "doc={l}/weeding.md&lang={l}&q=weeding#deep"),
]
MODES = [
    ("light", {"prefers-color-scheme": "light"}),
    ("dark", {"prefers-color-scheme": "dark"}),
    ("contrast", {"prefers-color-scheme": "light", "prefers-contrast": "more"}),
    ("forced colours", {"prefers-color-scheme": "dark", "forced-colors": "active"}),
]
TAB, ENTER = "\ue004", "\ue007"


class Browser:
    """A session of chromedriver; all that is started here is stopped here."""

    def __init__(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.process = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        arguments = ["--headless=new", "--disable-gpu", "--no-first-run", "--window-size=1280,900"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        options = {"args": arguments}
        for _ in range(100):
            try:
                self.call("GET", "/status")
                break
            except OSError:
                time.sleep(0.1)
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = ""
        self.session = "/session/" + self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"},
                                         method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def post(self, path, **body):
        return self.call("POST", self.session + path, body)

    def devtools(self, command, **parameters):
        return self.post("/goog/cdp/execute", cmd=command, params=parameters)

    def go(self, url):
        self.post("/url", url=url)

    def run(self, script, *arguments):
        return self.post("/execute/sync", script=script, args=list(arguments))

    def run_async(self, script, *arguments):
        return self.post("/execute/async", script=script, args=list(arguments))

    def media(self, medium="", **features):
        self.devtools("Emulation.setEmulatedMedia", media=medium,
                      features=[{"name": n.replace("_", "-"), "value": v} for n, v in features.items()])

    def width(self, pixels):
        self.devtools("Emulation.setDeviceMetricsOverride", width=pixels, height=900, deviceScaleFactor=1, mobile=False)

    def press(self, keys):
        steps = [step for key in keys for step in ({"type": "keyDown", "value": key}, {"type": "keyUp", "value": key})]
        self.post("/actions", actions=[{"type": "key", "id": "keyboard", "actions": steps}])

    def log(self):
        return [entry["message"] for entry in self.post("/se/log", type="browser")]

    def stop(self):
        try:
            if self.session:
                self.call("DELETE", self.session)
        except OSError:
            pass
        self.process.terminate()
        self.process.wait()


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, wrong):
        """wrong: what is, as a list or text; empty when all is well."""
        if wrong:
            self.failed += 1
            print(f"not ok: {name}")
            for line in wrong if isinstance(wrong, list) else [wrong]:
                print(f"  {line}")
        else:
            self.passed += 1


def axe(browser):
    found = browser.run_async("""
        const done = arguments[arguments.length - 1];
        axe.run(document, {runOnly: {type: "tag", values: arguments[0]}, resultTypes: ["violations", "incomplete"]})
           .then(r => done(r), e => done({error: String(e)}));""", TAGS)
    if "error" in found:
        return [found["error"]]
    open_questions = [r for r in found["incomplete"] if r["id"] == "color-contrast"]
    return [f"{rule['id']}: {rule['help']}: {node['target']} {node.get('failureSummary', '')!r}"
            for rule in found["violations"] + open_questions for node in rule["nodes"]]


# Ids of passages that are chosen: of the deep pages, of one in English alone, and of one in French alone.
def find_ids(url):
    ids = []
    for q in ("title:weeding", "title:deep", "bookmobile", "bibliobus"):
        with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode({'q': q, 'lang': 'en', 'format': 'json'})}") as answer:
            ids += [hit["id"] for hit in json.load(answer)["hits"]]
    return "-".join(dict.fromkeys(ids))


# Elements that say in which language their words are: the nearest lang above must be the one given.
LANGUAGES = """
const wrong = [];
for (const e of document.querySelectorAll("h3 a, .crumb, li > p[lang], .meta a, .profile h2, .source, .absent, .tools")) {
    const near = e.closest("[lang]");
    if (!near || near === document.documentElement) wrong.push("no lang of its own: " + e.textContent);
    else if (e.hasAttribute("hreflang") && !near.lang.startsWith(e.getAttribute("hreflang").slice(0, 2)))
        wrong.push("lang is not hreflang: " + e.textContent);
}
return wrong;"""

# WCAG 2.5.8: 24 by 24 pixels, or in a sentence, or so far from others that circles of 24 do not touch.
TARGETS = """
const boxes = [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")].map(e => [e, e.getBoundingClientRect()])
    .filter(([e, b]) => b.width && b.right > 0);
const inSentence = e => getComputedStyle(e).display === "inline" && e.closest("p, li, h3") && true;
return boxes.filter(([e, b]) => (b.height < 24 || b.width < 24) && !inSentence(e)).map(([e, b]) =>
    e.textContent + " " + b.width + "x" + b.height);"""

# However narrow a source is, if not narrower than its words, the comma after its link stays with it.
COMMAS = """
const wrong = new Set();
for (const a of document.querySelectorAll(".source a")) {
    const comma = document.createRange();
    if (!a.nextSibling || !/^[,.]/.test(a.nextSibling.data)) continue;
    comma.setStart(a.nextSibling, 0);
    comma.setEnd(a.nextSibling, 1);
    for (let width = 100; width < 400; width++) {
        a.parentElement.style.width = width + "px";
        if (comma.getBoundingClientRect().top >= [...a.getClientRects()].pop().bottom) wrong.add("alone on a line, after " + a.textContent);
    }
    a.parentElement.style.width = "";
}
return [...wrong];"""

REQUESTS = """
return performance.getEntriesByType("resource").map(r => r.name).filter(n => !n.startsWith(location.origin + "/"))
    .concat([...document.scripts].map(s => "a script: " + s.src));"""

FOCUS = """
const e = document.activeElement;
if (e === document.body) return null;
const s = getComputedStyle(e), b = e.getBoundingClientRect();
window.seen = window.seen || [];
const order = [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), [tabindex='0']")].indexOf(e);
return {order, text: (e.textContent || e.name).trim(), outlined: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
        shown: b.width > 0 && b.left >= 0 && b.right <= innerWidth + 1};"""


def check_page(browser, checks, url, source, ids):
    for name, query in PAGES:
        for language in ("en", "fr"):
            for mode, features in MODES:
                browser.media(**{k.replace("-", "_"): v for k, v in features.items()})
                browser.go(f"{url}?{query.format(l=language, ids=ids)}")
                browser.run(source + "\nwindow.axe = axe;")
                checks.check(f"axe: {name}, {language}, {mode}", axe(browser))
            browser.media()
            page = f"{name}, {language}"
            checks.check(f"languages: {page}", browser.run(LANGUAGES))
            checks.check(f"requests: {page}", browser.run(REQUESTS))
            checks.check(f"title: {page}", "" if browser.run("return document.title") else "none")
            browser.width(320)
            wide = browser.run("return document.scrollingElement.scrollWidth")
            checks.check(f"320 pixels: {page}", f"{wide} wide" if wide > 320 else "")
            checks.check(f"targets: {page}", browser.run(TARGETS))
            checks.check(f"commas: {page}", browser.run(COMMAS))
            browser.devtools("Emulation.clearDeviceMetricsOverride")
    # a refused page is a line in the console, and so is a missing icon of the site's
    log = [line for line in browser.log() if "favicon" not in line and "the server responded with a status of 4" not in line]
    checks.check("console", log)


def check_keyboard(browser, checks, url, ids):
    for name, query in PAGES:
        browser.go(f"{url}?{query.format(l='fr', ids=ids)}".split("#")[0])
        stops, wrong = [], []
        for _ in range(100):
            browser.press(TAB)
            stop = browser.run(FOCUS)
            if stop is None or (stops and stop["order"] == 0):
                break
            stops.append(stop)
            if not stop["outlined"]:
                wrong.append(f"focus is not to be seen: {stop['text']}")
            if not stop["shown"]:
                wrong.append(f"focus is off the screen: {stop['text']}")
        orders = [stop["order"] for stop in stops]
        if orders != list(range(len(orders))):
            wrong.append(f"order {orders}")
        count = browser.run("""return document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), [tabindex='0']").length""")
        if len(orders) != count:
            wrong.append(f"{len(orders)} of {count} are reached")
        if stops and not stops[0]["text"].startswith("Aller"):
            wrong.append(f"first is {stops[0]['text']}")
        checks.check(f"keyboard: {name}", wrong)
    browser.go(f"{url}?q=shelf&lang=en")
    browser.press(TAB + ENTER)
    checks.check("skip link", "" if browser.run("return location.hash") == "#results" else "does not skip")
    browser.press(TAB)
    inside = browser.run("return document.activeElement.closest('#results') !== null")
    checks.check("skip link: next stop", "" if inside else "is not in the results")
    browser.go(f"{url}?lang=en")
    for _ in range(10):
        browser.press(TAB)
        if browser.run("return document.activeElement.name") == "q":
            break
    browser.press("weeding" + ENTER)
    for _ in range(50):
        if "q=weeding" in browser.run("return location.search"):
            break
        time.sleep(0.1)
    checks.check("a question by keys alone", "" if browser.run("return document.title").startswith("2 results") else
                 browser.run("return document.title"))


# Space ticks, Enter presses, and what is heard of a box is its label and the title of its result.
def check_choosing(browser, checks, url):
    for language, label, button in (("en", "Choose", "Profile"), ("fr", "Choisir", "Profil")):
        browser.go(f"{url}?q=shelf+OR+rayon&lang={language}")
        boxes = [list(e.values())[0] for e in browser.post("/elements", using="css selector", value="input[type=checkbox]")]
        titles = browser.run("return [...document.querySelectorAll('h3')].map(e => e.textContent)")
        names = [browser.call("GET", f"{browser.session}/element/{box}/computedlabel") for box in boxes]
        checks.check(f"names of boxes, {language}", [] if names == [f"{label} {t}" for t in titles] and names else [str(names)])
        ids = browser.run("return [...document.querySelectorAll('input[type=checkbox]')].map(e => e.value)")
        for key, wanted in ((" ", "tick3"), (ENTER, None)):
            for _ in range(100):
                browser.press(TAB)
                at = browser.run("const e = document.activeElement; return [e.id, e.textContent]")
                if at[0] == wanted or not wanted and at[1] == button:
                    break
            browser.press(key)
        for _ in range(50):
            if "format=profile" in browser.run("return location.search"):
                break
            time.sleep(0.1)
        checks.check(f"chosen by keys alone, {language}", [] if f"id={ids[2]}&" in browser.run("return location.search + '&'") and
                     browser.run("return document.querySelectorAll('.sides > tbody > tr').length") == 1 else
                     [browser.run("return location.search")])
        browser.run("history.back()")


PRINTED_PROFILE = """
const wrong = [...document.querySelectorAll("form, .ways, .tools, .back, .top, .skip")].filter(e => e.offsetParent !== null)
    .filter(e => e.getBoundingClientRect().height > 0).map(e => "printed: " + (e.className || e.tagName));
const style = s => getComputedStyle(document.querySelector(s));
if (style(".profile h2").breakAfter !== "avoid" || style(".profile h2").breakInside !== "avoid") wrong.push("a heading may part from its text");
if (style(".sides > tbody > tr").display !== "table-row") wrong.push("not side by side");
if (style(".sides > tbody > tr").breakInside !== "avoid") wrong.push("a passage may be parted");
return wrong;"""

PRINTED = """
const hidden = [...document.querySelectorAll(".box, .top, .pages, .areas, .sort, .help, .tick, .choosing")].filter(e => e.offsetParent !== null)
    .map(e => "printed: " + (e.className || e.tagName));
const ink = e => getComputedStyle(e).color;
if (!document.querySelector("ol li h3").offsetParent) hidden.push("no results");
if (getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)") hidden.push("a dark sheet");
if (ink(document.body) !== "rgb(0, 0, 0)") hidden.push("ink " + ink(document.body));
return hidden;"""


def check_print(browser, checks, url, ids):
    browser.media("print", prefers_color_scheme="dark")
    browser.go(f"{url}?q=shelf+OR+rayon&lang=fr")
    checks.check("print", browser.run(PRINTED))
    browser.go(f"{url}?format=profile&lang=fr&q=shelf&id={ids}")
    checks.check("print: profile", browser.run(PRINTED_PROFILE))
    browser.media()


# of our own corpus
PICTURES = [
    ("home", "lang={l}"),
    ("results", "q=clientele+OR+complaint&lang={l}"),
    ("none", "q=zzyzx+qwxz&lang={l}"),
    ("tips", "format=tips&lang={l}"),
    ("page-en", "doc=en/management-leadership/customer-service-champion.md&q=complaint&lang=en"
     "#applies-effective-techniques-to-address-difficult-situations-with-users"),
    ("page-fr", "doc=fr/gestion-leadership/champion-du-service-a-la-clientele.md&q=plainte&lang=fr"
     "#applique-des-techniques-efficaces-pour-faire-face-aux-situations-difficiles-avec-les-usagers"),
]


def take_picture(browser, folder, name):
    with open(os.path.join(folder, name + ".png"), "wb") as f:
        f.write(base64.b64decode(browser.call("GET", browser.session + "/screenshot")))


def take_readme_pictures(folder, url):
    browser = Browser()
    try:
        browser.media(prefers_color_scheme="light")
        browser.devtools("Emulation.setDeviceMetricsOverride", width=780, height=620, deviceScaleFactor=1, mobile=False)
        browser.devtools("Emulation.setScrollbarsHidden", hidden=True)
        for name, query in (("en", "q=complaint&lang=en"), ("fr", "q=clientele&lang=fr")):
            browser.go(f"{url}?{query}")
            take_picture(browser, folder, name)
    finally:
        browser.stop()


def take_pictures(folder, url):
    browser = Browser()
    try:
        for width in (320, 1280):
            for scheme in ("light", "dark"):
                browser.media(prefers_color_scheme=scheme)
                browser.width(width)
                for name, query in PICTURES:
                    for language in ("en", "fr") if "{l}" in query else ("",):
                        browser.go(f"{url}?{query.format(l=language)}")
                        kind = "-".join(part for part in (name, language, str(width), scheme) if part)
                        take_picture(browser, folder, kind)
    finally:
        browser.stop()


def main():
    if sys.argv[1] == "--pictures":
        return take_pictures(*sys.argv[2:])
    if sys.argv[1] == "--readme":
        return take_readme_pictures(*sys.argv[2:])
    url, source = sys.argv[1], open(sys.argv[2], encoding="utf-8").read()
    browser, checks = Browser(), Checks()
    try:
        ids = find_ids(url)
        check_page(browser, checks, url, source, ids)
        check_keyboard(browser, checks, url, ids)
        check_choosing(browser, checks, url)
        check_print(browser, checks, url, ids)
    finally:
        browser.stop()
    print(f"{checks.passed} passed, {checks.failed} failed")
    return checks.failed > 0


if __name__ == "__main__":
    sys.exit(main())
