//! A WebDriver client of the few commands that the tests need: plain HTTP to the loopback, one request a connection.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that have no letter.
pub mod key {
    pub const ENTER: &str = "\u{E007}";
    pub const ESCAPE: &str = "\u{E00C}";
    pub const CONTROL: &str = "\u{E009}";
    pub const TAB: &str = "\u{E004}";
    pub const ALT: &str = "\u{E00A}";
    pub const UP: &str = "\u{E013}";
}

/// A session with the page of a running app.
pub struct Session {
    port: u16,
    id: String,
}

impl Session {
    /// Attaches to the app that the driver on `port` was pointed at.
    pub fn attach(port: u16) -> Result<Self, String> {
        let answer = request(port, "POST", "/session", &json!({"capabilities": {"alwaysMatch": {}}}))?;
        let id = answer["sessionId"].as_str().ok_or_else(|| format!("no session: {answer}"))?;
        Ok(Self { port, id: id.to_owned() })
    }

    /// What `script` (a function's body) returns.
    pub fn run(&self, script: &str, arguments: Value) -> Value {
        self.tell("POST", "/execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// What a command of the app answers; a refusal comes as `{ refused }`.
    pub fn call(&self, command: &str, arguments: Value) -> Value {
        let script = "const [command, given, done] = arguments;
            window.__TAURI__.core.invoke(command, given).then(done, (refused) => done({ refused }))";
        self.tell("POST", "/execute/async", &json!({"script": script, "args": [command, arguments]}))
    }

    /// Waits until what the page is now has been painted: two frames, and a moment for them to reach the display.
    pub fn painted(&self) {
        let script =
            "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300)))";
        self.tell("POST", "/execute/async", &json!({"script": script, "args": []}));
    }

    /// Presses the left button of the mouse on the first element that `selector` means.
    pub fn click(&self, selector: &str) {
        // The driver takes for seen what lies behind the foot of the window; a person would scroll.
        let seen = "const element = document.querySelector(arguments[0]);
            const { top, bottom } = element?.getBoundingClientRect() ?? {};
            const within = element?.closest('main')?.getBoundingClientRect();
            if (within && (top < within.top || bottom > within.bottom)) element.scrollIntoView({ block: 'center' });";
        self.run(seen, json!([selector]));
        let element = self.element(selector);
        self.tell("POST", &format!("/element/{element}/click"), &json!({}));
    }

    fn element(&self, selector: &str) -> String {
        let found = self.tell("POST", "/element", &json!({"using": "css selector", "value": selector}));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("no element {selector}: {found}")).to_owned()
    }

    /// Types `text` into a field, in place of what stands there.
    pub fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.tell("POST", &format!("/element/{element}/clear"), &json!({}));
        self.tell("POST", &format!("/element/{element}/value"), &json!({"text": text}));
    }

    /// Presses and releases `keys`, one after the other.
    pub fn press(&self, keys: &[&str]) {
        let strokes = keys.iter().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})));
        let strokes: Vec<Value> = strokes.collect();
        self.tell("POST", "/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// Presses `key` while `held` is down.
    pub fn press_with(&self, held: &str, key: &str) {
        let stroke = |kind: &str, value: &str| json!({"type": kind, "value": value});
        let strokes = [stroke("keyDown", held), stroke("keyDown", key), stroke("keyUp", key), stroke("keyUp", held)];
        self.tell("POST", "/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// Drags with the mouse from the middle of one element to the middle of another.
    pub fn drag(&self, from: &str, to: &str) {
        let over = |selector: &str| {
            let origin = json!({ELEMENT: self.element(selector)});
            json!({"type": "pointerMove", "duration": 150, "origin": origin, "x": 0, "y": 0})
        };
        let steps = [
            over(from),
            json!({"type": "pointerDown", "button": 0}),
            over(to),
            over(to),
            json!({"type": "pointerUp", "button": 0}),
        ];
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps});
        self.tell("POST", "/actions", &json!({"actions": [mouse]}));
    }

    /// The text of a dialog that a script opened, if one did.
    pub fn alert(&self) -> Option<Value> {
        request(self.port, "GET", &format!("/session/{}/alert/text", self.id), &Value::Null).ok()
    }

    fn tell(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.id);
        request(self.port, method, &path, body).unwrap_or_else(|error| panic!("{method} {path} {body}: {error}"))
    }
}

/// The `value` of the answer; an error where the driver calls it one.
fn request(port: u16, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    let (status, answer) = exchange(port, method, path, body).map_err(|error| error.to_string())?;
    let mut answer: Value = serde_json::from_str(&answer).map_err(|error| format!("{error}: {answer:?}"))?;
    let value = answer["value"].take();
    if status == 200 { Ok(value) } else { Err(format!("{status} {}: {}", value["error"], value["message"])) }
}

fn exchange(port: u16, method: &str, path: &str, body: &Value) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = BufReader::new(stream);
    let (mut status, mut length) = (0, 0);
    for number in 0.. {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            _ if number == 0 => status = line.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap_or(0),
            Some(_) => {}
            None => break,
        }
    }
    let mut text = vec![0; length];
    answer.read_exact(&mut text)?;
    Ok((status, String::from_utf8_lossy(&text).into_owned()))
}

/// Tries `attempt` until it succeeds, at most `patience`.
pub fn persist<T>(what: &str, patience: Duration, mut attempt: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        match attempt() {
            Ok(value) => return value,
            Err(error) => assert!(Instant::now() < deadline, "{what} did not happen within {patience:?}: {error}"),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
