"""Set everything up: .venv, the locked packages, the project, and the system libraries that Qt needs.

Runs before any package exists, with the standard library alone, and says what is wrong in one line. A second run
finds its stamp and does nothing. The Makefile has already refused a Python that is too old or too new.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
FITTING = ("3.11", "3.12", "3.13")
STAMP = VENV / "set-up.stamp"

SYSTEM_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
"""What the libraries and plugins of Qt's wheel (xcb, offscreen, SVG, TLS) link to, and the Debian package of each."""


def main() -> None:
    """Do what is not yet done, or leave with exit code 1 and one line."""
    missing = missing_libraries()
    if missing:
        install_libraries(missing)
    chosen = "--this-python" in sys.argv[1:]
    wanted = fingerprint()
    whole = STAMP.exists() and STAMP.read_text("utf-8") == wanted
    if whole and not (chosen and venv_version() != this_version()):
        return
    make_venv(any_version=not chosen)
    install_packages()
    STAMP.write_text(wanted, "utf-8")
    say("Set-up is complete.")


def fingerprint() -> str:
    """Changes with everything that decides what .venv should hold, and with the place it stands in."""
    digest = hashlib.sha256(str(VENV).encode())
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def missing_libraries() -> list[str]:
    """The names of Qt's system libraries that this machine cannot load; only Linux wheels leave any out."""
    return [name for name in SYSTEM_LIBRARIES if sys.platform == "linux" and not loads(name)]


def loads(name: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def install_libraries(missing: list[str]) -> None:
    """Install the packages of the missing libraries as root on Debian or Ubuntu, else name them and stop."""
    packages = [SYSTEM_LIBRARIES[name] for name in missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        stop(
            f"Qt needs system libraries that are missing: {', '.join(missing)}. "
            f"Install them (Debian, Ubuntu: sudo apt-get install {' '.join(packages)}) and run this again."
        )
    say(f"Installing system libraries for Qt: {' '.join(packages)}")
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # The package lists of a fresh machine are empty, those of an old one out of date.
    for command in ([*install, *packages], ["apt-get", "update", "-q"], [*install, *packages]):
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode == 0 and command[1] == "install":
            break
    if still := missing_libraries():
        say(done.stdout)
        stop(f"apt-get could not install {', '.join(SYSTEM_LIBRARIES[name] for name in still)}; its words are above.")


def make_venv(*, any_version: bool) -> None:
    """A fresh .venv of this Python, unless a working one of this (or of any fitting) version stands there."""
    version = this_version()
    if venv_version() in (FITTING if any_version else (version,)):
        return
    say(f"Making .venv with Python {version}")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(done.stdout + done.stderr)
        stop(
            f"Python {version} cannot make a virtual environment. On Debian, Ubuntu: apt install python{version}-venv."
        )


def this_version() -> str:
    """The version of the Python that runs this, as in `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def venv_version() -> str | None:
    """The Python version of a .venv whose pip works, None where there is none."""
    if not PYTHON.exists():
        return None
    code = "import pip, sys; print(f'{sys.version_info.major}.{sys.version_info.minor}')"
    asked = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None


def install_packages() -> None:
    """Install exactly the locked packages, then the project on top, editable."""
    say("Installing the locked packages (some 400 MB; a few minutes the first time)")
    pip("install", "--require-hashes", "-r", str(LOCK))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    for folder in ROOT.glob("*.egg-info"):  # a by-product of the build; .venv holds the real record
        shutil.rmtree(folder)


def pip(*arguments: str) -> None:
    """Run the environment's pip, or stop with its reason in one line."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        return
    say(done.stderr)
    signs = ("connection broken", "NewConnectionError", "Max retries exceeded", "Could not fetch URL")
    if any(sign in done.stderr for sign in signs):
        stop(
            "The package index cannot be reached. Check the network (or pip's proxy and index settings) and run again."
        )
    stop("pip could not install the packages; its words are above.")


def say(text: str) -> None:
    """Tell the person, at once and in order with what the tools say."""
    sys.stderr.write(f"{text.rstrip()}\n")
    sys.stderr.flush()


def stop(sentence: str) -> None:
    """Leave with the sentence as the last line."""
    raise SystemExit(f"set-up: {sentence}")


if __name__ == "__main__":
    main()
