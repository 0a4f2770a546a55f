#!/usr/bin/env bash
# All set-up, once: Debian packages, both Python environments, as the lock files say. Does nothing the second time.
#   setup.sh run | test        (test: also what only the tests need)
# A stamp under .setup/ holds the hash of what was installed; a changed list or lock installs again.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
mkdir -p .setup var

say() { printf '\033[1m[安装]\033[0m %s\n' "$*"; }

done_before() { # name, files…: whether the stamp still fits these files
    local name=$1; shift
    [ "$(cat ".setup/$name" 2>/dev/null)" = "$(cat "$@" | sha256sum)" ]
}
stamp() { local name=$1; shift; cat "$@" | sha256sum > ".setup/$name"; }

debian() { # list name
    local list=deploy/debian-$1.txt missing
    missing=$(while read -r p; do dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"; done < "$list" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        say "缺少系统软件包，请先执行：" >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing" >&2
        exit 1
    fi
    say "系统软件包：$missing"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > var/apt.log 2>&1 \
        || { tail -20 var/apt.log >&2; say "系统软件包安装失败，见 var/apt.log" >&2; exit 1; }
}

python=$(command -v python3.11 || command -v python3)
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 12))' \
    || { say "需要 Python 3.11（Debian 12 自带）。现在是 $("$python" --version)。" >&2; exit 1; }

progress() { # name, packages: a line every few packages, as two environments count at once
    awk -v name="$1" -v n="$2" '
        /^Collecting/ { i++; if (i % 25 == 0) print "    " name "：下载 " i "/" n; fflush() }
        /^Installing/ { print "    " name "：安装…"; fflush() }'
}

environment() { # folder, lock, pip options…
    local folder=$1 lock=$2; shift 2
    done_before "$folder" "$lock" && [ -x "$folder/bin/python" ] && return 0
    say "$folder：按 $lock 安装（第一次需要几分钟）"
    rm -rf "$folder"
    "$python" -m venv "$folder"
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_PROGRESS_BAR=off "$folder/bin/python" -m pip install --require-hashes "$@" -r "$lock" 2>&1 \
        | tee "var/pip$folder.log" | progress "$folder" "$(grep -c '==' "$lock")"
    [ "${PIPESTATUS[0]}" -eq 0 ] || { tail -20 "var/pip$folder.log" >&2; exit 1; }
    stamp "$folder" "$lock"
}

declare -a groups=()
beside() { # command: done at the same time, in a process group of its own, so that whoever interrupts us stops it too
    set -m
    "$@" < /dev/null &
    set +m
    groups+=("$!")
}
trap 'for group in "${groups[@]}"; do kill -- "-$group" 2> /dev/null || true; done' EXIT

debian run
if [ "$what" = test ] && [ "$(id -u)" -eq 0 ]; then
    beside debian test
elif [ "$what" = test ]; then
    debian test # says at once what is missing
fi
beside environment .venv deploy/locks/bot.txt
# Rasa's own metadata says Python < 3.11; with this exact lock it runs on 3.11 (tried), so one interpreter serves both.
environment .venv-rasa deploy/locks/rasa.txt --no-deps --ignore-requires-python
for group in "${groups[@]}"; do wait "$group"; done
say "就绪"
