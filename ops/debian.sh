# Sourced by setup.sh and test.sh: what they tell, and Debian's packages.

say() { printf '\n== %s\n' "$*"; }
fail() { printf '\nsetup: %s\n  remedy: %s\n' "$1" "$2" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "installing Debian packages needs root" "run as root, install sudo, or install by hand: $*"; fi
}

# Prints those of the packages named that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || echo "$package"
  done
}

# Installs the packages named; waits up to five minutes for another apt-get to end. Fails as apt-get does, with its message.
install_packages() {
  echo "installing $*"
  as_root apt-get update -qq -o DPkg::Lock::Timeout=300 || { echo "apt-get update failed: check the network and /etc/apt/sources.list" >&2; return 1; }
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >/dev/null
}
