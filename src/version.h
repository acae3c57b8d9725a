/* version.h - this program's. */
#ifndef VERSION_H
#define VERSION_H

#define TROUVAILLE_VERSION "0.2.0"

#endif
