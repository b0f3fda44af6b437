#!/usr/bin/env bash
# A compiler launcher: what the compiler says goes to the terminal and into OBJECT.warnings.
set -uo pipefail

object=
for ((i = 1; i < $#; i++)); do
  if [[ ${!i} == -o ]]; then
    next=$((i + 1))
    object=${!next}
  fi
done

if [[ -z $object ]]; then exec "$@"; fi
"$@" 2> >(tee "$object.warnings" >&2)
status=$?
wait
exit "$status"
