//! `stand demo` from the outside, with stand-ins for backend and simulator: it starts, announces itself, is alone
//! in its folder, names a part that ended, and starts again after `kill -9`.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use vigia_testkit::{Account, Scratch, free_port};

const PATIENCE: Duration = Duration::from_secs(30);

/// A folder with everything `stand demo` asks for.
struct Site {
    scratch: Scratch,
    port: u16,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            scratch: Scratch::new("stand", Account::for_servers()).unwrap(),
            port: free_port().unwrap(),
        };
        let this = std::env::current_exe().unwrap();
        let backend = format!(
            "[ \"$1\" = create-admin ] && exec cat > /dev/null\nexec {} --ignored --exact backend_stand_in --nocapture",
            this.display()
        );
        for (name, script) in [("vigia", backend.as_str()), ("simulator", "echo \"$@\"; exec sleep 600")] {
            let path = site.path(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(site.path("demo.toml"), "").unwrap();
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stand"));
        command.arg("demo").args(["--port", &self.port.to_string()]);
        command.arg("--dir").arg(self.path("home"));
        for option in ["--bin-dir", "--static-dir"] {
            command.arg(option).arg(self.scratch.path());
        }
        command.arg("--scenario").arg(self.path("demo.toml"));
        command
    }

    /// Starts it and waits until it says that it is ready.
    fn start(&self) -> Child {
        let mut stand = self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(stand.stdout.as_mut().unwrap()).lines();
        let ready = lines.any(|line| line.unwrap().starts_with("Ctrl-C stops it"));
        assert!(ready, "it ended: {}", rest_of(&mut stand));
        stand
    }

    fn announced(&self) -> Option<String> {
        fs::read_to_string(self.path("home/demo.json")).ok()
    }
}

fn rest_of(stand: &mut Child) -> String {
    let mut text = String::new();
    stand.stderr.as_mut().unwrap().read_to_string(&mut text).unwrap();
    text
}

fn signal(name: &str, pid: u32) {
    let status = Command::new("sh").args(["-c", &format!("kill -s {name} {pid}")]).status().unwrap();
    assert!(status.success());
}

fn exit_code(stand: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = stand.try_wait().unwrap() {
            return status.code();
        }
        sleep(Duration::from_millis(10));
    }
    None
}

/// The processes of this site that still run: all of them carry its path in their command line.
fn running(site: &Path) -> Vec<String> {
    let needle = site.to_string_lossy().into_owned();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&needle) && !line.starts_with("sh ")).collect()
}

/// Tells one cluster from another.
fn cluster(site: &Site) -> u64 {
    fs::metadata(site.path("home/data/postgres/PG_VERSION")).unwrap().ino()
}

#[test]
fn it_announces_itself_and_stops_on_a_signal() {
    let mut site = Site::new();
    // Any free one.
    site.port = 0;
    let mut stand = site.start();
    let note = site.path("home/demo.json");
    assert_eq!(fs::metadata(&note).unwrap().permissions().mode() & 0o777, 0o600);
    let announced = site.announced().unwrap();
    for part in ["databaseUrl", "iot_telemetry", "mqtt", "demo-client.pem", "demo-client.key", "ca.pem"] {
        assert!(announced.contains(part), "no {part} in {announced}");
    }
    assert!(
        announced.contains(r#""url": "http://127.0.0.1:"#) && !announced.contains(r#":0""#),
        "{announced}"
    );
    signal("TERM", stand.id());
    assert_eq!(exit_code(&mut stand), Some(0));
    assert_eq!(site.announced(), None);
    assert_eq!(running(site.scratch.path()), Vec::<String>::new());
}

#[test]
fn it_is_alone_in_its_folder() {
    let site = Site::new();
    let mut first = site.start();
    let second = site.command().output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let text = String::from_utf8(second.stderr).unwrap();
    assert!(text.contains("already runs") && text.contains(&first.id().to_string()), "{text}");
    signal("INT", first.id());
    assert_eq!(exit_code(&mut first), Some(0));
}

#[test]
fn after_kill_9_nothing_is_left_and_it_starts_again_with_its_data() {
    let site = Site::new();
    let mut first = site.start();
    let made = cluster(&site);
    first.kill().unwrap();
    first.wait().unwrap();
    // At once: the second start waits for the watchdogs of the first.
    let mut second = site.start();
    let servers = running(site.scratch.path()).iter().filter(|line| line.contains("postgres ")).count();
    assert_eq!(servers, 1, "{:?}", running(site.scratch.path()));
    assert_eq!(cluster(&site), made, "the cluster was made anew");
    second.kill().unwrap();
    second.wait().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while !running(site.scratch.path()).is_empty() || site.announced().is_some() {
        assert!(Instant::now() < deadline, "left behind: {:?}", running(site.scratch.path()));
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_part_that_ends_is_named_and_ends_the_rest() {
    let site = Site::new();
    fs::write(site.path("simulator"), "#!/bin/sh\nsleep 1; echo 'the scenario has no plants'; exit 3\n")
        .unwrap();
    let mut stand = site.command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    assert_eq!(exit_code(&mut stand), Some(1));
    let text = rest_of(&mut stand);
    for part in ["simulator", "exit status: 3", "the scenario has no plants"] {
        assert!(text.contains(part), "no '{part}' in {text}");
    }
    assert_eq!(running(site.scratch.path()), Vec::<String>::new());
}

#[test]
fn a_taken_port_is_named_before_anything_starts() {
    let site = Site::new();
    let _taken = TcpListener::bind(("127.0.0.1", site.port)).unwrap();
    let output = site.command().output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&format!("port {}", site.port)), "{text}");
    assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
    assert!(output.stdout.is_empty());
}

#[test]
#[ignore = "run as `vigia serve` by the tests above: answers every request as a ready backend would"]
fn backend_stand_in() {
    let port = std::env::var_os("PORT").unwrap();
    let listener = TcpListener::bind(format!("127.0.0.1:{}", port.to_string_lossy())).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let body = r#"{"mqttMessagesProcessed":1}"#;
        let length = body.len();
        // The request fits into one segment; what it asks for does not matter.
        if stream.read(&mut [0; 1024]).is_ok() {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                .ok();
        }
    }
}
