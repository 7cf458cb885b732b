"""A Baton client in Python: asks once, writes the answer as it streams, and survives the death of any replica.

    chat.py http[s]://GATEWAY MESSAGE [SESSION_ID]

Needs python-socketio and aiohttp. BATON_TOKEN holds the token of a gateway with AUTH=jwt. The session's id and what became
of the answer go to the standard error. Written from src/protocol/SPEC.md, whose sections the comments name.
"""

import asyncio
import json
import os
import random
import re
import sys
import time
import uuid
from urllib.parse import urlsplit

import aiohttp
import socketio

ACK_SECONDS, SILENCE_SECONDS = 3, 5  # the first for a connection, too
SHORTEST, LONGEST = 0.1, 2  # seconds between two tries
FRAME_BYTES = 128 * 1024 - 64  # less what Socket.IO puts around an event
AUTH = {"token": os.environ["BATON_TOKEN"]} if "BATON_TOKEN" in os.environ else None
FINAL = ("complete", "stopped", "error")


class Refused(Exception):
    """An acknowledgement that was not ok, or a connection that is refused (section 6)."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.retryable = error["retryable"]
        self.wait = error.get("retryAfterMs", 500) / 1000


def told_wait(refused):
    """How long to wait before the next try; raises where none would help."""
    if not refused.retryable:
        raise refused
    print(refused, file=sys.stderr)
    return refused.wait


class Answer:
    """One message while it streams (section 4). Kept as UTF-16, because offsets count UTF-16 units: two bytes each."""

    def __init__(self, message):
        self.units, self.attempt, self.status, self.metadata = b"", 0, "streaming", {}
        self.seq = message["seq"]
        self.take_message(message)

    @property
    def text(self):
        return self.units.decode("utf-16-le")

    def take_message(self, message):
        units = message["content"].encode("utf-16-le")
        is_final = message["status"] in FINAL
        if message["attempt"] == self.attempt and not is_final and (self.status in FINAL or len(units) < len(self.units)):
            return
        if message["attempt"] >= self.attempt:
            self.units, self.attempt = units, message["attempt"]
            self.status, self.metadata = message["status"], message["metadata"]

    def take_delta(self, delta):
        """False where text between is missing, so that the session has to be opened again."""
        if delta["attempt"] < self.attempt or (delta["attempt"] == self.attempt and self.status in FINAL):
            return True
        restarted = delta["attempt"] > self.attempt
        length = 0 if restarted else len(self.units) // 2
        if delta["offset"] > length:
            return False
        if restarted:
            self.units, self.attempt, self.status = b"", delta["attempt"], "streaming"
        self.units += delta["text"].encode("utf-16-le")[2 * (length - delta["offset"]) :]
        return True


class Chat:
    def __init__(self, url, session_id=None):
        self.url, self.session_id = url, session_id
        self.answers, self.held = {}, []
        self.changed = asyncio.Event()
        self.socket = None
        self.wait, self.least, self.began = SHORTEST, 0, 0
        self.is_quiet = False  # about a missing connection: there was one, or it was said

    async def connect(self):
        """Until there is a connection on which the session is open (section 5)."""
        while True:
            if self.socket:
                await self.pause()
            self.began = time.monotonic()
            self.http = aiohttp.ClientSession()
            self.socket = socketio.AsyncClient(reconnection=False, http_session=self.http, handle_sigint=False)
            for name in ("message", "delta", "session:sync"):
                self.socket.on(name, lambda data, name=name: self.receive(name, data))
            self.socket.on("draining", self.leave)
            self.socket.on("disconnect", lambda *_: self.changed.set())
            refusals = []  # the library's exception does not say why
            self.socket.on("connect_error", refusals.append)
            try:
                path = urlsplit(self.url).path.rstrip("/") + "/socket.io"  # a gateway under a prefix has it before
                connecting = self.socket.connect(
                    self.url, auth=AUTH, transports=["websocket"], wait_timeout=ACK_SECONDS, socketio_path=path
                )
                await asyncio.wait_for(connecting, ACK_SECONDS)  # that limit alone leaves out the handshake
                self.is_quiet = True
                return await self.open()
            except (socketio.exceptions.SocketIOError, asyncio.TimeoutError, Refused) as error:
                refused = next((Refused(one["data"]) for one in refusals if "data" in one), error)
                if isinstance(refused, Refused):
                    self.least = told_wait(refused)
                elif not self.is_quiet:
                    print(f"no connection to {self.url}, trying again", file=sys.stderr)
                    self.is_quiet = True

    async def pause(self):
        """Before another connection: longer each time, unless the last one lasted; never less than the gateway asked for."""
        await self.disconnect()
        if time.monotonic() - self.began > LONGEST:
            self.wait = SHORTEST
        await asyncio.sleep(max(self.least, self.wait * random.uniform(0.5, 1)))
        self.wait, self.least = min(2 * self.wait, LONGEST), 0

    def leave(self, draining):
        self.least = draining["reconnectInMs"] / 1000
        asyncio.ensure_future(self.disconnect())

    async def disconnect(self):
        if self.socket:
            await self.socket.disconnect()
            await self.http.close()  # with a connection that was given up

    async def open(self):
        self.held = []  # events may come before the acknowledgement
        opened = await self.call("session:open", {"sessionId": self.session_id} if self.session_id else {})
        is_new = opened["session"]["id"] != self.session_id  # nothing that was held is in it
        if self.session_id and not opened["resumed"]:
            print(f"session {self.session_id} is over, this is a new one", file=sys.stderr)
        self.session_id = opened["session"]["id"]
        self.take_snapshot(opened["messages"], is_truth=is_new or opened["backend"] == "redis")
        held, self.held = self.held, None
        for name, data in held:
            self.receive(name, data)

    async def ask(self, content, on_change):
        """Sends a message and follows its answer to the end; calls `on_change` with it whenever there is more."""
        message_id, answer_id = str(uuid.uuid4()), None  # sent again under the same id, it is stored once (section 3)
        while True:
            self.changed.clear()
            try:
                if not (self.socket and self.socket.connected):
                    await self.connect()
                if answer_id is None:
                    message = {"sessionId": self.session_id, "id": message_id, "content": content}
                    sent = await self.call("message:send", message)
                    answer_id = sent["answer"]["id"]
                    self.take_message(sent["answer"])
                answer = self.answers.get(answer_id)
                if answer is None:  # it was acknowledged while Redis was away, and is gone: ask again (section 5)
                    answer_id = None
                    continue
                on_change(answer)
                if answer.status in FINAL:
                    return answer
                try:
                    await asyncio.wait_for(self.changed.wait(), SILENCE_SECONDS)
                except asyncio.TimeoutError:
                    await self.open()  # shows whether the model is slow or the replica is gone
            except (socketio.exceptions.SocketIOError, asyncio.TimeoutError):
                await self.disconnect()
            except Refused as error:
                await asyncio.sleep(told_wait(error))

    async def call(self, event, payload):
        if len(json.dumps([event, payload])) > FRAME_BYTES:  # it would close the connection without a word (section 1)
            raise Refused({"code": "too_large", "message": f"{event}: is over 128 KiB", "retryable": False})
        reply = await self.socket.call(event, payload, timeout=ACK_SECONDS)
        if not reply["ok"]:
            raise Refused(reply["error"])
        return reply

    def receive(self, name, data):
        if self.held is not None:
            self.held.append((name, data))
        elif data["sessionId"] == self.session_id:
            if name == "message":
                self.take_message(data["message"])
            elif name == "session:sync":
                self.take_snapshot(data["messages"], is_truth=True, after=data["after"])
            elif data["messageId"] not in self.answers or not self.answers[data["messageId"]].take_delta(data):
                asyncio.ensure_future(self.disconnect())  # text is missing: the next connection brings it
            self.changed.set()

    def take_snapshot(self, messages, is_truth, after=0):
        if is_truth:  # what Redis holds replaces what was held (section 4)
            self.answers = {key: answer for key, answer in self.answers.items() if answer.seq <= after}
        for message in messages:
            self.take_message(message)

    def take_message(self, message):
        self.answers.setdefault(message["id"], Answer(message)).take_message(message)


class Printer:
    """Writes what is new of an answer; where its text starts again from nothing, on a new line."""

    def __init__(self):
        self.text, self.attempt = "", 0

    def __call__(self, answer):
        if self.text and (answer.attempt != self.attempt or not answer.text.startswith(self.text)):
            print("\n(the answer starts again)", file=sys.stderr)
            self.text = ""
        self.attempt = answer.attempt
        print(answer.text[len(self.text) :], end="", flush=True)
        self.text = answer.text


def is_address(text):
    try:
        url = urlsplit(text)
        is_whole = url.scheme in ("http", "https") and url.hostname and url.port != 0
        return is_whole and not re.search(r"\s", text)
    except ValueError:
        return False


async def main(url, content, session_id=None):
    chat = Chat(url, session_id)
    try:
        answer = await chat.ask(content, Printer())
    except Refused as error:
        sys.exit(str(error))
    finally:
        await chat.disconnect()
    print()
    print(f"session {chat.session_id}: {answer.status}, by {', '.join(answer.metadata['replicas'])}", file=sys.stderr)
    if answer.status != "error":
        return 0
    print("{code}: {message}".format(**answer.metadata["error"]), file=sys.stderr)
    return 1


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or not is_address(sys.argv[1]):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.stdout.reconfigure(errors="replace")  # not every terminal can write every character
    try:
        sys.exit(asyncio.run(main(*sys.argv[1:])))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # nobody reads any more; what is left to write at the exit would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
