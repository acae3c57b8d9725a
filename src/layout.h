/* layout.h - what a path tells by the layouts that bilingual sites have: the language of a page,
 * and what it shares with its translations.
 *
 *     en/x.md            fr/x.md, fr-CA/x.md  a folder, at any depth (also Hugo's content/en)
 *     x.md or x.en.md    x.fr.md              a suffix (Hugo, MkDocs static-i18n)
 *     docs/x.md          docs/fr/x.md         a folder for all languages but the default one
 *     docs/x.md          i18n/fr/docusaurus-plugin-content-docs/current/x.md    (Docusaurus)
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "language.h"
#include "text.h"

/* The language that the path tells, or NULL. Appends what translations of the page have in common:
 * the path without the folder or suffix that tells the language, and for a translation of
 * Docusaurus the path of its original. */
const struct language *layout_read(const char *path, struct buf *key);

/* The language that stands as a suffix of the file's name, unless a folder says another: NULL when
 * none does. *cut: the suffix with the dot behind it ("fr." of "page.fr.md"). */
const struct language *layout_suffix(const char *path, struct span *cut);

/* Does a pattern of --lang-of cover the path: a folder or file, or a glob (POSIX's fnmatch; * and ?
 * also match a slash)? When the pattern is a folder, appends to key the path without that folder's
 * own name (of docs/anglais only the anglais); nothing otherwise. So a folder with a star behind it
 * covers the same pages as the folder, and leaves its name in what pairs them. */
bool layout_matches(const char *pattern, const char *path, struct buf *key);

#endif
