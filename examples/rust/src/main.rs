//! A Baton client in Rust: asks once, writes the answer as it streams, and survives the death of any replica.
//!
//!     chat http[s]://GATEWAY MESSAGE [SESSION_ID]
//!
//! BATON_TOKEN holds the token of a gateway with AUTH=jwt. Written from src/protocol/SPEC.md, whose sections the comments name.

use std::io::Write;
use std::time::{Duration, Instant};

use rust_socketio::asynchronous::{Client, ClientBuilder};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use url::Url;

/// For a connection, and for an acknowledgement.
const PATIENCE: Duration = Duration::from_secs(3);
/// Of a running answer.
const SILENCE: Duration = Duration::from_secs(5);
/// Between two tries.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);
/// Of a frame, less what Socket.IO puts around an event.
const FRAME_BYTES: usize = 128 * 1024 - 64;

enum Failure {
    /// The connection, or text of the answer: the next connection brings it.
    Lost,
    /// The replica is going, and wants to be left alone for so long (section 5).
    Draining(Duration),
    /// An acknowledgement that was not ok, or a connection that is refused (section 6).
    Refused { text: String, retryable: bool, wait: Duration },
}

impl Failure {
    fn of(error: &Value) -> Self {
        Self::Refused {
            text: format!("{}: {}", text(&error["code"]), text(&error["message"])),
            retryable: error["retryable"] == true,
            wait: Duration::from_millis(number(&error["retryAfterMs"])),
        }
    }

    /// The library gives the refusal of a connection as words with the packet's JSON behind them.
    fn of_connect(payload: &Value) -> Self {
        let words = text(payload);
        let packet = words.find('{').and_then(|at| serde_json::from_str::<Value>(&words[at..]).ok());
        packet
            .filter(|packet| packet["data"]["code"].is_string())
            .map_or(Self::Lost, |packet| Self::of(&packet["data"]))
    }
}

/// One message while it streams (section 4). Its text is UTF-16, because offsets count UTF-16 units.
struct Answer {
    id: String,
    seq: u64,
    attempt: u64,
    status: String,
    units: Vec<u16>,
    replicas: String,
    error: Option<Failure>,
}

impl Answer {
    /// Out of a snapshot: it is the truth.
    fn of(message: &Value) -> Self {
        let replicas = message["metadata"]["replicas"].as_array().cloned().unwrap_or_default();
        Self {
            id: text(&message["id"]),
            seq: number(&message["seq"]),
            attempt: number(&message["attempt"]),
            status: text(&message["status"]),
            units: text(&message["content"]).encode_utf16().collect(),
            error: Some(&message["metadata"]["error"]).filter(|error| error.is_object()).map(Failure::of),
            replicas: replicas.iter().map(text).collect::<Vec<_>>().join(", "),
        }
    }

    fn is_final(&self) -> bool {
        self.status != "streaming"
    }

    /// Merges a message of an event or an acknowledgement.
    fn take(&mut self, message: &Value) {
        let other = Self::of(message);
        let is_newer = other.is_final() || other.units.len() > self.units.len();
        if other.attempt > self.attempt || (other.attempt == self.attempt && !self.is_final() && is_newer) {
            *self = other;
        }
    }

    fn take_delta(&mut self, delta: &Value) -> Result<(), Failure> {
        let (attempt, offset) = (number(&delta["attempt"]), number(&delta["offset"]) as usize);
        if attempt < self.attempt || (attempt == self.attempt && self.is_final()) {
            return Ok(());
        }
        let length = if attempt > self.attempt { 0 } else { self.units.len() };
        if offset > length {
            return Err(Failure::Lost);
        }
        self.units.truncate(length);
        self.attempt = attempt;
        self.status = "streaming".into();
        self.units.extend(text(&delta["text"]).encode_utf16().skip(length - offset));
        Ok(())
    }
}

struct Chat {
    url: String,
    question: String,
    session: Option<String>,
    /// The same whenever the message is sent again: it is stored once (section 3).
    message: String,
    answer: Option<Answer>,
    shown: Vec<u16>,
    /// About a missing connection: there was one, or it was said.
    is_quiet: bool,
}

