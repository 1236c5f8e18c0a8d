"""`aipersona serve`: the server in this process."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from aipersona.access.loopback import is_loopback
from aipersona.cli.options import options_of, settings_of
from aipersona.errors import InvalidInput, ModelUnavailable, ToolsUnavailable, WorkUnavailable, first_cause

if TYPE_CHECKING:
    import uvicorn

    from aipersona.engine import AIPersona
    from aipersona.server import ServerSettings
    from aipersona.settings import Settings
    from aipersona.work import Worker

AGAIN_SECONDS = 60.0
"""After so long a worker that could not start is tried again."""

log = logging.getLogger("aipersona.work")


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8377,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Ask for no key; only on an address of this machine alone.")
    ] = False,
    work: Annotated[
        bool, typer.Option("--work/--no-work", help="Learn for users in this process, too.", show_default=False)
    ] = True,
    upstream: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The OpenAI-compatible server behind the proxy; `local` is the embedded model."
        ),
    ] = None,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log to stderr as lines of JSON, each request too [AIPERSONA_LOG=json].")
    ] = False,
) -> None:
    """Serve personas over REST, MCP and an OpenAI-compatible proxy. Keys are made with `aipersona keys create`."""
    import asyncio
    import signal

    if no_auth and not is_loopback(host):
        raise InvalidInput(f"--no-auth serves this machine alone, and {host} is reached from others")
    settings = settings_of(options_of(ctx))
    try:
        import uvicorn
        from pydantic import ValidationError

        from aipersona import __version__
        from aipersona.server import ServerSettings, create_app
        from aipersona.telemetry.exporting import export
        from aipersona.telemetry.lines import log_lines
        from aipersona.work import Worker
    except ModuleNotFoundError:
        raise ToolsUnavailable("the server needs the extra `server`: pip install 'aipersona[server]'") from None
    from aipersona.engine import AIPersona

    options = {"upstream_url": upstream, "log": "json" if log_json else None}
    try:
        given = ServerSettings.model_validate({name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise InvalidInput(f"the settings (AIPERSONA_...) cannot be used: {first_cause(error)}") from None
    log_lines(as_json=given.log == "json")
    export(__version__)
    given = _with_local_upstream(given, settings)
    ai = AIPersona(settings=settings)
    worker = Worker(ai) if work else None
    app = create_app(ai, settings=given, auth=not no_auth, worker=worker)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    signal.signal(signal.SIGTERM, _end)
    asyncio.run(_run(ai, config, worker, no_auth=no_auth))


def _end(signal: int, _: object) -> None:
    """End in order, once uvicorn has, which raises the signal again: what is still to be sent is sent at the exit."""
    raise SystemExit(128 + signal)


@asynccontextmanager
async def _trying(worker: Worker) -> AsyncGenerator[None]:
    """Within it, a worker that could not start is tried again every minute until it does."""
    import asyncio

    async def begin() -> None:
        log.warning("nobody is learned for here: the worker could not start, and is tried again every minute")
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            with suppress(Exception):  # whatever it is, the next try may do better
                await worker.start()
                log.info("users are learned for here: the worker could start")
                return

    trying = asyncio.create_task(begin())
    try:
        yield
    finally:
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)


async def _run(ai: AIPersona, config: uvicorn.Config, worker: Worker | None, *, no_auth: bool) -> None:
    """Open the database, start to learn, say where it is served, and serve until a signal."""
    import gc
    import socket

    import uvicorn

    from aipersona.telemetry.meters import tell_working

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(ai)
        learns = "nobody is learned for here: --no-work"
        tell_working(runs=False)
        if worker is not None:
            stack.push_async_callback(worker.aclose)
            try:
                await worker.start()
                learns = "users are learned for as they become due; `aipersona work` lists them"
            except (ModelUnavailable, WorkUnavailable) as error:
                learns = f"nobody is learned for here: {error}"
                if error.passes:
                    learns += "; tried again every minute"
                    await stack.enter_async_context(_trying(worker))
        gc.collect()
        gc.freeze()  # what was loaded stays: to look through it now and then takes 0.2 s, in which nobody is answered
        listening = config.bind_socket()
        listening.listen(config.backlog)  # whoever reads the address may call it at once, and waits for the answer
        # Connections inherit this. asyncio would set it for sockets that it opens itself; without, the end of an answer
        # waits until the client has acknowledged its beginning, which takes it 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, port = listening.getsockname()[:2]
        base = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        typer.echo(f"REST    {base}/v1   described at {base}/docs")
        typer.echo(f"OpenAI  {base}/v1   the base URL for clients, which name the user in `user`")
        typer.echo(f"MCP     {base}/mcp")
        typer.echo(f"work    {learns}")
        if no_auth:
            typer.echo("keys    none asked: everybody on this machine may do everything")
        else:
            typer.echo("keys    asked; `aipersona keys create NAME` makes one")
        await uvicorn.Server(config).serve(sockets=[listening])


def _with_local_upstream(given: ServerSettings, settings: Settings) -> ServerSettings:
    """The settings with the address of the embedded model, where it is the upstream.

    Raises: ModelUnavailable.
    """
    from pydantic import SecretStr

    from aipersona.llm.models import is_local, local_server

    if not is_local(given.upstream_url):
        return given
    model = local_server(given.upstream_url, settings)
    return given.model_copy(update={"upstream_url": model.base_url, "upstream_key": SecretStr(model.api_key)})
