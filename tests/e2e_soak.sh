#!/bin/bash
# The short form of `make soak`: too short for memory to settle.
SOAK_REQUESTS=2000 SOAK_REBUILDS=4 SOAK_MEMORY=0 exec "$(dirname "$0")/soak.sh"