impl Chat {
    /// Connects once and follows the answer to its end.
    async fn follow(&mut self) -> Result<(), Failure> {
        let (sender, mut events) = unbounded_channel();
        let socket = timeout(PATIENCE, connect(&self.url, sender)).await.map_err(|_| Failure::Lost)??;
        let outcome = self.talk(&socket, &mut events).await;
        tokio::spawn(async move { socket.disconnect().await }); // takes its time where the connection is lost
        outcome
    }

    async fn talk(&mut self, socket: &Client, events: &mut Events) -> Result<(), Failure> {
        match timeout(PATIENCE, events.recv()).await {
            Ok(Some((Event::Connect, _))) => self.is_quiet = true,
            Ok(Some((Event::Error, payload))) => return Err(Failure::of_connect(&payload)),
            _ => return Err(Failure::Lost),
        }
        self.open(socket).await?;
        if self.answer.is_none() {
            let request = json!({ "sessionId": self.session, "id": self.message, "content": self.question });
            let sent = call(socket, "message:send", request).await?;
            self.answer = Some(Answer::of(&sent["answer"]));
        }
        // Events that came before the acknowledgements waited in the channel (section 4).
        loop {
            let answer = self.answer.as_ref().ok_or(Failure::Lost)?;
            print(&mut self.shown, &answer.units);
            if answer.is_final() {
                return Ok(());
            }
            match timeout(SILENCE, events.recv()).await {
                Ok(Some((event, payload))) => self.receive(event, &payload)?,
                Ok(None) => return Err(Failure::Lost),
                Err(_) => self.open(socket).await?, // the model is slow, or the replica is gone (section 5)
            }
        }
    }

    async fn open(&mut self, socket: &Client) -> Result<(), Failure> {
        let request = self.session.as_ref().map_or(json!({}), |id| json!({ "sessionId": id }));
        let opened = call(socket, "session:open", request).await?;
        let session = Some(text(&opened["session"]["id"]));
        let is_new = session != self.session; // nothing that was held is in it
        if let Some(given) = self.session.as_ref().filter(|_| opened["resumed"] != true) {
            eprintln!("session {given} is over, this is a new one");
        }
        self.session = session;
        self.take_snapshot(&opened["messages"], is_new || opened["backend"] == "redis", 0);
        Ok(())
    }

    /// What Redis holds replaces what was held; an answer that it lacks is gone, and the question is sent again.
    fn take_snapshot(&mut self, messages: &Value, is_truth: bool, after: u64) {
        let Some(answer) = self.answer.as_mut().filter(|answer| answer.seq > after) else { return };
        let found = messages.as_array().and_then(|all| all.iter().find(|each| each["id"] == answer.id.as_str()));
        match found {
            Some(message) if is_truth => *answer = Answer::of(message),
            Some(message) => answer.take(message),
            None if is_truth => self.answer = None,
            None => {}
        }
    }

    fn receive(&mut self, event: Event, payload: &Value) -> Result<(), Failure> {
        let Some(answer) = self.answer.as_mut() else { return Ok(()) };
        match event {
            Event::Close | Event::Error => return Err(Failure::Lost),
            Event::Custom(name) if name == "draining" => {
                return Err(Failure::Draining(Duration::from_millis(number(&payload["reconnectInMs"]))));
            }
            Event::Message if payload["message"]["id"] == answer.id.as_str() => answer.take(&payload["message"]),
            Event::Custom(name) if name == "delta" && payload["messageId"] == answer.id.as_str() => {
                return answer.take_delta(payload);
            }
            Event::Custom(name) if name == "session:sync" => {
                self.take_snapshot(&payload["messages"], true, number(&payload["after"]));
            }
            _ => {}
        }
        Ok(())
    }
}

type Events = UnboundedReceiver<(Event, Value)>;

async fn connect(url: &str, events: UnboundedSender<(Event, Value)>) -> Result<Client, Failure> {
    // Polling, the library's default, is refused (section 1).
    let address = format!("{}/socket.io/", url.trim_end_matches('/')); // a gateway under a prefix has it before
    let mut builder = ClientBuilder::new(address).transport_type(TransportType::Websocket).reconnect(false);
    if let Ok(token) = std::env::var("BATON_TOKEN") {
        builder = builder.auth(json!({ "token": token }));
    }
    let own = ["delta", "session:sync", "draining"].map(Event::from);
    for kind in [Event::Connect, Event::Close, Event::Error, Event::Message].into_iter().chain(own) {
        let events = events.clone();
        builder = builder.on(kind.clone(), move |payload, _| {
            let _ = events.send((kind.clone(), first(payload)));
            Box::pin(async {})
        });
    }
    builder.connect().await.map_err(|_| Failure::Lost)
}

