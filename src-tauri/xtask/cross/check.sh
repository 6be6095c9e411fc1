#!/usr/bin/env bash
# Type-checks, lints or tests this workspace for other systems from a Debian machine.
#
#   check.sh check|clippy|wine TARGET… -- [cargo arguments]
#
# The machine's own compiler has no other target's standard library, and none can be fetched as an archive. Debian's security
# archive carries, for its browsers, a compiler together with its own library sources: it is unpacked beside the system, and
# from those sources the library of each target is compiled once and laid where rustup would lay it. After that plain
# `cargo check --target` works. C goes through mingw (Windows) and zig (macOS); what needs Apple's own headers becomes an empty
# object, which is right for a check and wrong for a link.
#
# Ends with 0 where all is well, 1 where our code does not compile, 75 where the tools cannot be had.
set -uo pipefail

readonly ZIG=0.17.1
readonly NO_TOOLS=75
readonly CACHE=${CARRYON_CROSS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/carryon-cross}
readonly COMPILER=$CACHE/compiler/usr
readonly BIN=$CACHE/bin
readonly PACKAGES=(rustc-web cargo-web rust-web-clippy rust-web-src)

unavailable() {
  echo "$1" >&2
  exit "$NO_TOOLS"
}

# The compiler and its library's sources, unpacked beside the system: nothing shadows the machine's own, and no root is needed.
fetch_compiler() {
  [ -x "$COMPILER/bin/rustc" ] && return
  local wanted package
  mkdir -p "$CACHE/packages" "$CACHE/compiler"
  wanted=$(apt-get -s install --no-install-recommends "${PACKAGES[@]}" 2>/dev/null | awk '/^Inst/ { print $2 }')
  [[ $wanted == *rustc-web* ]] || unavailable "Debian's rustc-web cannot be had here (moved, or installed already)"
  # shellcheck disable=SC2086 # a list of names
  (cd "$CACHE/packages" && apt-get -qq download $wanted) || unavailable "the packages of the compiler cannot be downloaded: $wanted"
  for package in "$CACHE"/packages/*.deb; do
    case $package in
      *rust-web-src*)
        dpkg --fsys-tarfile "$package" |
          tar -x -C "$CACHE/compiler" --wildcards './usr/src/rustc-*/library' './usr/lib/rustlib/src' || unavailable "$package cannot be unpacked"
        ;;
      *) dpkg -x "$package" "$CACHE/compiler" || unavailable "$package cannot be unpacked" ;;
    esac
  done
}

# Each program finds its own libraries, and only those.
wrap_compiler() {
  local program
  mkdir -p "$BIN"
  for program in rustc rustdoc cargo cargo-clippy clippy-driver; do
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec %s "$@"\n' \
      "$COMPILER/lib/x86_64-linux-gnu" "$COMPILER/bin/$program" >"$BIN/$program"
    chmod +x "$BIN/$program"
  done
  export PATH=$BIN:$PATH RUSTC=$BIN/rustc RUSTDOC=$BIN/rustdoc CARGO=$BIN/cargo
  # Never shared with the machine's own compiler, which would build everything anew each time.
  export CARGO_TARGET_DIR=${CARRYON_CROSS_TARGET:-$CACHE/target}
  unset RUSTUP_TOOLCHAIN
}

# The standard library of a target, compiled once.
build_library() {
  local target=$1 lay=$COMPILER/lib/rustlib/$1/lib scratch=$CACHE/library
  [ -e "$lay/.done" ] && return
  mkdir -p "$scratch/src"
  : >"$scratch/src/lib.rs"
  printf '[package]\nname = "library"\nversion = "0.0.0"\nedition = "2021"\n[profile.dev]\nopt-level = 0\ndebug = 0\nincremental = false\n[workspace]\n' \
    >"$scratch/Cargo.toml"
  (
    cd "$scratch" && unset RUSTFLAGS &&
      CARGO_TARGET_DIR=$scratch/target RUSTC_BOOTSTRAP=1 \
        "$BIN/cargo" build -q -Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro --target "$target"
  ) || unavailable "the standard library for $target cannot be compiled"
  mkdir -p "$lay"
  cp "$scratch/target/$target/debug/deps/"*.rlib "$lay/"
  rm -rf "$lay"/liblibrary*.rlib "$scratch/target"
  touch "$lay/.done"
}

