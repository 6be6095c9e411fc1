//! One of our Node scripts as a child: JSON lines in, JSON lines out, never waited for without an end.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use serde_json::Value;

/// A running script. Dropped, it is asked to end, and killed if it does not.
pub struct Script {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Value>,
}

impl Script {
    /// Starts a script, whose words are read as they come.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node starts");
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("piped"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        Self { child, input, lines }
    }

    /// Writes a line to the script.
    pub fn tell(&mut self, command: &Value) {
        let input = self.input.as_mut().expect("open until the script is dropped");
        writeln!(input, "{command}").expect("the script listens");
    }

    /// The next line, if one comes within `patience`.
    pub fn next(&self, patience: Duration) -> Option<Value> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the script ended; its words are on standard error"),
        }
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and kills it if it does not. Whether it ended by itself.
    pub fn end(&mut self) -> bool {
        self.input = None;
        let deadline = Instant::now() + Duration::from_secs(3);
        while Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
        false
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.end();
    }
}