/// Sends an event and waits for its acknowledgement.
async fn call(socket: &Client, event: &str, payload: Value) -> Result<Value, Failure> {
    if json!([event, payload]).to_string().len() > FRAME_BYTES {
        // It would close the connection without a word (section 1).
        let text = format!("too_large: {event}: is over 128 KiB");
        return Err(Failure::Refused { text, retryable: false, wait: Duration::ZERO });
    }
    let (sender, mut replies) = unbounded_channel();
    let reply = move |payload: Payload, _: Client| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        let _ = sender.send(first(payload));
        Box::pin(async {})
    };
    socket.emit_with_ack(event, payload, PATIENCE, reply).await.map_err(|_| Failure::Lost)?;
    let acknowledged = timeout(PATIENCE, replies.recv()).await.ok().flatten().ok_or(Failure::Lost)?;
    // The arguments of an acknowledgement come as one array.
    let reply = if acknowledged.is_array() { acknowledged[0].clone() } else { acknowledged };
    if reply["ok"] == true { Ok(reply) } else { Err(Failure::of(&reply["error"])) }
}

fn first(payload: Payload) -> Value {
    match payload {
        Payload::Text(mut values) if !values.is_empty() => values.swap_remove(0),
        _ => Value::Null,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// Writes what is new; where the text starts again, on a new line.
fn print(shown: &mut Vec<u16>, units: &[u16]) {
    if !units.starts_with(shown) {
        eprintln!("\n(the answer starts again)");
        shown.clear();
    }
    write(&String::from_utf16_lossy(&units[shown.len()..]));
    *shown = units.to_vec();
}

/// Ends the program where nobody reads any more.
fn write(text: &str) {
    let mut out = std::io::stdout();
    if write!(out, "{text}").and_then(|()| out.flush()).is_err() {
        std::process::exit(141);
    }
}

fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.port() != Some(0))
}

/// None where they cannot be used.
fn read_arguments() -> Option<Chat> {
    let mut args = std::env::args().skip(1);
    Some(Chat {
        url: args.next().filter(|url| is_address(url))?,
        question: args.next()?,
        session: args.next().filter(|id| !id.is_empty()),
        message: uuid::Uuid::new_v4().to_string(),
        answer: None,
        shown: Vec::new(),
        is_quiet: false,
    })
}

#[tokio::main]
async fn main() {
    let Some(mut chat) = read_arguments() else {
        eprintln!("chat http[s]://GATEWAY MESSAGE [SESSION_ID]");
        std::process::exit(2);
    };
    let mut wait = SHORTEST;
    loop {
        let began = Instant::now();
        let Err(failure) = chat.follow().await else { break };
        if began.elapsed() > LONGEST {
            wait = SHORTEST;
        }
        let chance = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
        let mut pause = wait.mul_f64(0.5 + chance / 2.0);
        match failure {
            Failure::Refused { text, retryable, wait } => {
                eprintln!("{text}");
                if !retryable {
                    std::process::exit(1);
                }
                pause = pause.max(wait);
            }
            Failure::Draining(wait) => pause = pause.max(wait),
            Failure::Lost if chat.is_quiet => {}
            Failure::Lost => {
                eprintln!("no connection to {}, trying again", chat.url);
                chat.is_quiet = true;
            }
        }
        tokio::time::sleep(pause).await;
        wait = (2 * wait).min(LONGEST);
    }
    write("\n");
    let (session, answer) = (chat.session.unwrap_or_default(), chat.answer.as_ref());
    let (status, by) = answer.map_or(("gone", ""), |answer| (answer.status.as_str(), answer.replicas.as_str()));
    eprintln!("session {session}: {status}, by {by}");
    if let Some(Failure::Refused { text, .. }) = answer.and_then(|answer| answer.error.as_ref()) {
        eprintln!("{text}");
    }
    std::process::exit(if status == "complete" || status == "stopped" { 0 } else { 1 });
}
