//! A bus of our own with a system's services on it: how the connection and the battery are is said by the test.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;

use crate::programs::{Running, wait_until};

const PATIENCE: Duration = Duration::from_secs(20);

/// The services; they end when forgotten.
pub struct SystemBus {
    /// What `DBUS_SYSTEM_BUS_ADDRESS` is set to.
    pub address: String,
    said: Arc<Mutex<Vec<String>>>,
    asks: ChildStdin,
    _services: Running,
    _bus: Running,
}

impl SystemBus {
    /// Starts a bus and the services on it.
    pub fn start() -> Self {
        let mut bus = spawn(Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"]));
        let mut address = String::new();
        let mut line = BufReader::new(bus.0.stdout.take().expect("piped"));
        line.read_line(&mut address).expect("the bus names its address");
        let address = address.trim().to_owned();
        let script = include_str!("system_bus.py");
        let mut services = spawn(Command::new("/usr/bin/python3").args(["-c", script, &address]));
        let asks = services.0.stdin.take().expect("piped");
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let (lines, heard) = (BufReader::new(services.0.stdout.take().expect("piped")), Arc::clone(&said));
        std::thread::spawn(move || {
            lines.lines().map_while(Result::ok).for_each(|line| lock(&heard).push(line));
        });
        let services = Self { address, said, asks, _services: services, _bus: bus };
        services.until("ready", 1);
        services
    }

    /// Says how things are from now on.
    pub fn set(&mut self, how: &Value) {
        let before = self.count("heard");
        writeln!(self.asks, "{how}").expect("the services listen");
        self.until("heard", before + 1);
    }

    /// How often the services said that.
    pub fn count(&self, line: &str) -> usize {
        lock(&self.said).iter().filter(|said| said.as_str() == line).count()
    }

    /// Waits until the services said that so often.
    pub fn until(&self, line: &str, times: usize) {
        wait_until(line, PATIENCE, || self.count(line) >= times);
    }
}

fn spawn(command: &mut Command) -> Running {
    let child: std::io::Result<Child> = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    Running(child.expect("dbus-daemon and python3 with dbus and gi: `cargo xtask test` installs them"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