# zig as a C compiler for macOS. Objective-C needs Apple's headers: such a source becomes an empty object.
prepare_macos() {
  local machine
  if [ ! -e "$CACHE/zig/ziglang/zig" ]; then
    pip install -q --no-deps --target "$CACHE/zig" "ziglang==$ZIG" || unavailable "zig $ZIG cannot be had from PyPI"
  fi
  chmod +x "$CACHE/zig/ziglang/zig"
  cat >"$BIN/zig-cc" <<'WRAPPER'
#!/bin/bash
kept=() skip=
for each in "$@"; do
  if [ -n "$skip" ]; then skip=; continue; fi
  case $each in
    --target=* | -mmacosx-version-min=* | -mmacos-version-min=* | -fobjc-arc | -fmodules) ;;
    -arch | -isysroot) skip=1 ;;
    *.m | *.mm) kept+=(-x c /dev/null) ;;
    *) kept+=("$each") ;;
  esac
done
exec "$ZIG_PROGRAM" cc -target "$ZIG_TARGET" "${kept[@]}"
WRAPPER
  printf '#!/bin/sh\nexec "$ZIG_PROGRAM" ar "$@"\n' >"$BIN/zig-ar"
  for machine in aarch64 x86_64; do
    printf '#!/bin/sh\nZIG_TARGET=%s-macos exec %s/zig-cc "$@"\n' "$machine" "$BIN" >"$BIN/zig-cc-$machine"
    export "CC_${machine}_apple_darwin=$BIN/zig-cc-$machine" "AR_${machine}_apple_darwin=$BIN/zig-ar"
  done
  chmod +x "$BIN"/zig-*
  export ZIG_PROGRAM=$CACHE/zig/ziglang/zig ZIG_GLOBAL_CACHE_DIR=$CACHE/zig-cache
}

# A check never links: C is left out altogether, by a compiler that writes empty files.
prepare_msvc() {
  cat >"$BIN/clang-cl" <<'WRAPPER'
#!/bin/bash
empty() { mkdir -p "$(dirname "$1")" && : >"$1"; }
before=
for each in "$@"; do
  case $before in -o | [-/][fF]o) empty "$each" ;; esac
  case $each in [-/][fF]o?*) empty "${each:3}" ;; [-/][oO][uU][tT]:*) empty "${each:5}" ;; esac
  before=$each
done
case " $* " in *" -E "* | *" /E "* | *" -EP "*) echo clang ;; esac
WRAPPER
  chmod +x "$BIN/clang-cl"
  ln -sf clang-cl "$BIN/llvm-lib"
  ln -sf clang-cl "$BIN/llvm-rc"
  export CC_x86_64_pc_windows_msvc=$BIN/clang-cl CXX_x86_64_pc_windows_msvc=$BIN/clang-cl AR_x86_64_pc_windows_msvc=$BIN/llvm-lib
}

# A Windows for the tests. Debian 12's Wine lacks the library that Rust's hash maps take their seed from.
prepare_wine() {
  command -v wine >/dev/null || unavailable "wine is not installed"
  export WINEPREFIX=$CACHE/wine WINEARCH=win64 WINEDEBUG=-all
  export WINEPATH="Z:${CARGO_TARGET_DIR//\//\\}\\x86_64-pc-windows-gnu\\debug"
  export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=wine CARGO_PROFILE_TEST_DEBUG=0
  [ -d "$WINEPREFIX" ] || wineboot -i 2>/dev/null
  local library=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
  [ -e "$library" ] && return
  cat >"$CACHE/seed.c" <<'SOURCE'
#include <windows.h>
BOOLEAN WINAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T left) {
  while (left) {
    ULONG some = left > 65536 ? 65536 : (ULONG)left;
    if (!SystemFunction036(to, some)) return FALSE;
    to += some;
    left -= some;
  }
  return TRUE;
}
SOURCE
  x86_64-w64-mingw32-gcc -shared -O2 -s -o "$library" "$CACHE/seed.c" -ladvapi32 || unavailable "the seed library cannot be compiled"
}

prepare() {
  local target
  fetch_compiler
  wrap_compiler
  for target in "$@"; do build_library "$target"; done
  [[ $* == *apple* ]] && prepare_macos
  [[ $* == *msvc* ]] && prepare_msvc
  if [[ $* == *windows-gnu* ]]; then
    command -v x86_64-w64-mingw32-gcc >/dev/null || unavailable "mingw is not installed (g++-mingw-w64-x86-64)"
  fi
}

main() {
  local mode=$1 targets=() target broken=0
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    targets+=("$1")
    shift
  done
  [ $# -gt 0 ] && shift
  prepare "${targets[@]}"
  [ "$mode" = wine ] && prepare_wine
  for target in "${targets[@]}"; do
    echo "── $mode for $target ($("$BIN/rustc" --version))"
    case $mode in
      check) "$BIN/cargo" check --locked --target "$target" "$@" || broken=1 ;;
      clippy) "$BIN/cargo-clippy" clippy --locked --target "$target" "$@" -- -D warnings || broken=1 ;;
      wine) "$BIN/cargo" test --locked --target "$target" "$@" || broken=1 ;;
    esac
  done
  exit $broken
}

main "$@"
