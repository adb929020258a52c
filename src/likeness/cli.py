"""The command line. Progress and errors go to stderr, results to stdout; with --json stdout is exactly one JSON document."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import Abort, Exit, TyperException

import likeness
from likeness.errors import LikenessError, NoUsableSource, missing

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Make a professional headshot from your own photos, and prove by measurement that it still looks like you.",
)

MANY = 12  # results: their report is a sheet

Photos = Annotated[
    list[Path], typer.Argument(metavar="PHOTO|FOLDER...", help="Photos, or folders of photos.", show_default=False, readable=False)
]
ForOutcome = Annotated[str, typer.Option("--for", metavar="OUTCOME", help="The one use it is for: see `likeness outcomes`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
LibraryFolder = Annotated[
    Path | None,
    typer.Option(
        "--library",
        envvar="LIKENESS_LIBRARY",
        help="Where originals and versions are kept; else in your data folder.",
        show_default=False,
    ),
]
FaceNumber = Annotated[int | None, typer.Option("--face", min=1, help="Which face, the most prominent first.", show_default=False)]
LimitMp = Annotated[float, typer.Option("--limit-mp", min=0.01, help="Refuse photos of more megapixels.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="STEP.PARAM=VALUE", help="Set a parameter: see `likeness steps`.", show_default=False),
]


def _show_version(asked: bool) -> None:
    if asked:
        print(f"likeness {likeness.__version__}")
        raise Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What stands before a command."""


@app.command()
def make(
    photos: Photos,
    outcome: ForOutcome,
    out: Annotated[Path, typer.Option(help="Where the headshot and its report go.")] = Path("headshot"),
    versions: Annotated[int, typer.Option(min=1, max=12, help="How many versions to make.")] = 3,
    backdrop: Annotated[
        str | None,
        typer.Option(
            metavar="keep|blur|NAME|#RRGGBB|IMAGE",
            help="The background to make; drawn ones: see `likeness steps background`.",
            show_default=False,
        ),
    ] = None,
    settings: Settings = None,
    face: FaceNumber = None,
    library: LibraryFolder = None,
    limit_mp: LimitMp = 250.0,
    as_json: AsJson = False,
) -> None:
    """Make a headshot: pick the best photo, make versions, audit each, keep the most believable."""
    from likeness import console, results, studio
    from likeness.report import write_make_report

    with console.progress(quiet=as_json) as progress:
        try:
            headshot = studio.make(
                photos,
                outcome=outcome,
                out=out,
                versions=versions,
                backdrop=backdrop,
                settings=studio.parse_settings(settings or []),
                face=face,
                library=library,
                limit_mp=limit_mp,
                progress=progress,
            )
        except NoUsableSource as error:
            _tell(results.nothing_made(outcome, error), as_json, console.advice)
            raise Exit(_fail(error)) from error
        progress("writing the report", 1.0)
        headshot = write_make_report(headshot, out / "report.html")
    _tell(headshot.as_json(), as_json, console.headshot)
    raise Exit(0 if headshot.kept else 1)


@app.command()
def rank(
    photos: Photos,
    outcome: Annotated[str | None, typer.Option("--for", metavar="OUTCOME", help="The use it is for.", show_default=False)] = None,
    face: FaceNumber = None,
    limit_mp: LimitMp = 250.0,
    as_json: AsJson = False,
) -> None:
    """Rank photos as sources for a headshot, and say why."""
    from likeness import console, studio

    with console.progress(quiet=as_json) as progress:
        ranking = studio.rank(photos, outcome=outcome, face=face, limit_mp=limit_mp, progress=progress)
    _tell(ranking.as_json(), as_json, console.ranking)
    if ranking.best is None:
        raise Exit(_fail(ranking.no_source()))


@app.command()
def audit(
    source: Annotated[
        Path, typer.Argument(help="The photo that the result was made from, or another of the person, or a folder of them.")
    ],
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULT|FOLDER...", help="Headshots, from likeness or from any other tool, or folders of them."),
    ],
    sources: Annotated[
        list[Path] | None, typer.Option("--source", help="Another photo of the person, or a folder of them.", show_default=False)
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a report.", show_default=False)] = None,
    limit_mp: LimitMp = 250.0,
    as_json: AsJson = False,
) -> None:
    """Audit headshots against the person's own photo, by measurement."""
    from likeness import console
    from likeness.audits import audit_all
    from likeness.photo import listed
    from likeness.report import audited_view, report_file, write_audit_report

    many = len(listed(results)) > MANY
    if report is not None:
        report_file(report)
    look = partial(audited_view, brief=many) if report is not None else None
    with console.progress(quiet=as_json) as progress:
        audits = audit_all(
            [source, *(sources or [])], results, limit_mp=limit_mp, look=look, workers=os.cpu_count() or 1, progress=progress
        )
    if report is not None:
        write_audit_report(audits, report)
    for error in (*audits.errors, *audits.left_out):
        _say(error.error, 2)
    _tell(audits.as_json(), as_json, console.audits)
    raise Exit(audits.exit_code)


