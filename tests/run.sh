#!/usr/bin/env bash
# The tests of `make test`, in two halves at once. Calls in real time mostly wait; what computes runs beside them on what
# they leave of the processors, and is printed when they are over. With arguments: pytest with these, and nothing else.
set -uo pipefail
cd "$(dirname "$0")/.."
tests() { .venv/bin/python -m pytest -m "not long" "$@"; }
if [ $# -gt 0 ]; then tests "$@"; exit; fi

(renice -n 15 $BASHPID > /dev/null; tests -p no:cacheprovider --ignore=tests/whole --ignore=tests/channels tests) > var/computing.log 2>&1 &
computing=$!
trap 'kill $computing 2> /dev/null' EXIT
echo "== 实时的通话（其余的测试同时在做，随后显示）"
tests tests/whole tests/channels
calls=$?
wait $computing
computed=$?
echo "== 其余的测试"
cat var/computing.log
exit $((calls || computed))
