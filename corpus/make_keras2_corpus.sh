#!/usr/bin/env bash
# Makes corpus/keras2/: archives of Keras 2.13 and 2.15, which are TensorFlow's. Needs CPython 3.11 and room for two
# environments, which are kept in FOLDER (build/keras2 by default) and not part of any test.
#
#   corpus/make_keras2_corpus.sh [FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly folder=${1:-build/keras2}
for version in 2.13.1 2.15.1; do
  if [[ ! -e $folder/tf$version/installed ]]; then
    python3 -m venv "$folder/tf$version"
    "$folder/tf$version/bin/pip" install --quiet "tensorflow-cpu==$version"
    touch "$folder/tf$version/installed"
  fi
  "$folder/tf$version/bin/python" corpus/make_keras2_corpus.py
done
corpus/make_refusals.py
