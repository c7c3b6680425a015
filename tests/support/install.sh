#!/usr/bin/env bash
# What the tests need and no Python package brings: Chromium, for the pages. Installs it as root on Debian and its kin,
# says what is missing otherwise. Without it the browser tests skip on a person's machine; CI must have it.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core </dev/null >/dev/null
else
  echo "Missing for the browser tests: Chromium. Install it, on Debian with: sudo apt-get install chromium" >&2
  [ "${CI:-}" != true ]
fi