@app.command()
def refine(
    version: Annotated[str, typer.Argument(help="The id of a version, or its beginning.")],
    settings: Settings = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a new version from the recipe of another, with some parameters changed. It starts from the original again."""
    from likeness import console, studio

    refined = studio.refine(version, studio.parse_settings(settings or []), library=library)
    _tell(refined.as_json(), as_json, console.version)
    raise Exit(0 if refined.audit.verdict == "keep" else 1)


@app.command()
def history(
    version: Annotated[str | None, typer.Argument(help="The id of a version: only its lineage.", show_default=False)] = None,
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """List what was made, or the lineage of one version."""
    from likeness import console, studio

    _tell(studio.history(version, library=library), as_json, console.history)


@app.command()
def original(
    version: Annotated[str, typer.Argument(help="The id of a version, or its beginning.")],
    out: Annotated[Path, typer.Option(help="Where to write the original.", show_default=False)],
    library: LibraryFolder = None,
    as_json: AsJson = False,
) -> None:
    """Give the original photo back, byte for byte."""
    from likeness import console, studio

    _tell(studio.original(version, out, library=library), as_json, console.original)


@app.command()
def outcomes(name: Annotated[str | None, typer.Argument(show_default=False)] = None, as_json: AsJson = False) -> None:
    """List the uses that a headshot can be made for."""
    from likeness import catalogue, console

    _tell(catalogue.outcomes(name), as_json, console.outcomes)


@app.command()
def steps(name: Annotated[str | None, typer.Argument(show_default=False)] = None, as_json: AsJson = False) -> None:
    """List the edit steps and their parameters."""
    from likeness import catalogue, console

    _tell(catalogue.steps(name), as_json, console.steps)


@app.command()
def measures(name: Annotated[str | None, typer.Argument(show_default=False)] = None, as_json: AsJson = False) -> None:
    """List what is measured, with its natural range."""
    from likeness import catalogue, console

    _tell(catalogue.measures(name), as_json, console.measures)


@app.command()
def doctor(library: LibraryFolder = None, as_json: AsJson = False) -> None:
    """Check that everything likeness needs is there."""
    from likeness import console
    from likeness import doctor as checks

    found = checks.examine(library)
    _tell({"checks": [check.as_json() for check in found], "ok": all(check.ok for check in found)}, as_json, console.checks)
    raise Exit(0 if all(check.ok for check in found) else 2)


def _tell(result: dict[str, Any], as_json: bool, show: Any) -> None:
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        show(result)


def main() -> NoReturn:
    """Run the command line. Whatever a user can put right ends in one line on stderr and exit code 2 or 3."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # our matrices are small: its threads only wait for each other
    try:
        code = app(args=sys.argv[1:] or ["--help"], standalone_mode=False) or 0
        sys.stdout.flush()
    except Exit as done:
        code = done.exit_code
    except (KeyboardInterrupt, Abort):
        code = _say("stopped", 130)
    except TyperException as error:
        code = _report(LikenessError(error.format_message().rstrip("."), hint=f"try {_command_of(error)} --help"))
    except ImportError as error:
        code = _report(missing(error.name or "likeness", error))
    except LikenessError as error:
        code = _report(error)
    except OSError as error:
        if error.filename:
            code = _say(f"{error.filename}: cannot be read or written ({error.strerror}); check who may use it", 2)
        else:  # stdout is a full disk or a closed pipe
            code = _say(f"stdout: cannot be written ({error.strerror})", 2)
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  what is still buffered has nowhere to go
    sys.exit(code)


def _command_of(error: TyperException) -> str:
    """The command that ``error`` is about, as one calls it: "likeness audit"."""
    context, names = getattr(error, "ctx", None), list[str]()
    while context is not None and context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(["likeness", *names])


def _report(error: LikenessError) -> int:
    """The error as one line on stderr; with --json also as the one document that stdout owes."""
    if "--json" in sys.argv[1:]:
        print(json.dumps({"error": str(error)}, ensure_ascii=False))
    return _fail(error)


def _fail(error: LikenessError) -> int:
    return _say(str(error), error.exit_code)


def _say(line: str, code: int) -> int:
    print(f"likeness: {' '.join(line.split())}", file=sys.stderr)
    return code
