#!/bin/bash
# The short form of `make soak`.
SOAK_REQUESTS=2000 SOAK_REBUILDS=4 exec "$(dirname "$0")/soak.sh"
