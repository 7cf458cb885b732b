"""A small Baton client in Python, written from src/protocol/SPEC.md alone.

    baton_client.py URL MESSAGE [SESSION_ID]

Opens the session, sends the message, collects the answer by the merge rule and prints it as one line of JSON.
"""

import asyncio
import json
import sys
import uuid

import socketio

ACK_SECONDS = 5
FINAL = ("complete", "stopped", "error")


class Refused(Exception):
    """An acknowledgement that was not ok."""


class Answer:
    """One message while it streams. Its text is kept as UTF-16, because offsets count UTF-16 units (two bytes each)."""

    def __init__(self, message):
        self.units = b""
        self.attempt = 0
        self.status = "streaming"
        self.metadata = {}
        self.take_message(message)

    @property
    def text(self):
        return self.units.decode("utf-16-le")

    def take_message(self, message):
        units = message["content"].encode("utf-16-le")
        if message["attempt"] < self.attempt:
            return
        if message["attempt"] == self.attempt:
            if self.status in FINAL and message["status"] not in FINAL:
                return
            if message["status"] not in FINAL and len(units) < len(self.units):
                return
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


class Client:
    def __init__(self, url):
        self.url = url
        self.socket = socketio.AsyncClient(reconnection=False)
        self.messages = {}
        self.held = None
        self.session_id = None
        self.merged = None
        self.deltas = 0
        self.changed = asyncio.Event()
        for name in ("message", "delta"):
            self.socket.on(name, lambda data, name=name: self.receive(name, data))

    async def open(self, session_id):
        await self.socket.connect(self.url, transports=["websocket"], wait_timeout=3)
        return await self.open_session(session_id)

    async def open_session(self, session_id):
        self.held = []
        opened = await self.call("session:open", {"sessionId": session_id} if session_id else {})
        self.session_id = opened["session"]["id"]
        for message in opened["messages"]:
            self.take_message(message)
        held, self.held = self.held, None
        for name, data in held:
            self.receive(name, data)
        return opened

    async def ask(self, content):
        sent = await self.call(
            "message:send", {"sessionId": self.session_id, "id": str(uuid.uuid4()), "content": content}
        )
        self.take_message(sent["answer"])
        answer = self.messages[sent["answer"]["id"]]
        while answer.status not in FINAL:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 30)
        return answer

    async def call(self, event, payload):
        reply = await self.socket.call(event, payload, timeout=ACK_SECONDS)
        if not reply["ok"]:
            raise Refused(json.dumps(reply["error"]))
        return reply

    def receive(self, name, data):
        if self.held is not None:
            self.held.append((name, data))
        elif data["sessionId"] == self.session_id:
            if name == "message":
                self.take_message(data["message"])
            else:
                self.take_delta(data)
            self.changed.set()

    def take_message(self, message):
        held = self.messages.get(message["id"])
        if held is None:
            self.messages[message["id"]] = Answer(message)
            return
        if message["status"] in FINAL and held.status not in FINAL:
            self.merged = held.text  # what the deltas alone gave
        held.take_message(message)

    def take_delta(self, delta):
        held = self.messages.get(delta["messageId"])
        self.deltas += 1
        if held is None or not held.take_delta(delta):
            asyncio.ensure_future(self.open_session(self.session_id))


async def main(url, content, session_id=None):
    client = Client(url)
    opened = await client.open(session_id)
    answer = await client.ask(content)
    await client.socket.disconnect()
    report = {
        "sessionId": client.session_id,
        "resumed": opened["resumed"],
        "status": answer.status,
        "text": answer.text,
        "merged": client.merged,
        "deltas": client.deltas,
        "replicas": answer.metadata["replicas"],
    }
    print(json.dumps(report))


asyncio.run(main(*sys.argv[1:]))
