#!/usr/bin/env python3
"""Everything from one file: `python3 dev.py demo` runs the product, `python3 dev.py test` runs what CI runs.

Standard library only, so that Python 3.11 and nothing else is enough to begin. The first call makes `.venv`
from the hash-locked requirements; later calls see the stamp and go straight to work, also without a network.
All that this file has to say goes to standard error: `python3 dev.py tieout …` prints what the program
prints, nothing else.
"""

# Generic types are quoted and nothing newer stands at the top level: an old Python, such as the 3.6 that some
# systems still call python3, must come as far as the sentence that tells it so.
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "tieout-stamp.json"
LOCKS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
OLDEST = (3, 11)

HELP = """usage: python3 dev.py COMMAND [arguments]

  demo           database, sample company, QuickBooks emulator, worker and web page, all in one
  serve          the same program on your own data
  tieout …       the program itself: arguments and exit code are passed through
  test [pytest]  everything that CI runs; with arguments, pytest alone with these arguments
  check          format, lint, types, import contracts, missing migrations, neutral locks
  bench          the measurements in benchmarks/
  soak           the long tests, which `test` leaves out
  reset [--yes]  stop the database and remove the data folder

The data folder is $TIEOUT_HOME, by default ~/.local/share/tieout (for root /var/lib/tieout).
"""


def say(message: str) -> None:
    print(f"dev.py: {message}", file=sys.stderr, flush=True)


def refuse(message: str) -> int:
    say(message)
    return 2


# --- The environment ----------------------------------------------------------------------------------------


def base_python() -> str:
    """The interpreter outside any virtual environment, so that `.venv` can be remade from inside itself.

    Python does not know its own path when it was found without a PATH to look in.
    """
    known = getattr(sys, "_base_executable", None) or sys.executable
    found = known or shutil.which("python{}.{}".format(*sys.version_info), path=os.defpath)
    return str(found or sys.exit(refuse("this Python does not know where it lies; call it by its full path")))


def python() -> str:
    return str(VENV / "bin" / "python")


def environment() -> "dict[str, str]":
    """The caller's environment with our programs first on PATH; works when that environment is empty."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH") or os.defpath])
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    return {**kept, "PATH": path, "VIRTUAL_ENV": str(VENV)}


def run(command: "list[str]", *, quiet: bool = False) -> int:
    """Run a step of the bootstrap: its output goes to standard error, or nowhere if another way follows."""
    out = subprocess.DEVNULL if quiet else sys.stderr.fileno()
    return subprocess.run(command, stdout=out, stderr=out, cwd=ROOT, env=environment(), check=False).returncode


def wanted(group: str) -> "dict[str, str]":
    """What a finished environment looks like: these inputs, for this Python, in this folder."""
    import tomllib  # not at the top: an older Python must live long enough to be told that it is too old

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    installed = json.dumps([project["project"], project["build-system"]], sort_keys=True)
    groups = ("runtime", "dev") if group == "dev" else ("runtime",)
    return {
        "folder": str(ROOT),
        "python": "{}.{}".format(*sys.version_info),
        "project": hashlib.sha256(installed.encode()).hexdigest(),
        **{name: hashlib.sha256(LOCKS[name].read_bytes()).hexdigest() for name in groups},
    }


def stamped() -> "dict[str, str]":
    try:
        found: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if Path(python()).exists() else {}


def prepare(group: str) -> None:
    """Make `.venv` hold what the lock says; `dev` holds `runtime` too. Two callers at once do it once."""
    want = wanted(group)
    if want.items() <= stamped().items():
        return
    import fcntl

    with Path(__file__).open() as lock:  # this very file is the lock: nothing to create, nothing to clean up
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not want.items() <= stamped().items():
            build(group, want)


def build(group: str, want: "dict[str, str]") -> None:
    found = stamped()
    usable = Path(python()).exists() and all(found.get(part, want[part]) == want[part] for part in ("folder", "python"))
    if not usable:
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv()
    say(f"installing what {LOCKS[group].name} locks")
    install(["--require-hashes", "--no-deps", "-r", str(LOCKS[group])])
    install(["--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    STAMP.write_text(json.dumps(want, indent=2) + "\n")


def make_venv() -> None:
    """uv if it is there; else venv; else venv without ensurepip, which some systems package apart."""
    say(f"making {VENV}")
    uv = shutil.which("uv")
    if uv and run([uv, "venv", "-q", "--python", base_python(), str(VENV)]) == 0:
        return
    if run([base_python(), "-m", "venv", "--clear", str(VENV)], quiet=True) == 0:
        return
    if run([base_python(), "-m", "venv", "--clear", "--without-pip", str(VENV)]) != 0:
        sys.exit(refuse(f"{base_python()} cannot make a virtual environment; install its venv module"))


def install(arguments: "list[str]") -> None:
    uv = shutil.which("uv")
    if uv and run([uv, "pip", "install", "-q", "--python", python(), *arguments]) == 0:
        return
    if uv:
        say("uv did not manage it (see above); trying pip")
    if run([*pip(), "install", "-qq", "--disable-pip-version-check", *arguments]) != 0:
        sys.exit(refuse("the packages could not be installed; what pip said is above"))


def pip() -> "list[str]":
    """The environment's own pip, or any other one told to work on the environment."""
    if run([python(), "-m", "pip", "--version"], quiet=True) == 0:
        return [python(), "-m", "pip"]
    if run([base_python(), "-m", "pip", "--version"], quiet=True) == 0:
        return [base_python(), "-m", "pip", "--python", python()]
    sys.exit(refuse(f"neither uv nor pip was found for {base_python()}; install one of them"))


