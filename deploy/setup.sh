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

uv=.setup/uv/bin/uv # installs in a third of pip's time
export UV_HTTP_TIMEOUT=180 PYC_INVALIDATION_MODE=TIMESTAMP PIP_DISABLE_PIP_VERSION_CHECK=1

as_pip_is_told() { # a mirror or certificate that pip was told of counts for uv, too
    local index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2> /dev/null || true)}
    [ -z "$index" ] || export UV_DEFAULT_INDEX=$index
    [ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE=$PIP_CERT
}

installer() {
    done_before installer deploy/locks/uv.txt && [ -x "$uv" ] && return 0
    rm -rf .setup/uv
    "$python" -m venv .setup/uv
    .setup/uv/bin/python -m pip install -q --require-hashes -r deploy/locks/uv.txt \
        || { say "安装工具 uv 装不上：请检查网络，或给 pip 设置镜像（pip config set global.index-url …）" >&2; exit 1; }
    stamp installer deploy/locks/uv.txt
}

environment() { # folder, lock, options…
    local folder=$1 lock=$2; shift 2
    done_before "$folder" "$lock" && [ -x "$folder/bin/python" ] && return 0
    say "$folder：按 $lock 安装（第一次需要一两分钟）"
    as_pip_is_told
    rm -rf "$folder"
    "$python" -m venv "$folder"
    "$uv" pip install --python "$folder/bin/python" --require-hashes --compile-bytecode --cache-dir .setup/uv-cache "$@" -r "$lock" 2>&1 \
        | tee "var/install$folder.log" | progress "$folder" \
        || { tail -20 "var/install$folder.log" >&2; say "$folder 安装失败，见 var/install$folder.log。再执行一次会接着下载。" >&2; exit 1; }
    stamp "$folder" "$lock"
}

progress() { # name of the environment: two install at once
    sed -u -n -E "s/^ *Downloading (.*)/    $1：下载 \1/p; s/^ *Prepared ([0-9]+).*/    $1：\1 个包，安装…/p; s/^ *Bytecode.*/    $1：编译完成/p"
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
installer
beside environment .venv deploy/locks/bot.txt
# Some packages' own metadata says otherwise (Rasa: Python < 3.11); with this exact lock it runs (tried), so --no-deps.
environment .venv-rasa deploy/locks/rasa.txt --no-deps
for group in "${groups[@]}"; do wait "$group"; done
rm -rf .setup/uv-cache
say "就绪"
