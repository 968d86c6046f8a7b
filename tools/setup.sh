# Sourced by tools/quickstart and tools/test: puts what the build needs on a Debian machine, and builds the release.
# Both call it from the root of the repository.

say() { printf '%s\n' "$*" >&2; }

# Installs the packages of tools/packages.txt that are missing. Asks for root once, and only when there is something to do.
install_packages() {
  local missing=() package as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "This is no Debian machine: nothing is installed; tools/packages.txt lists what the build needs"
    return 0
  fi
  while read -r package; do
    [[ -z $package || $package == \#* ]] && continue
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) == installed ]] || missing+=("$package")
  done < tools/packages.txt
  ((${#missing[@]})) || return 0

  say "Installing: ${missing[*]}"
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      say "Root is needed for that and sudo is not here. As root: apt-get install ${missing[*]}"
      return 2
    fi
    as_root=(sudo)
  fi
  # The lists are fetched only where they do not know a package.
  if ! apt-cache show "${missing[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -q >&2
  fi
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2; then
    # Lists that are old name versions that the archive no longer has.
    "${as_root[@]}" apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
  fi
}

# build_release TARGET...: configures and builds build/release with as many jobs as cores and memory allow.
build_release() {
  local cores memory_gb jobs
  cores=$(nproc)
  memory_gb=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  jobs=$((memory_gb < cores ? (memory_gb > 0 ? memory_gb : 1) : cores))  # a compiler takes up to a gigabyte
  cmake --preset release >&2
  cmake --build --preset release -j "$jobs" --target "$@" >&2
}