# --- The commands -------------------------------------------------------------------------------------------


def become(command: "list[str]") -> int:
    """Turn into the program: signals and exit code then need no passing on."""
    sys.stdout.flush()
    os.execve(command[0], command, environment())


def tieout(arguments: "list[str]") -> int:
    prepare("runtime")
    return become([str(VENV / "bin" / "tieout"), *arguments])


def module(name: str, arguments: "list[str]", *, group: str) -> int:
    prepare(group)
    return become([python(), "-m", name, *arguments])


def checks() -> "dict[str, list[str]]":
    """Name and command of each check, cheapest first."""
    tool = VENV / "bin"
    return {
        "format": [str(tool / "ruff"), "format", "--check", "."],
        "lint": [str(tool / "ruff"), "check", "."],
        "imports": [str(tool / "lint-imports")],
        "types": [str(tool / "mypy")],
        "migrations": [python(), "-m", "django", "makemigrations", "--check", "--dry-run"],
    }


def check(arguments: "list[str]") -> int:
    """All checks, also after one has failed: a list of faults is worth more than the first of them."""
    if arguments:
        return refuse("check takes no arguments")
    prepare("dev")
    failed = [f"{lock.name} names an address" for lock in LOCKS.values() if "://" in lock.read_text()]
    for name, command in checks().items():
        say(f"check {name}")
        offline = {**environment(), "DJANGO_SETTINGS_MODULE": "tieout.testing.offline"}
        if subprocess.run(command, cwd=ROOT, env=offline, check=False).returncode != 0:
            failed.append(name)
    say(f"checks failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def test(arguments: "list[str]") -> int:
    if arguments:
        return module("pytest", arguments, group="dev")
    return check([]) or module("pytest", ["-n", "2"], group="dev")


COMMANDS = {
    "demo": lambda arguments: tieout(["demo", *arguments]),
    "serve": lambda arguments: tieout(["serve", *arguments]),
    "tieout": tieout,
    "test": test,
    "check": check,
    "bench": lambda arguments: module("benchmarks", arguments, group="dev"),
    "soak": lambda arguments: module("pytest", ["-m", "soak", *arguments], group="dev"),
    "reset": lambda arguments: module("tieout.database.reset", arguments, group="runtime"),
}


def main(arguments: "list[str]") -> int:
    if sys.version_info < OLDEST:
        return refuse("Python {}.{} or newer is needed; this is {}.{}".format(*OLDEST, *sys.version_info))
    if os.name != "posix":
        return refuse("Linux or macOS is needed; on Windows use WSL")
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    if arguments[0] not in COMMANDS:
        print(HELP, end="", file=sys.stderr)
        return refuse(f"there is no command {arguments[0]!r}")
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
