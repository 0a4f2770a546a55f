#!/usr/bin/env bash
# The tests of `make test`, in six parts at once. Calls in real time mostly wait: whole services are shown as they go on,
# services that fail and channels beside them. What computes (scripted calls, other dialogues, the rest) runs on what they
# leave of the processors. Logs of all but the first are printed when they are over. With arguments: pytest with these,
# and nothing else.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p var
export PYTHONDONTWRITEBYTECODE= # many containers set it; some hundred processes start here, and each would compile the bot anew
tests() { .venv/bin/python -m pytest -m "not long" --durations=8 "$@"; }
if [ $# -gt 0 ]; then tests "$@"; exit; fi

declare -A running
beside() { # name, nice, what pytest gets
    local name=$1 nice=$2
    shift 2
    (renice -n "$nice" $BASHPID > /dev/null; tests -p no:cacheprovider "$@") > "var/tests-$name.log" 2>&1 &
    running[$name]=$!
}
trap 'kill "${running[@]}" 2> /dev/null' EXIT
failing="tests/whole/test_faults.py tests/whole/test_faults_around.py tests/whole/test_production.py tests/whole/test_start.py"
beside faults 0 $failing
beside channels 0 tests/channels
beside calls 10 tests/calls
beside dialogue 10 tests/content tests/dialogue
beside rest 10 tests --ignore=tests/whole --ignore=tests/channels --ignore=tests/calls --ignore=tests/content --ignore=tests/dialogue
echo "== 整个服务的实时通话（其余的测试同时在做，随后显示）"
tests tests/whole $(printf -- "--ignore=%s " $failing)
failed=$?
for name in faults channels calls dialogue rest; do
    wait "${running[$name]}" || failed=1
    echo "== $name"
    cat "var/tests-$name.log"
done
exit $failed
