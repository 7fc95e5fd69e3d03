# Sets up everything that ./run and ./test need; both source this file. Nothing to do is quick: each step
# looks first. Everything Python lives in .venv, at the versions and hashes of the lock files.
# Use: root=… set_up requirements.lock | requirements-test.lock

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
venv="$root/.venv"

tell() { # Vietnamese first, English by HOTICH_LANGUAGE=en
  if [ "${HOTICH_LANGUAGE:-vi}" = en ]; then printf '== %s\n' "$2" >&2; else printf '== %s\n' "$1" >&2; fi
}

stop() {
  tell "$1" "$2"
  exit 1
}

quietly() { # the output of a step is shown only when it fails
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 40 "$log" >&2
    rm -f "$log"
    return 1
  fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() { # apt packages, given as arguments
  tell "Cài gói hệ thống: $*" "Installing system packages: $*"
  command -v apt-get >/dev/null || stop \
    "Máy này không có apt-get. Hãy tự cài các gói tương đương rồi chạy lại: $*" \
    "This machine has no apt-get. Install the equivalents of these packages and run again: $*"
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null && ! { command -v sudo >/dev/null && [ -t 0 ]; }; then
    stop "Cần quyền quản trị. Hãy nhờ người quản trị chạy: apt-get install $*" \
      "This needs administrator rights. Ask the administrator to run: apt-get install $*"
  fi
  export DEBIAN_FRONTEND=noninteractive
  if [ "$(id -u)" != 0 ]; then sudo true; fi # asks for the password here, where the question is seen
  quietly as_root apt-get update -q || true # an unreachable extra source is no reason to stop
  quietly as_root apt-get install -y -q --no-install-recommends "$@" || stop \
    "Không cài được: $*. Hãy xem lý do ở trên, kiểm tra mạng, rồi chạy lại." \
    "Could not install: $*. See the reason above, check the network, and run again."
}

system_packages() {
  local missing=()
  command -v tesseract >/dev/null || missing+=(tesseract-ocr)
  tesseract --list-langs 2>/dev/null | grep -qx vie || missing+=(tesseract-ocr-vie)
  { command -v pdftoppm && command -v pdfinfo; } >/dev/null || missing+=(poppler-utils)
  if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi
}

find_python() { # the first Python that is new enough; 3.11 to 3.13 are preferred
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  stop "Cần Python 3.11 trở lên. Hãy cài gói python3.11 rồi chạy lại." \
    "Python 3.11 or later is needed. Install the package python3.11 and run again."
}

make_venv() {
  local python version
  python=$(find_python) || exit 1
  version=$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}")')
  "$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages "$version-venv"
  tell "Tạo môi trường Python (.venv) bằng $version" "Making the Python environment (.venv) with $version"
  rm -rf "$venv"
  quietly "$python" -m venv "$venv" || stop "Không tạo được .venv." "Could not make .venv."
}

stamp_of() { # what an installed lock is known by; a clone that was moved is installed anew
  { echo "$root"; cat "$root/$1" "$root/pyproject.toml"; } | sha256sum | cut -d' ' -f1
}

is_installed() {
  [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(stamp_of "$1")" ]
}

python_packages() { # the lock file to install
  local lock=$1
  is_installed "$lock" && return
  "$venv/bin/python" -c '' 2>/dev/null || make_venv
  rm -f "$venv"/.installed-*
  tell "Cài các gói Python đã khóa phiên bản ($lock); lần đầu mất vài phút" \
    "Installing the locked Python packages ($lock); minutes the first time"
  quietly "$venv/bin/python" -m pip install -q --no-deps --only-binary :all: --require-hashes -r "$root/$lock" \
    || stop "Không cài được các gói Python. Hãy kiểm tra mạng rồi chạy lại." \
      "Could not install the Python packages. Check the network and run again."
  quietly "$venv/bin/python" -m pip install -q --no-deps --no-build-isolation --editable "$root" \
    || stop "Không cài được hotich." "Could not install hotich."
  stamp_of "$lock" >"$venv/.installed-$lock"
  # The test lock holds all of the runtime lock at the same versions.
  stamp_of requirements.lock >"$venv/.installed-requirements.lock"
}

set_up() {
  system_packages
  python_packages "$1"
}
